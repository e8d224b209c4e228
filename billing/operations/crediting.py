"""Take an invoice back: a mirrored document, never a change of the issued one."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal

import msgspec
from django.db.models import Q

from billing.models import (
    BillingClaim,
    Charge,
    Invoice,
    InvoiceLine,
    InvoiceState,
    LoadBilling,
    LoadClaim,
    Series,
)
from billing.operations.freezing import mirror
from billing.operations.holding import hold_billings
from billing.operations.invoicing import issue_invoice
from billing.operations.publishing import Paper, publish, reserve
from billing.operations.readiness import approve_to_bill, evaluate_loads
from billing.operations.settling import free_beyond, free_cash, lock_state, settle
from billing.queries.credits import creditable_lines, credited_charges
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
    """Take `invoice` back in full, or what is left of it; return the credit note.

    Its charges and loads may be billed again, but not by themselves: each load waits for a person
    to approve it to bill. What was paid becomes the customer's unapplied cash.

    Raises:
        ReasonMissing: `reason` is empty.
        NotCreditable: it is a credit note, or is credited already.
    """
    reason = _require_reason(reason)
    claims = LoadClaim.objects.filter(invoice=invoice)
    billings = hold_billings(claims.order_by("load_id").values_list("load_id", flat=True))
    state = _lock_creditable(invoice)
    primary = set(claims.filter(kind=PRIMARY).values_list("load_id", flat=True))
    _refuse_supplemented(invoice, primary)
    free_cash(invoice, reason=reason, by=by, at=at)
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


def credit_lines(
    invoice: Invoice, positions: Collection[int], *, reason: str, by: str, at: datetime
) -> Invoice:
    """Take some lines of `invoice` back; return the credit note.

    The lines stay billed: nothing bills them again while the invoice lives. What a credit note for
    a difference returned of a line is not returned again. What was paid beyond what is then owed
    becomes unapplied cash. All lines that are left are a credit in full.

    Raises:
        ReasonMissing: `reason` is empty.
        NotCreditable: it is a credit note or credited, a line is not on it or was credited before,
            or the lines come to nothing that could be returned.
    """
    reason = _require_reason(reason)
    load_ids = invoice.lines.order_by("load_id").values_list("load_id", flat=True)
    hold_billings(load_ids)
    state = _lock_creditable(invoice)
    left = {each.line.position: each for each in creditable_lines(invoice)}
    if not positions or not left.keys() >= set(positions):
        raise NotCreditable("Choose lines of the invoice that are not credited yet.")
    if left.keys() == set(positions):
        return credit_invoice(invoice, reason=reason, by=by, at=at)
    chosen = [left[position] for position in sorted(positions)]
    amount = sum((each.amount + each.tax_amount for each in chosen), Decimal("0.00"))
    if amount <= 0:
        raise NotCreditable("These lines come to nothing that could be returned.")
    free_beyond(state, amount, reason=reason, by=by, at=at)
    settle(state, credited=amount, by=by, at=at, reason=reason)
    record(
        "invoice.credited_in_part", subject=invoice, by=by, at=at, reason=reason,
        payload={"number": invoice.number, "lines": sorted(positions), "amount": str(amount)},
    )  # fmt: skip
    kept = {row.pk for each in chosen for row in each.rows}
    paper = _mirror_of(invoice, kept, reason=reason, at=at)
    reserve([paper])
    _end_differences(
        [row.charge for each in chosen for row in each.adjusted], invoice, by=by, at=at
    )
    series = series_of(invoice.entity, Series.Code.CREDIT_NOTE)
    return publish([paper], invoice.entity, series, by=by, at=at)[0]


def credit_and_rebill(
    invoice: Invoice, *, reason: str, by: str, at: datetime
) -> tuple[Invoice, Invoice]:
    """Take `invoice` back in full and bill its loads anew as things stand; return both documents.

    Both or neither: when the loads cannot be billed now, nothing is credited.

    Raises:
        NotBillable: the guard refuses to bill the loads again.
        ReasonMissing, NotCreditable: as for a credit in full.
    """
    claims = LoadClaim.objects.filter(invoice=invoice, kind=PRIMARY)
    load_ids = list(claims.order_by("load_id").values_list("load_id", flat=True))
    if not load_ids:
        raise NotCreditable(f"{invoice.number} is not the first invoice of a load.")
    note = credit_invoice(invoice, reason=reason, by=by, at=at)
    billings = evaluate_loads(load_ids, by=by, at=at)
    for billing in billings:
        if billing.status == LoadBilling.Status.REVIEW:
            approve_to_bill(billing, by=by, at=at)
    again = issue_invoice(*billings, by=by, at=at)
    record(
        "invoice.rebilled", subject=invoice, by=by, at=at, reason=reason,
        payload={"number": invoice.number, "note": note.number, "again": again.number},
    )  # fmt: skip
    return note, again


def _require_reason(reason: str) -> str:
    tidy = reason.strip()
    if not tidy:
        raise ReasonMissing
    return tidy


def _lock_creditable(invoice: Invoice) -> InvoiceState:
    state = lock_state(invoice)
    if invoice.kind != Invoice.Kind.INVOICE or state.status == InvoiceState.Status.CREDITED:
        raise NotCreditable(f"{invoice.number} cannot be credited (again).")
    return state


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

    What credit notes for a difference returned already is taken back with it; a line that was
    credited by itself is left out, with the note that did.
    """
    gone = credited_charges(invoice)
    rows = InvoiceLine.objects.filter(Q(invoice=invoice) | Q(invoice__corrects=invoice))
    kept = rows.exclude(charge__in=gone).values_list("pk", flat=True)
    return _mirror_of(invoice, set(kept), reason=reason, at=at)


def _mirror_of(invoice: Invoice, kept: Collection[int], *, reason: str, at: datetime) -> Paper:
    """Mirror some lines of the invoice and of its credit notes, of the page and of the ledger."""
    notes = Invoice.objects.filter(corrects=invoice).order_by("pk")
    lines: dict[str, list[Line]] = defaultdict(list)
    charges: dict[str, list[Charge]] = defaultdict(list)
    for document in (invoice, *notes):
        rows = iter(document.lines.order_by("position").select_related("charge"))
        for load in from_data(document.snapshot).loads:
            for line, row in zip(load.lines, rows, strict=False):
                if row.pk in kept:
                    lines[load.number].append(line)
                    charges[load.number].append(row.charge)
    billed = from_data(invoice.snapshot)
    loads = tuple(
        _with_lines(load, lines[load.number]) for load in billed.loads if lines[load.number]
    )
    part = msgspec.structs.replace(billed, loads=loads, totals=add_up(loads))
    return Paper(
        customer=invoice.customer,
        kind=Invoice.Kind.CREDIT_NOTE,
        snapshot=mirror(part, at=at, reason=reason),
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
