"""Issue invoices: guard, claim, freeze, number last.

A block of invoices is one transaction. All loads are locked and evaluated, the guard looks at
each, claims are laid on the charges; `publishing` then takes the numbers, last of all, so that
the counter of a series is locked for milliseconds however large the block.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from billing.models import BillingClaim, Invoice, LegalEntity, LoadBilling, LoadClaim, Series
from billing.operations.blocking import clear_blockers
from billing.operations.causes import NO_CAUSES, Causes
from billing.operations.freezing import Shipment, freeze
from billing.operations.guarding import (
    Claims,
    NotBillable,
    billable_charges,
    guard,
    guard_together,
    read_claims,
)
from billing.operations.holding import AmountChanged, hold_billing, hold_billings, require_seen
from billing.operations.publishing import Paper, publish, reserve
from billing.operations.readiness import evaluate_load, examine
from billing.queries.claims import live_invoice_of
from billing.queries.dossiers import Dossier
from billing.queries.entities import billing_entity, series_of
from billing.rules.readiness import RULES
from journal.operations.correlating import because_of
from journal.operations.lifecycle import move_held
from journal.operations.recording import record_many
from journal.operations.writing import insert_rows, update_rows

Group = Sequence[LoadBilling]


class AlreadyInvoiced(Exception):
    """A load is on a live invoice; `invoice` is that one."""

    status = 409
    code = "already_invoiced"

    def __init__(self, load_number: str, invoice: Invoice) -> None:
        self.invoice = invoice
        super().__init__(f"Load {load_number} is on {invoice.number} already.")


Refusal = AlreadyInvoiced | NotBillable | AmountChanged


@dataclass(frozen=True, slots=True)
class Draft:
    """One invoice to be: its document and the loads it bills."""

    paper: Paper
    dossiers: Sequence[Dossier]


def issue_invoice(*load_billings: LoadBilling, by: str, at: datetime) -> Invoice:
    """Bill the loads on one invoice, now.

    Raises:
        AlreadyInvoiced: one of them is on a live invoice; nothing is issued.
        NotBillable: the guard found a reason not to; nothing is issued.
        NoEntity: nobody is set up to bill.
    """
    issued = issue_invoices([load_billings], by=by, at=at)[0]
    if isinstance(issued, Invoice):
        return issued
    raise issued


def issue_seen(
    load_billing: LoadBilling, *, seen: Decimal | None, by: str, at: datetime
) -> Invoice:
    """Bill one load on an invoice of its own, if its charges still come to what a person saw.

    Raises:
        AmountChanged: they come to something else now.
        AlreadyInvoiced, NotBillable, NoEntity: as `issue_invoice`.
    """
    billing = hold_billing(load_billing.load_id)
    if seen is not None and billing.status != LoadBilling.Status.INVOICED:
        billing = evaluate_load(billing.load_id, by=by, at=at)
        require_seen(seen, now=billing.total_amount, currency=billing.currency)
    return issue_invoice(billing, by=by, at=at)


def issue_invoices(
    groups: Sequence[Group],
    *,
    by: str,
    at: datetime,
    causes: Causes = NO_CAUSES,
    seen: Sequence[Decimal] = (),
) -> list[Invoice | Refusal]:
    """Bill each group of loads on an invoice of its own; return the invoice or why there is none.

    A group that is refused leaves the others alone. No load may stand in two groups. `causes`
    names the event that has a load billed. `seen` holds the total of each group as a person saw
    it: one that comes to another total is refused.

    Raises:
        NoEntity: nobody is set up to bill.
    """
    if not groups:
        return []
    entity = billing_entity()
    series = series_of(entity, Series.Code.INVOICE)
    held = {b.load_id: b for b in hold_billings(b.load_id for group in groups for b in group)}
    free = [b for b in held.values() if b.status != LoadBilling.Status.INVOICED]
    dossiers = {d.load.pk: d for d in examine(free, by=by, at=at, causes=causes)}
    claims = read_claims(dossiers)
    results: list[Draft | Refusal] = []
    for group in groups:
        ids = [billing.load_id for billing in group]
        refusal = find_invoiced([held[pk] for pk in ids])
        results.append(
            refusal or draft_invoice([dossiers[pk] for pk in ids], entity, claims, causes, at=at)
        )
    if seen:
        results = [_as_seen(*pair) for pair in zip(results, seen, strict=True)]
    drafts = [result for result in results if isinstance(result, Draft)]
    issued = iter(_issue(drafts, entity, series, causes, by=by, at=at))
    return [next(issued) if isinstance(result, Draft) else result for result in results]


def find_invoiced(group: Group) -> AlreadyInvoiced | None:
    """Return the refusal to bill what is on a live invoice already, None when nothing is."""
    for billing in group:
        is_invoiced = billing.status == LoadBilling.Status.INVOICED
        if is_invoiced and (invoice := live_invoice_of(billing.load_id)):
            return AlreadyInvoiced(billing.load.number, invoice)
    return None


def _as_seen(result: Draft | Refusal, seen: Decimal) -> Draft | Refusal:
    if not isinstance(result, Draft):
        return result
    totals, currency = result.paper.snapshot.totals, result.paper.snapshot.currency
    if totals.total == seen:
        return result
    return AmountChanged(seen=seen, now=totals.total, currency=currency)


def draft_invoice(
    dossiers: Sequence[Dossier],
    entity: LegalEntity,
    claims: Claims,
    causes: Causes,
    *,
    at: datetime,
) -> Draft | NotBillable:
    """Work out the whole invoice but its number; return the guard's refusal if it refuses."""
    try:
        for dossier in dossiers:
            guard(dossier, claims)
        guard_together(dossiers)
    except NotBillable as refusal:
        return refusal
    customer = dossiers[0].load.customer
    shipments = [_shipment(dossier) for dossier in dossiers]
    paper = Paper(
        customer=customer,
        kind=Invoice.Kind.INVOICE,
        snapshot=freeze(entity, customer, shipments, at=at),
        charges=[charge for shipment in shipments for charge in shipment.charges],
        terms_days=customer.terms_days,
        cause=causes.get(dossiers[0].load.pk),
        taxed=[shipment.taxed for shipment in shipments],
    )
    return Draft(paper, dossiers)


def _shipment(dossier: Dossier) -> Shipment:
    charges = billable_charges(dossier)
    return Shipment(
        load=dossier.load,
        charges=charges,
        taxed=dossier.tax(charges),
        stops=dossier.stops,
        references=dossier.references,
        documents=dossier.documents,
    )


def _issue(
    drafts: Sequence[Draft],
    entity: LegalEntity,
    series: Series,
    causes: Causes,
    *,
    by: str,
    at: datetime,
) -> list[Invoice]:
    if not drafts:
        return []
    papers = [draft.paper for draft in drafts]
    reserve(papers)
    _claim(drafts)
    _mark_invoiced(drafts, causes, by=by, at=at)
    return publish(papers, entity, series, by=by, at=at)


def _claim(drafts: Sequence[Draft]) -> None:
    """Lay claims on charges and loads: the database takes each once."""
    insert_rows(
        [
            BillingClaim(charge=charge, invoice_id=draft.paper.id, customer=draft.paper.customer)
            for draft in drafts
            for charge in draft.paper.charges
        ]
    )
    insert_rows(
        [
            LoadClaim(
                load=dossier.load,
                invoice_id=draft.paper.id,
                customer=draft.paper.customer,
                gates=_gates(dossier),
            )
            for draft in drafts
            for dossier in draft.dossiers
        ]
    )


def _gates(dossier: Dossier) -> dict[str, str]:
    """Return how strictly each rule counted; a rule with a waived blocker says so."""
    waived = {blocker.rule for blocker in dossier.blockers if blocker.waived_at}
    return {
        rule.name: "WAIVED" if rule.name in waived else rule.setting(dossier.policy).enforcement
        for rule in RULES
    }


def _mark_invoiced(drafts: Sequence[Draft], causes: Causes, *, by: str, at: datetime) -> None:
    """Move the loads on; what was only a warning, or waived, ends here."""
    billed = [(dossier, draft.paper) for draft in drafts for dossier in draft.dossiers]
    clear_blockers([row for dossier, _ in billed for row in dossier.blockers], at=at)
    entries = []
    for dossier, paper in billed:
        payload = {"load_id": dossier.load.pk, "invoice_id": paper.id}
        with because_of(causes.get(dossier.load.pk)):
            entries.append(
                move_held(
                    dossier.billing, LoadBilling.Status.INVOICED, by=by, at=at, payload=payload,
                    evaluated_at=at,
                )
            )  # fmt: skip
    update_rows([dossier.billing for dossier, _ in billed], ["status", "evaluated_at"])
    record_many(entries)
