"""Take an invoice back: a mirrored document, never a change of the issued one."""

from datetime import datetime
from decimal import Decimal

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
from billing.rules.snapshot import from_data
from journal.operations.lifecycle import advance
from journal.operations.recording import record


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
    advance(
        state, InvoiceState.Status.CREDITED, by=by, at=at, reason=reason,
        balance_amount=Decimal("0.00"),
    )  # fmt: skip
    paper = _paper(invoice, reason=reason, at=at)
    reserve([paper])
    BillingClaim.objects.filter(invoice=invoice).delete()
    claims.delete()
    for billing in billings:
        _reopen(billing, invoice, reason=reason, by=by, at=at)
    record(
        "invoice.credited", subject=invoice, by=by, at=at, reason=reason,
        payload={"number": invoice.number, "loads": [billing.load_id for billing in billings]},
    )  # fmt: skip
    series = series_of(invoice.entity, Series.Code.CREDIT_NOTE)
    return publish([paper], invoice.entity, series, by=by, at=at)[0]


def _paper(invoice: Invoice, *, reason: str, at: datetime) -> Paper:
    """Mirror the snapshot for the page and the billed charges for the ledger."""
    lines = invoice.lines.order_by("position").values_list("charge_id", flat=True)
    charges = Charge.objects.in_bulk(list(lines))
    return Paper(
        customer=invoice.customer,
        kind=Invoice.Kind.CREDIT_NOTE,
        snapshot=mirror(from_data(invoice.snapshot), at=at, reason=reason),
        charges=[charges[pk] for pk in lines],
        terms_days=None,
        corrects=invoice,
    )


def _reopen(billing: LoadBilling, invoice: Invoice, *, reason: str, by: str, at: datetime) -> None:
    why = f"{invoice.number} was credited: {reason}"
    advance(
        billing, LoadBilling.Status.REVIEW, by=by, at=at, reason=why,
        payload={"load_id": billing.load_id, "blockers": []}, review_reason=why, reviewed_by="",
        reviewed_at=None,
    )  # fmt: skip
