"""Passages as they follow from what the other apps keep, whatever the table says."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, cast

from django.db import connection
from django.db.models import Min, Q, QuerySet, Sum

from billing.models import Charge, Invoice, InvoiceLine, LoadBilling
from dispatch.fold import Fact, Kind, standing_facts
from dispatch.models import Document, Load, LoadCost, Milestone
from dispatch.queries.histories import fact_of
from exceptions.models import Case
from insights.models import Passage, PassageMark
from journal.models import Event

Touch = Passage.Touch
BY_HAND = "user:"


@dataclass(frozen=True, slots=True)
class FirstBill:
    """The first invoice of a load."""

    invoice_id: int
    issued_at: datetime
    issued_by: str
    currency: str
    posted_at: datetime | None


def read_passages(load_ids: Collection[int]) -> list[Passage]:
    """Return the passages of these loads as they should be; a fixed number of statements."""
    loads = Load.objects.filter(pk__in=load_ids, status=Load.Status.DELIVERED)
    found = list(loads.exclude(delivered_at=None).order_by("pk"))
    ids = [load.pk for load in found]
    bills = _first_bills(ids)
    dispatched, proofs, ready = _dispatched(ids), _proofs(ids), _ready(ids, bills)
    touched, billed, costs = _touches(ids, bills), _billed(ids), _costs(ids)
    return [
        _passage(
            load,
            bills.get(load.pk),
            billed=billed,
            costs=costs.get(load.pk, []),
            dispatched_at=dispatched.get(load.pk),
            pod_at=proofs.get(load.pk),
            ready_at=ready.get(load.pk),
            touch=touched.get(load.pk, ""),
        )
        for load in found
    ]


def _passage(
    load: Load,
    bill: FirstBill | None,
    *,
    billed: Mapping[tuple[int, str], Decimal],
    costs: list[LoadCost],
    **instants: Any,
) -> Passage:
    currency = bill.currency if bill else load.currency
    return Passage(
        load=load,
        customer_id=load.customer_id,
        lane=f"{load.origin_state}-{load.destination_state}",
        delivered_at=cast(datetime, load.delivered_at),
        invoice_id=bill.invoice_id if bill else None,
        issued_at=bill.issued_at if bill else None,
        posted_at=bill.posted_at if bill else None,
        currency=currency,
        billed_amount=billed.get((load.pk, currency)),
        cost_amount=_cost_in(currency, costs),
        **instants,
    )


def _cost_in(currency: str, costs: list[LoadCost]) -> Decimal | None:
    if not costs or any(cost.currency != currency for cost in costs):
        return None
    return sum((cost.amount for cost in costs), Decimal(0))


def _first_bills(load_ids: list[int]) -> dict[int, FirstBill]:
    """Read the first invoice of each load, credited since or not."""
    lines = InvoiceLine.objects.filter(load__in=load_ids, invoice__kind=Invoice.Kind.INVOICE)
    rows: Any = (
        lines.order_by("load_id", "invoice_id")
        .distinct("load_id")
        .values_list(
            "load_id", "invoice_id", "invoice__issued_at", "invoice__issued_by",
            "invoice__currency", "invoice__state__erp_posted_at",
        )
    )  # fmt: skip
    return {load_id: FirstBill(*bill) for load_id, *bill in rows}


def _billed(load_ids: list[int]) -> dict[tuple[int, str], Decimal]:
    """Add up all lines of all documents; those of credit notes are negative."""
    lines = InvoiceLine.objects.filter(load__in=load_ids).order_by()
    rows = lines.values_list("load_id", "currency").annotate(total=Sum("amount"))
    return {(load_id, currency): total for load_id, currency, total in rows}


def _costs(load_ids: list[int]) -> dict[int, list[LoadCost]]:
    newest = LoadCost.objects.filter(load__in=load_ids).order_by("load_id", "kind", "-pk")
    costs: dict[int, list[LoadCost]] = defaultdict(list)
    for cost in newest.distinct("load_id", "kind"):
        costs[cost.load_id].append(cost)
    return costs


def _dispatched(load_ids: list[int]) -> dict[int, datetime]:
    """Return when each load was first dispatched, corrections and retractions heeded."""
    told = Milestone.objects.filter(load__in=load_ids)
    told = told.filter(Q(kind=Kind.DISPATCHED) | ~Q(supersedes_reference=""))
    facts: dict[int, list[Fact]] = defaultdict(list)
    for milestone in told.order_by("pk"):
        facts[milestone.load_id].append(fact_of(milestone))
    found = {}
    for load_id, history in facts.items():
        standing = [fact for fact in standing_facts(history) if fact.kind == Kind.DISPATCHED]
        if standing:
            found[load_id] = standing[0].occurred_at
    return found


def _proofs(load_ids: list[int]) -> dict[int, datetime]:
    """Return when the first proof of delivery came that nobody has rejected."""
    papers = Document.objects.filter(load__in=load_ids, kind=Document.Kind.POD)
    papers = papers.exclude(status=Document.Status.REJECTED).order_by()
    return dict(papers.values_list("load_id").annotate(first=Min("received_at")))


def _ready(load_ids: list[int], bills: Mapping[int, FirstBill]) -> dict[int, datetime]:
    """Return when each load last became ready before its first invoice."""
    rows = LoadBilling.objects.filter(load__in=load_ids).values_list("pk", "load_id")
    loads = dict(rows)
    events = _events_of(LoadBilling, loads).filter(name=LoadBilling.EVENT_NAMES["READY"])
    found: dict[int, datetime] = {}
    for subject_id, at in events.values_list("subject_id", "recorded_at"):
        load_id = loads[subject_id]
        bill = bills.get(load_id)
        if bill is None or at <= bill.issued_at:
            found[load_id] = at
    return found


def _touches(load_ids: list[int], bills: Mapping[int, FirstBill]) -> dict[int, str]:
    """Return how somebody stepped in before the first invoice of each load that has one."""
    seen: dict[int, set[str]] = defaultdict(set)
    for kind, rows in (
        (Touch.CASE, Case.objects.filter(load__in=load_ids).values_list("load_id", "opened_at")),
        (Touch.CHARGE, _charges_by_hand(load_ids)),
        (Touch.PAPER, _papers_by_hand(load_ids)),
    ):
        for load_id, at in rows:
            if load_id in bills and at <= bills[load_id].issued_at:
                seen[load_id].add(kind)
    for load_id, bill in bills.items():
        if bill.issued_by.startswith(BY_HAND):
            seen[load_id].add(Touch.ISSUE)
    return {
        load_id: next(each for each in Touch if each in kinds) for load_id, kinds in seen.items()
    }


def _charges_by_hand(load_ids: list[int]) -> Iterable[tuple[int, datetime]]:
    charges = Charge.objects.filter(load__in=load_ids)
    added = charges.filter(origin=Charge.Origin.MANUAL).values_list("load_id", "created_at")
    decided = charges.filter(decided_by__startswith=BY_HAND).values_list("load_id", "changed_at")
    return [*added, *decided]


def _papers_by_hand(load_ids: list[int]) -> Iterable[tuple[int, datetime]]:
    papers = dict(Document.objects.filter(load__in=load_ids).values_list("pk", "load_id"))
    names = ("document.accepted", "document.rejected")
    events = _events_of(Document, papers).filter(name__in=names, actor__startswith=BY_HAND)
    return [(papers[pk], at) for pk, at in events.values_list("subject_id", "recorded_at")]


def _events_of(model: Any, ids: Collection[int]) -> QuerySet[Event]:
    events = Event.objects.filter(subject_table=model._meta.db_table, subject_id__in=ids)
    return events.order_by("pk")


# How the rows that events tell of lead to loads. An event of another table changes no passage.
LOADS_OF: Mapping[str, Callable[[Collection[int]], Iterable[int]]] = {
    Load._meta.db_table: lambda ids: ids,
    **{
        model._meta.db_table: lambda ids, model=model: model.objects.filter(  # type: ignore[misc]
            pk__in=ids
        ).values_list("load_id", flat=True)
        for model in (Document, LoadCost, LoadBilling, Charge, Case)
    },
    Invoice._meta.db_table: lambda ids: InvoiceLine.objects.filter(invoice__in=ids).values_list(
        "load_id", flat=True
    ),
}


def loads_told_since(mark: int) -> list[int]:
    """Return the loads whose passage may have changed since `mark`, in order of their ids."""
    subjects: dict[str, set[int]] = defaultdict(set)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT subject_table, subject_id FROM journal_event
            WHERE xid >= %s::text::xid8 AND subject_table = ANY(%s)
            """,
            [str(mark), list(LOADS_OF)],
        )
        for table, subject_id in cursor.fetchall():
            subjects[table].add(subject_id)
    loads = {pk for table, ids in subjects.items() for pk in LOADS_OF[table](ids) if pk}
    return sorted(loads)


def last_mark() -> PassageMark | None:
    """Return how far passages follow the journal; None before the first time."""
    return PassageMark.objects.first()
