"""What somebody selected, and the preview that a click then issues to the letter."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.http import HttpRequest

from accounts.models import User
from billing.models import LoadBilling
from billing.operations.proposing import (
    MOST_LOADS,
    LeftOut,
    Proposal,
    ProposedInvoice,
    TooManyLoads,
)
from web.access import signed_in
from web.desk.workbench.filters import WorkbenchFilters

LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Selection:
    """The loads that are ticked; `is_everything` when all of the view were asked for."""

    load_ids: tuple[int, ...]
    is_everything: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """The invoices that a selection makes, in words and signed for the click."""

    selection: Selection
    proposal: Proposal
    token: str

    @property
    def invoices(self) -> tuple[ProposedInvoice, ...]:
        """Return the invoices that would be issued."""
        return self.proposal.invoices

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """Return the loads that would not be billed."""
        return self.proposal.left_out

    @property
    def count(self) -> int:
        """Return how many loads are selected."""
        return len(self.selection.load_ids)

    @property
    def consolidated(self) -> int:
        """Return how many invoices bill several loads."""
        return sum(invoice.is_consolidated for invoice in self.invoices)

    @property
    def single(self) -> int:
        """Return how many invoices bill one load."""
        return len(self.invoices) - self.consolidated

    @property
    def customers(self) -> int:
        """Return how many customers get one."""
        return len({invoice.customer.pk for invoice in self.invoices})

    @property
    def amounts(self) -> list[tuple[Decimal, str]]:
        """Return what the invoices come to, by currency."""
        found: dict[str, Decimal] = defaultdict(Decimal)
        for invoice in self.invoices:
            found[invoice.currency] += invoice.total
        return [(amount, currency) for currency, amount in found.items()]

    @property
    def is_short(self) -> bool:
        """Tell whether the list is short enough, or important enough, to stand open."""
        return len(self.invoices) <= 4 or bool(self.left_out)


def require_few(selection: Selection) -> tuple[int, ...]:
    """Return the selected loads.

    Raises:
        TooManyLoads: there are more than one click takes.
    """
    if len(selection.load_ids) > MOST_LOADS:
        raise TooManyLoads(len(selection.load_ids))
    return selection.load_ids


def read_selection(request: HttpRequest, filters: WorkbenchFilters) -> Selection:
    """Return the loads that were ticked, of those the person may see."""
    user = signed_in(request)
    if request.POST.get("all"):
        return Selection(_everything(filters, user), is_everything=True)
    told = {
        int(text) for text in request.POST.getlist("load") if text.isdecimal() and len(text) < 20
    }
    asked = LoadBilling.objects.for_user(user).filter(
        load_id__in=[pk for pk in told if pk <= LARGEST_ID]
    )
    ids = asked.order_by("load_id").values_list("load_id", flat=True)
    return Selection(tuple(ids), is_everything=False)


def _everything(filters: WorkbenchFilters, user: User) -> tuple[int, ...]:
    """Return the loads of the view; one more than a run takes when there are too many."""
    rows = filters.loads(user).order_by("customer_id", "pk")
    return tuple(rows.values_list("load_id", flat=True)[: MOST_LOADS + 1])
