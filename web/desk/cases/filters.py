"""The views and sorts of the queue as they stand in the address."""

from dataclasses import dataclass
from datetime import datetime, time

from django import forms
from django.core.exceptions import BadRequest
from django.http import QueryDict

from accounts.models import User
from exceptions.queries.queue import ORDERINGS, Rows, Sort, View, cases_in
from web.lists.keyset import Ordering
from web.templatetags.clocks import in_zone

# Words, and whether a count there asks for work.
VIEWS: dict[View, tuple[str, bool]] = {
    View.MINE: ("Mine", False),
    View.UNASSIGNED: ("Unassigned", False),
    View.TEAM: ("Team", False),
    View.LATE: ("Past SLA", True),
    View.SNOOZED: ("Snoozed", False),
    View.CLEARED: ("Cleared today", False),
}
SORTS: dict[Sort, str] = {Sort.RISK: "risk", Sort.VALUE: "value", Sort.DUE: "due time"}


class CaseFilters(forms.Form):
    """View, sort and place in the queue."""

    view = forms.ChoiceField(required=False, choices=[(view.value, view.value) for view in View])
    sort = forms.ChoiceField(required=False, choices=[(sort.value, sort.value) for sort in Sort])
    after = forms.CharField(required=False, max_length=200)


@dataclass(frozen=True, slots=True)
class Asked:
    """What part of the queue somebody looks at, and in which order."""

    view: View
    sort: Sort
    after: str

    @property
    def ordering(self) -> Ordering:
        """Return the column and direction the queue is paged by."""
        column, is_descending = ORDERINGS[self.sort]
        return Ordering(column, is_descending=is_descending)


def read_filters(address: QueryDict) -> Asked:
    """Read the filters; raises BadRequest when one of them is not among the choices."""
    filters = CaseFilters(address)
    if not filters.is_valid():
        raise BadRequest(f"Cannot read {', '.join(filters.errors)}.")
    told = filters.cleaned_data
    view = View(told["view"]) if told["view"] else View.TEAM
    sort = Sort(told["sort"]) if told["sort"] else Sort.RISK
    return Asked(view, sort, told["after"])


def rows_of(view: View, *, person: User, at: datetime) -> Rows:
    """Return the cases of one view as `person` sees it at `at`."""
    local = in_zone(at, person.timezone)
    midnight = datetime.combine(local.date(), time.min, tzinfo=local.tzinfo)
    return cases_in(view, person=person, at=at, day_began_at=midnight)
