"""Take an invoice back: a mirrored document, never a change of the issued one."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

import msgspec

from billing.models import (
    BillingClaim,
    Charge,
    Invoice,
    InvoiceState,
    LoadBilling,
    LoadClaim,
    Series,
)
from billing.operations.freezing import mirror
from billing.operations.holding import hold_billings
from billing.operations.publishing import Paper, publish, reserve
from billing.queries.entities import series_of
from billing.rules.snapshot import Line, Load, add_up, from_data
from journal.operations.lifecycle import advance
from journal.operations.recording import record

PRIMARY = LoadClaim.Kind.PRIMARY


class NotCreditable(Exception):
    """The document cannot be taken back; says why."""

    status = 409
    code = "not_creditable"


class ReasonMissing(Exception):
    """An invoice is taken back without a word to the customer."""

    status = 400
    code = "reason_required"
    field = "reason"

    def __init__(self) -> None:
        super().__init__("Say why: the reason is printed on the credit note.")


def credit_invoice(invoice: Invoice, *, reason: str, by: str, at: datetime) -> Invoice:
    """Take `invoice` back in full; return the credit note.

    Its charges and loads may be billed again, but not by themselves: each load waits for a person
    to approve it to bill.

    Raises:
        ReasonMissing: `reason` is empty.
        NotCreditable: it is a credit note, or is credited already.
        IllegalMove: it is paid.
    """
    reason = reason.strip()
    if not reason:
        raise ReasonMissing
    claims = LoadClaim.objects.filter(invoice=invoice)
    billings = hold_billings(claims.order_by("load_id").values_list("load_id", flat=True))
    state = InvoiceState.objects.select_for_update(of=("self",)).get(invoice=invoice)
    if invoice.kind != Invoice.Kind.INVOICE or state.status == InvoiceState.Status.CREDITED:
        raise NotCreditable(f"{invoice.number} cannot be credited (again).")
    primary = set(claims.filter(kind=PRIMARY).values_list("load_id", flat=True))
    _refuse_supplemented(invoice, primary)
    advance(
        state, InvoiceState.Status.CREDITED, by=by, at=at, reason=reason,
        balance_amount=Decimal("0.00"),
    )  # fmt: skip
    paper = _paper(invoice, reason=reason, at=at)
    reserve([paper])
    BillingClaim.objects.filter(invoice=invoice).delete()
    claims.delete()
    _end_differences(paper.charges, invoice, by=by, at=at)
    for billing in billings:
        if billing.load_id in primary:
            _reopen(billing, invoice, reason=reason, by=by, at=at)
    record(
        "invoice.credited", subject=invoice, by=by, at=at, reason=reason,
        payload={"number": invoice.number, "loads": [billing.load_id for billing in billings]},
    )  # fmt: skip
    series = series_of(invoice.entity, Series.Code.CREDIT_NOTE)
    return publish([paper], invoice.entity, series, by=by, at=at)[0]


def _refuse_supplemented(invoice: Invoice, load_ids: set[int]) -> None:
    """Let no load stay with a supplemental invoice to nothing."""
    others = LoadClaim.objects.filter(load__in=load_ids).exclude(kind=PRIMARY)
    supplement = others.order_by("pk").first()
    if supplement:
        number = Invoice.objects.values_list("number", flat=True).get(pk=supplement.invoice_id)
        raise NotCreditable(f"{number} supplements {invoice.number}: credit it first.")


def _end_differences(charges: Sequence[Charge], invoice: Invoice, *, by: str, at: datetime) -> None:
    """Let the charges of a difference go with their document; a new rating finds it anew."""
    reason = f"{invoice.number} was credited."
    for charge in charges:
        if charge.adjusts:
            advance(charge, Charge.Status.SUPERSEDED, by=by, at=at, reason=reason, changed_at=at)


def _paper(invoice: Invoice, *, reason: str, at: datetime) -> Paper:
    """Mirror the snapshot for the page and the billed charges for the ledger.

    What credit notes for a part of it returned already is taken back with it.
    """
    notes = Invoice.objects.filter(corrects=invoice).order_by("pk")
    lines: dict[str, list[Line]] = defaultdict(list)
    charges: dict[str, list[Charge]] = defaultdict(list)
    for document in (invoice, *notes):
        rows = iter(document.lines.order_by("position").select_related("charge"))
        for load in from_data(document.snapshot).loads:
            lines[load.number] += load.lines
            charges[load.number] += [next(rows).charge for _ in load.lines]
    billed = from_data(invoice.snapshot)
    loads = tuple(_with_lines(load, lines[load.number]) for load in billed.loads)
    whole = msgspec.structs.replace(billed, loads=loads, totals=add_up(loads))
    return Paper(
        customer=invoice.customer,
        kind=Invoice.Kind.CREDIT_NOTE,
        snapshot=mirror(whole, at=at, reason=reason),
        charges=[charge for load in loads for charge in charges[load.number]],
        terms_days=None,
        corrects=invoice,
    )


def _with_lines(load: Load, lines: Sequence[Line]) -> Load:
    subtotal = sum((line.amount for line in lines), Decimal("0.00"))
    return msgspec.structs.replace(load, lines=tuple(lines), subtotal=subtotal)


def _reopen(billing: LoadBilling, invoice: Invoice, *, reason: str, by: str, at: datetime) -> None:
    why = f"{invoice.number} was credited: {reason}"
    advance(
        billing, LoadBilling.Status.REVIEW, by=by, at=at, reason=why,
        payload={"load_id": billing.load_id, "blockers": []}, review_reason=why, reviewed_by="",
        reviewed_at=None,
    )  # fmt: skip
