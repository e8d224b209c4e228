"""Issue what somebody selected, as a job: each invoice once, with a result that stays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from billing.models import Invoice, InvoiceRequest, InvoiceRequestLoad, InvoiceRun, LoadBilling
from billing.operations.invoicing import Refusal, issue_invoices
from journal.models import Event
from journal.operations.lifecycle import advance
from journal.operations.recording import assert_in_transaction, entry_for, record_many

Status = InvoiceRequest.Status


@dataclass(frozen=True, slots=True)
class Wanted:
    """One invoice as a person saw it in a preview and asked for it."""

    customer_id: int
    load_ids: tuple[int, ...]
    total: Decimal
    currency: str


class NothingWanted(Exception):
    """A run without an invoice."""

    status = 422
    code = "nothing_selected"

    def __init__(self) -> None:
        super().__init__("Select loads that can be billed first.")


def start_run(key: UUID, wanted: Sequence[Wanted], *, by: str, at: datetime) -> InvoiceRun:
    """Have workers issue the invoices; return the run. The same key again is the same run.

    Raises:
        NothingWanted: there is nothing to issue.
    """
    assert_in_transaction()
    if not wanted:
        raise NothingWanted
    run, is_new = InvoiceRun.objects.get_or_create(
        key=key, defaults={"asked_by": by, "asked_at": at}
    )
    if is_new:
        _ask(run, wanted, by=by, at=at)
    return run


def _ask(run: InvoiceRun, wanted: Sequence[Wanted], *, by: str, at: datetime) -> None:
    requests = InvoiceRequest.objects.bulk_create(
        [
            InvoiceRequest(
                run=run,
                position=position,
                customer_id=each.customer_id,
                seen_amount=each.total,
                currency=each.currency,
            )
            for position, each in enumerate(wanted, start=1)
        ]
    )
    InvoiceRequestLoad.objects.bulk_create(
        [
            InvoiceRequestLoad(run=run, request=request, load_id=load_id)
            for request, each in zip(requests, wanted, strict=True)
            for load_id in each.load_ids
        ]
    )
    record_many(
        [
            entry_for(
                "invoice_request.opened", subject=request, by=by, at=at,
                new={"seen_amount": request.seen_amount, "loads": each.load_ids},
            )
            for request, each in zip(requests, wanted, strict=True)
        ]
    )  # fmt: skip


def settle_requests(causes: Mapping[int, Event], *, at: datetime) -> list[InvoiceRequest]:
    """Issue or refuse the waiting ones among the requests of one run; return those settled.

    `causes` holds the event of each request by its id. Whoever asked is the issuer.
    """
    waiting = _lock_waiting(list(causes))
    if not waiting:
        return []
    loads = _loads_of(waiting)
    groups = [loads[request.pk] for request in waiting]
    results = issue_invoices(
        groups,
        by=waiting[0].run.asked_by,
        at=at,
        causes={
            billing.load_id: causes[request.pk]
            for request, group in zip(waiting, groups, strict=True)
            for billing in group
        },
        seen=[request.seen_amount for request in waiting],
    )
    for request, result in zip(waiting, results, strict=True):
        _settle(request, result, at=at)
    return waiting


def _lock_waiting(ids: Sequence[int]) -> list[InvoiceRequest]:
    rows = InvoiceRequest.objects.filter(pk__in=ids, status=Status.WAITING).order_by("pk")
    return list(rows.select_related("run").select_for_update(of=("self",)))


def _loads_of(requests: Sequence[InvoiceRequest]) -> dict[int, list[LoadBilling]]:
    """Return the billing rows of each request, in the order in which the loads were shown."""
    found: dict[int, list[LoadBilling]] = {request.pk: [] for request in requests}
    asked = InvoiceRequestLoad.objects.filter(request__in=requests).order_by("pk")
    pairs = list(asked.values_list("request_id", "load_id"))
    billings = {
        billing.load_id: billing
        for billing in LoadBilling.objects.filter(load_id__in=[load for _, load in pairs])
    }
    for request_id, load_id in pairs:
        found[request_id].append(billings[load_id])
    return found


def _settle(request: InvoiceRequest, result: Invoice | Refusal, *, at: datetime) -> None:
    by = request.run.asked_by
    if isinstance(result, Invoice):
        advance(request, Status.ISSUED, by=by, at=at, invoice=result, settled_at=at)
    else:
        advance(request, Status.REFUSED, by=by, at=at, note=str(result), settled_at=at)
