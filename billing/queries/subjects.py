"""Which loads an event concerns."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime

from django.db.models import Q, QuerySet

from billing.models import Blocker, Charge, InvoiceLine, LoadBilling, ReadinessPolicy
from dispatch.models import Document
from exceptions.models import Case
from journal.models import Event
from rating.models import RateCardVersion

Pairs = Iterable[tuple[int, int]]

# Loads that are through evaluation and not yet invoiced: what a new policy may change.
UNDECIDED = (
    LoadBilling.Status.BLOCKED,
    LoadBilling.Status.REVIEW,
    LoadBilling.Status.READY,
)


def loads_behind(events: Iterable[Event]) -> dict[int, tuple[int, ...]]:
    """Return, by event id, the ids of the loads that each event concerns.

    One query for each kind of subject, however many events.
    """
    by_table: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for event in events:
        by_table[event.subject_table][event.subject_id].append(event.pk)
    found: dict[int, set[int]] = defaultdict(set)
    for table, subjects in by_table.items():
        for subject_id, load_id in FINDERS.get(table, _nobody)(set(subjects)):
            for event_id in subjects[subject_id]:
                found[event_id].add(load_id)
    return {event_id: tuple(sorted(load_ids)) for event_id, load_ids in found.items()}


def patience_of(billing_ids: Iterable[int]) -> dict[int, datetime]:
    """Return, by billing row, until when the load's open blocker is waited for without a case."""
    waited = Blocker.objects.filter(
        load__billing__in=billing_ids, cleared_at=None, waived_at=None, case_at__isnull=False
    )
    rows = waited.order_by("-case_at").values_list("load__billing", "case_at")
    return {billing_id: case_at for billing_id, case_at in rows if case_at is not None}


def _nobody(_ids: set[int]) -> Pairs:
    return ()


def _itself(ids: set[int]) -> Pairs:
    return ((pk, pk) for pk in ids)


def _documents(ids: set[int]) -> Pairs:
    return Document.objects.filter(pk__in=ids).values_list("pk", "load_id")


def _charges(ids: set[int]) -> Pairs:
    return Charge.objects.filter(pk__in=ids).values_list("pk", "load_id")


def _invoices(ids: set[int]) -> Pairs:
    lines = InvoiceLine.objects.filter(invoice_id__in=ids)
    return lines.values_list("invoice_id", "load_id").distinct()


def _cases(ids: set[int]) -> Pairs:
    """A case of a load concerns it; one of a customer, the loads that wait for the customer."""
    for pk, load_id, customer_id in Case.objects.filter(pk__in=ids).values_list(
        "pk", "load_id", "customer_id"
    ):
        if load_id is not None:
            yield pk, load_id
        elif customer_id is not None:
            yield from ((pk, waiting) for waiting in _waiting(Q(customer_id=customer_id)))


def _customers(ids: set[int]) -> Pairs:
    undecided = LoadBilling.objects.filter(customer_id__in=ids, status__in=UNDECIDED)
    return undecided.values_list("customer_id", "load_id")


def _policies(ids: set[int]) -> Pairs:
    for policy in ReadinessPolicy.objects.filter(pk__in=ids):
        undecided = LoadBilling.objects.filter(status__in=UNDECIDED)
        if policy.customer_id:
            undecided = undecided.filter(customer_id=policy.customer_id)
        if policy.shipment_type:
            undecided = undecided.filter(load__shipment_type=policy.shipment_type)
        yield from ((policy.pk, load_id) for load_id in _ids(undecided))


def _versions(ids: set[int]) -> Pairs:
    """A new version of a card concerns the loads that wait for a price: its customer's, or all."""
    for version in RateCardVersion.objects.filter(pk__in=ids).select_related("card"):
        whose = Q(customer_id=version.card.customer_id) if version.card.customer_id else Q()
        yield from ((version.pk, load_id) for load_id in _waiting(whose & Q(rule="rate_found")))


def _indexes(ids: set[int]) -> Pairs:
    waiting = _waiting(Q(rule="rate_found", subject_key__startswith="no_fuel_index:"))
    return ((pk, load_id) for pk in ids for load_id in waiting)


def _taxes(ids: set[int]) -> Pairs:
    """A rate or a registration concerns the loads whose tax could not be told."""
    waiting = _waiting(Q(rule="tax_known"))
    return ((pk, load_id) for pk in ids for load_id in waiting)


def _waiting(condition: Q) -> list[int]:
    """Return the loads with an open blocker that fits."""
    blockers = Blocker.objects.filter(condition, cleared_at=None)
    return list(blockers.values_list("load_id", flat=True).distinct())


def _ids(billings: QuerySet[LoadBilling]) -> list[int]:
    return list(billings.values_list("load_id", flat=True))


FINDERS: dict[str, Callable[[set[int]], Pairs]] = {
    "dispatch_load": _itself,
    "dispatch_document": _documents,
    "billing_charge": _charges,
    "billing_invoice": _invoices,
    "exceptions_case": _cases,
    "accounts_customer": _customers,
    "billing_readinesspolicy": _policies,
    "rating_ratecardversion": _versions,
    "rating_fuelindexseries": _indexes,
    "rating_taxrate": _taxes,
    "billing_legalentity": _taxes,
}
