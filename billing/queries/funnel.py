"""Where the money stands on its way in: stages, counts, amounts and the oldest of each.

A stage is a condition in SQL and nowhere else, so that the figures of the funnel and the rows of
its tables cannot disagree. Loads are in one stage; an issued document is `ISSUED` until the ERP has
it and `POSTED` while it is owed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db.models import Case, CharField, Count, Min, Q, Sum, Value, When
from django.db.models.functions import Coalesce

from accounts.models import Principal, ScopedQuerySet
from billing.models import Blocker, Invoice, InvoiceState, LoadBilling
from billing.rules.policy import Enforcement

LoadRows = ScopedQuerySet[Any]
Documents = ScopedQuerySet[Invoice]
States = ScopedQuerySet[InvoiceState]
Erp = InvoiceState.ErpStatus

PAPERS = ("pod_accepted", "receipts", "required_references")
ON_THE_WAY = (
    LoadBilling.Status.BLOCKED,
    LoadBilling.Status.REVIEW,
    LoadBilling.Status.READY,
)


class Stage(StrEnum):
    """The steps of the funnel, in the order in which a load takes them."""

    PAPERS = "papers"
    APPROVAL = "approval"
    OTHER = "other"
    HELD = "held"
    READY = "ready"
    ISSUED = "issued"
    POSTED = "posted"

    @property
    def is_of_loads(self) -> bool:
        """Tell whether its rows are loads; otherwise they are issued documents."""
        return self not in {Stage.ISSUED, Stage.POSTED}


# What each stage asks of the state of a document; a credit note is never due.
DOCUMENT_STAGES: Mapping[Stage, dict[str, Any]] = {
    Stage.ISSUED: {"erp_status__in": InvoiceState.UNPOSTED},
    Stage.POSTED: {
        "erp_status": Erp.POSTED,
        "status__in": (InvoiceState.Status.ISSUED, InvoiceState.Status.PART_PAID),
        "due_on__isnull": False,
    },
}


@dataclass(frozen=True, slots=True)
class Figures:
    """One stage in one currency. `hot` counts what is late there: failed postings, overdue."""

    stage: Stage
    currency: str
    count: int
    amount: Decimal
    oldest_at: datetime | None
    hot: int = 0


def funnel(principal: Principal | Any, *, today: date) -> list[Figures]:
    """Return the figures of every stage that holds something, in three statements.

    `today` is the reader's day, from which an invoice is overdue.
    """
    states = InvoiceState.objects.for_user(principal)
    return [
        *_of_loads(staged_loads(principal)),
        *_of_states(Stage.ISSUED, states, "invoice__total_amount", hot=Q(erp_status=Erp.FAILED)),
        *_of_states(Stage.POSTED, states, "balance_amount", hot=Q(due_on__lt=today)),
    ]


def staged_loads(principal: Principal | Any, stage: Stage | None = None) -> LoadRows:
    """Return the loads between delivery and invoice, of one stage or of all, with their `over_at`.

    The stage of a load is a condition, so that the index of its status finds the rows.
    """
    loads = LoadBilling.objects.for_user(principal).filter(status__in=ON_THE_WAY)
    if stage is not None:
        loads = loads.filter(_conditions()[stage])
    return loads.annotate(over_at=Coalesce("load__delivered_at", "load__ended_at", "evaluated_at"))


def _conditions() -> dict[Stage, Q]:
    """Return what makes a load stand in each stage; they exclude one another."""
    free, blocked = Q(held_at=None), Q(held_at=None, status=LoadBilling.Status.BLOCKED)
    papers, approval = _lacks(PAPERS), _lacks(("accessorials_approved",))
    review = free & Q(status=LoadBilling.Status.REVIEW)
    return {
        Stage.HELD: Q(held_at__isnull=False),
        Stage.READY: free & Q(status=LoadBilling.Status.READY),
        Stage.APPROVAL: review | (blocked & ~papers & approval),
        Stage.PAPERS: blocked & papers,
        Stage.OTHER: blocked & ~papers & ~approval,
    }


def staged_documents(stage: Stage, principal: Principal | Any) -> Documents:
    """Return the issued documents of a stage."""
    asked = {f"state__{name}": value for name, value in DOCUMENT_STAGES[stage].items()}
    return Invoice.objects.for_user(principal).filter(**asked)


def _lacks(rules: Iterable[str]) -> Q:
    """Say that one of these rules blocks; read once for a statement, not once for a load."""
    blockers = Blocker.objects.filter(
        cleared_at=None, waived_at=None, rule__in=rules, enforcement=Enforcement.BLOCK
    )
    return Q(load_id__in=blockers.values("load_id"))


def with_stage(loads: LoadRows) -> LoadRows:
    """Return staged loads with the `stage` that each stands in."""
    stages = [When(condition, then=Value(stage)) for stage, condition in _conditions().items()]
    return loads.annotate(stage=Case(*stages, output_field=CharField()))


def _of_loads(loads: LoadRows) -> list[Figures]:
    rows = (
        with_stage(loads)
        .values_list("stage", "currency")
        .annotate(count=Count("pk"), amount=Sum("total_amount"), oldest=Min("over_at"))
    )
    return [Figures(Stage(stage), *rest) for stage, *rest in rows.order_by("stage", "currency")]


def _of_states(stage: Stage, states: States, amount: str, *, hot: Q) -> list[Figures]:
    """Add up the documents of a stage over their states: what is open stands in one index."""
    rows = (
        states.filter(**DOCUMENT_STAGES[stage])
        .values_list("currency")
        .annotate(
            count=Count("invoice"), amount=Sum(amount), oldest=Min("issued_at"),
            hot=Count("invoice", filter=hot),
        )
    )  # fmt: skip
    return [Figures(stage, *row) for row in rows.order_by("currency")]
