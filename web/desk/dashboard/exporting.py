"""Every figure of the dashboard as one file: what is told, with its n and what it was before."""

from collections.abc import Iterator

from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from insights.queries.figures.telling import can_tell, tell
from insights.rules.figures import FIGURES, Figure
from web.access import desk, signed_in
from web.desk.dashboard.filters import Asked, read_asked
from web.desk.dashboard.page import may_see
from web.lists.exports import FORMATS, Cell, answer_export

HEADS = (
    "Figure", "Part", "Currency", "Value", "Unit", "Rows behind it", "Value before",
    "Rows before", "First day", "Last day", "Zone", "Basis",
)  # fmt: skip


@desk()
@require_safe
def export(request: HttpRequest, form: str) -> HttpResponseBase:
    """Send the figures as CSV or XLSX."""
    if form not in FORMATS:
        raise Http404
    user = signed_in(request)
    asked, _ = read_asked(request.GET, at=timezone.now())
    shown = [each for each in FIGURES if can_tell(each, asked.frame) and may_see(each, user)]
    rows = [row for figure in shown for row in _rows(asked, figure)]
    period = asked.period
    name = f"dispatch-to-cash-{period.first_on}-{period.last_on}"
    return answer_export(rows, heads=HEADS, name=name, form=form)


def _rows(asked: Asked, figure: Figure) -> Iterator[tuple[Cell, ...]]:
    told, period = tell(figure, asked.frame), asked.period
    for reading in told.readings:
        was = told.was(reading.part)
        yield (
            figure.name, reading.words, reading.currency, reading.value,
            (reading.unit or figure.unit).value, reading.n,
            was.value if was else None, was.n if was else None,
            period.first_on.isoformat(), period.last_on.isoformat(), period.zone,
            figure.basis.value,
        )  # fmt: skip
