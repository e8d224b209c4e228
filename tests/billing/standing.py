"""Where a load stands: its open blockers and cases."""

from billing.models import Blocker
from dispatch.models import Load
from exceptions.models import Case


def open_blockers(load: Load) -> list[tuple[str, str]]:
    rows = Blocker.objects.filter(load=load, cleared_at=None).order_by("pk")
    return [row.key for row in rows]


def open_cases(load: Load) -> list[str]:
    cases = Case.objects.filter(load=load, status=Case.Status.OPEN).order_by("pk")
    return list(cases.values_list("kind", flat=True))
