"""Bill the difference that late facts make: a supplemental invoice, or a credit note for a part.

What was billed stays as it is. A charge of the difference names the same (code, stop, occurrence),
is marked as adjusting, and says what was billed and what is known now; together they are what is
owed. The facts are rated anew under the lock, so that nothing older is billed.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from billing.models import (
    BillingClaim,
    Charge,
    Invoice,
    LoadBilling,
    LoadClaim,
    Series,
)
from billing.operations.comparing import Difference, find_differences
from billing.operations.freezing import Shipment, freeze
from billing.operations.holding import hold_billing
from billing.operations.pricing import keep_prices, price_loads
from billing.operations.publishing import Paper, publish, reserve
from billing.operations.rerating import told_of
from billing.operations.settling import free_beyond, lock_state, settle
from billing.queries.claims import live_invoice_of
from billing.queries.credits import left_on
from billing.queries.dossiers import Dossier, read_dossiers
from billing.queries.entities import series_of
from billing.queries.taxes import Taxed, tax_as_billed
from billing.rules.snapshot import DocumentKind, DocumentReference, InvoiceSnapshot
from journal.operations.recording import entry_for, record_many
from rating.engine.rate import printed_order
from rating.engine.storing import to_plain

RULE = "rule:late-change"
BASIS_LENGTH = 160


class NoDifference(Exception):
    """There is nothing to bill or to credit beyond what was billed, or it is not what was shown."""

    status = 409
    code = "no_difference"


class NotSupplementable(Exception):
    """The difference cannot be billed as things stand; says why in one sentence."""

    status = 409
    code = "not_supplementable"


def bill_difference(
    load_id: int, *, shown: Sequence[dict[str, Any]], reason: str, by: str, at: datetime
) -> Invoice:
    """Bill what is owed beyond the invoice of a load; return the document.

    A supplemental invoice when more is owed, a credit note when less is. `shown` are the
    differences that the person saw, as `Difference.told` gives them.

    Raises:
        NoDifference: there is none, it cancels out, or it is not the one that was shown.
        NotSupplementable: the load is on no live invoice, part of it cannot be priced or taxed,
            or no single invoice bills what would be returned.
    """
    billing = hold_billing(load_id)
    invoice = live_invoice_of(load_id) if billing.status == LoadBilling.Status.INVOICED else None
    if invoice is None:
        raise NotSupplementable("No live invoice bills the load.")
    dossier, differences = _rate_anew(billing, by=by, at=at)
    if [each.told() for each in differences] != list(shown):
        raise NoDifference("What is known has changed again; look at the difference once more.")
    owed = sum((each.amount for each in differences), Decimal(0))
    if not owed:
        raise NoDifference("The differences cancel out; nothing is owed either way.")
    if owed < 0:
        invoice = _billing_all(load_id, differences)
    charges = _charges(dossier, differences, invoice, by=by, at=at)
    shipment = _shipment(dossier, charges, billed_on=invoice)
    if owed > 0:
        return _supplement(shipment, invoice, by=by, at=at)
    return _return(shipment, invoice, reason=reason, by=by, at=at)


def _rate_anew(billing: LoadBilling, *, by: str, at: datetime) -> tuple[Dossier, list[Difference]]:
    """Rate the load as it is known now, keep the rating, and compare it with what was billed."""
    dossier = read_dossiers([billing], at=at)[0]
    quotes = price_loads([dossier], at=at)
    quote = quotes.get(dossier.load.pk)
    if problems := keep_prices([dossier], quotes, by=by, at=at)[dossier.load.pk]:
        raise NotSupplementable(f"The load cannot be priced: {problems[0].message}.")
    return dossier, find_differences(dossier, quote.lines if quote else ())


def _billing_all(load_id: int, differences: Sequence[Difference]) -> Invoice:
    """Return the live invoice that bills all that is returned, the first one if it does."""
    claimed = LoadClaim.objects.filter(load_id=load_id).order_by("kind", "pk")
    invoices = Invoice.objects.in_bulk(claimed.values_list("invoice_id", flat=True))
    ordered = [invoices[pk] for pk in claimed.values_list("invoice_id", flat=True)]
    for invoice in ordered:
        left = left_on(invoice)
        if all(left[(load_id, *it.identity)] + it.amount >= 0 for it in differences):
            return invoice
    raise NotSupplementable(
        f"No single invoice bills what would be returned. Credit {ordered[-1].number} first."
    )


def _charges(
    dossier: Dossier,
    differences: Sequence[Difference],
    invoice: Invoice,
    *,
    by: str,
    at: datetime,
) -> list[Charge]:
    """Insert a charge for each difference, in the order an invoice prints them."""
    sequences = {stop.pk: stop.sequence for stop in dossier.stops}
    charges = [_charge(dossier, each, invoice, by=by, at=at) for each in differences]
    charges.sort(key=lambda c: printed_order(c.code, sequences.get(c.stop_id or 0), c.occurrence))
    Charge.objects.bulk_create(charges)
    record_many(
        [
            entry_for(
                "charge.adjusted", subject=charge, by=RULE, at=at, reason=charge.basis,
                new=told_of(charge) | {"status": charge.status},
            )
            for charge in charges
        ]
    )  # fmt: skip
    return charges


def _charge(
    dossier: Dossier, difference: Difference, invoice: Invoice, *, by: str, at: datetime
) -> Charge:
    code, stop_id, occurrence = difference.identity
    return Charge(
        load=dossier.load,
        customer=dossier.load.customer,
        code=code,
        stop_id=stop_id,
        occurrence=occurrence,
        description=difference.description,
        basis=_words(difference, invoice)[:BASIS_LENGTH],
        quantity=Decimal(1),
        rate=difference.amount,
        amount=difference.amount,
        currency=dossier.billing.currency,
        status=Charge.Status.APPROVED,
        adjusts=True,
        explanation=_explanation(difference, invoice),
        rating_record=dossier.rating,
        made_by=RULE,
        decided_by=by,
        created_at=at,
        changed_at=at,
    )


def _words(difference: Difference, invoice: Invoice) -> str:
    billed, now = difference.billed, difference.now
    before = "Not billed" if billed is None else f"Billed {billed:,.2f}"
    after = "nothing" if now is None else f"{now:,.2f}"
    return f"{before} on {invoice.number}, now {after}"


def _explanation(difference: Difference, invoice: Invoice) -> dict[str, Any]:
    """The steps of what is charged now, and how much of it was billed before."""
    line = difference.line
    steps = to_plain(line.steps) if line else []
    return {
        "rule": line.rule if line else "",
        "version_label": line.version_label if line else "",
        "steps": [
            *steps,
            {"text": _words(difference, invoice), "value": f"{difference.amount:+,.2f}"},
        ],
        "evidence": to_plain(line.evidence) if line else [],
    }


def _shipment(dossier: Dossier, charges: Sequence[Charge], *, billed_on: Invoice) -> Shipment:
    taxed = _tax(dossier, charges, billed_on=billed_on)
    if taxed.answer.problems:
        raise NotSupplementable(f"Its tax cannot be told: {taxed.answer.problems[0].message}.")
    return Shipment(
        load=dossier.load,
        charges=charges,
        taxed=taxed,
        stops=dossier.stops,
        references=dossier.references,
        documents=(),
    )


def _tax(dossier: Dossier, charges: Sequence[Charge], *, billed_on: Invoice) -> Taxed:
    """What is billed more is taxed as of now, what is returned as the invoice was.

    One document does not do both where the taxes differ.
    """
    today = dossier.tax(charges)
    if all(charge.amount > 0 for charge in charges):
        return today
    before = tax_as_billed(dossier.load, stops=dossier.stops, charges=charges, invoice=billed_on)
    if before is None or sum(charge.amount for charge in charges) < 0:
        return before or today
    if [line.parts for line in before.answer.lines] != [line.parts for line in today.answer.lines]:
        raise NotSupplementable(
            f"Part of it is to be returned, and the tax has changed since {billed_on.number}. "
            "Credit that invoice and bill again."
        )
    return today


def _supplement(shipment: Shipment, invoice: Invoice, *, by: str, at: datetime) -> Invoice:
    """Issue a second invoice of the load, and lay claims on what it bills."""
    customer = shipment.load.customer
    snapshot = freeze(invoice.entity, customer, [shipment], at=at)
    paper = Paper(
        customer=customer,
        kind=Invoice.Kind.INVOICE,
        snapshot=msgspec.structs.replace(snapshot, batch_note=f"Supplement to {invoice.number}"),
        charges=shipment.charges,
        terms_days=customer.terms_days,
        taxed=[shipment.taxed],
    )
    reserve([paper])
    BillingClaim.objects.bulk_create(
        BillingClaim(charge=charge, invoice_id=paper.id, customer=customer)
        for charge in shipment.charges
    )
    LoadClaim.objects.create(
        load=shipment.load,
        invoice_id=paper.id,
        customer=customer,
        kind=LoadClaim.Kind.SUPPLEMENTAL,
    )
    series = series_of(invoice.entity, Series.Code.INVOICE)
    return publish([paper], invoice.entity, series, by=by, at=at)[0]


def _return(shipment: Shipment, invoice: Invoice, *, reason: str, by: str, at: datetime) -> Invoice:
    """Return a part of the invoice by a credit note; what is then paid too much is freed."""
    customer = shipment.load.customer
    paper = Paper(
        customer=customer,
        kind=Invoice.Kind.CREDIT_NOTE,
        snapshot=_as_credit(
            freeze(invoice.entity, customer, [shipment], at=at), invoice, reason=reason
        ),
        charges=shipment.charges,
        terms_days=None,
        corrects=invoice,
        taxed=[shipment.taxed],
        is_mirror=False,
    )
    state, returned = lock_state(invoice), -paper.snapshot.totals.total
    free_beyond(state, returned, reason=reason, by=by, at=at)
    settle(state, credited=returned, by=by, at=at, reason=reason)
    reserve([paper])
    series = series_of(invoice.entity, Series.Code.CREDIT_NOTE)
    return publish([paper], invoice.entity, series, by=by, at=at)[0]


def _as_credit(snapshot: InvoiceSnapshot, invoice: Invoice, *, reason: str) -> InvoiceSnapshot:
    return msgspec.structs.replace(
        snapshot,
        kind=DocumentKind.CREDIT_NOTE,
        terms="",
        batch_note=f"Part of {invoice.number}",
        dispute_note="",
        corrects=DocumentReference(
            number=invoice.number, issued_on=invoice.issued_on, reason=reason
        ),
    )
