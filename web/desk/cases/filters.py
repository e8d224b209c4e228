"""The views of the queue and what each keeps."""

from datetime import datetime, time

from django import forms
from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import QueryDict

from accounts.models import User
from exceptions.models import Case
from web.templatetags.clocks import in_zone

TEAM = "team"
# Name in the address, words, and whether a count there asks for work.
VIEWS: dict[str, tuple[str, bool]] = {
    "mine": ("Mine", False),
    "unassigned": ("Unassigned", False),
    TEAM: ("Team", False),
    "late": ("Past SLA", True),
    "cleared": ("Cleared today", False),
}


class CaseFilters(forms.Form):
    """The view and place in the queue, read from the address."""

    view = forms.ChoiceField(
        required=False, choices=[(key, words) for key, (words, _) in VIEWS.items()]
    )
    after = forms.CharField(required=False, max_length=200)

    def clean_view(self) -> str:
        """Show the whole team's queue unless another view is asked for."""
        return self.cleaned_data["view"] or TEAM


def read_filters(address: QueryDict) -> CaseFilters:
    """Read the filters; raises BadRequest when one of them is not among the choices."""
    filters = CaseFilters(address)
    if not filters.is_valid():
        raise BadRequest(f"Cannot read {', '.join(filters.errors)}.")
    return filters


def cases_in(view: str, *, user: User, at: datetime) -> QuerySet[Case]:
    """Return the cases of one view as `user` sees it at `at`."""
    cases = Case.objects.for_user(user)
    if view == "cleared":
        return cases.filter(status=Case.Status.CLOSED, closed_at__gte=start_of_day(user, at=at))
    cases = cases.filter(status=Case.Status.OPEN)
    if view == "mine":
        return cases.filter(assignee=user)
    if view == "unassigned":
        return cases.filter(assignee=None)
    return cases.filter(due_at__lt=at) if view == "late" else cases


def start_of_day(user: User, *, at: datetime) -> datetime:
    """Return the midnight before `at` on the user's clock."""
    local = in_zone(at, user.timezone)
    return datetime.combine(local.date(), time.min, tzinfo=local.tzinfo)
