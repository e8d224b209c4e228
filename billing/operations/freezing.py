"""Write down everything an issued document says, from the rows as they stand at issue."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import msgspec

from accounts.models import Customer
from billing.models import Charge, LegalEntity
from billing.queries.taxes import Taxed
from billing.rules import snapshot as frozen
from billing.rules.snapshot import CATEGORIES, Category, DocumentKind, InvoiceSnapshot
from dispatch.models import Document, Load, Reference, Stop
from rating.engine.tax_facts import TaxCategory, TaxedLine, TaxPart

UNNUMBERED = "-"
FRAUD_NOTICE = "We never change bank details by email. Call us to confirm any change."
DISPUTE_NOTE = (
    "To dispute a line, write to the address below within 30 days; undisputed lines stay due on the"
    " date above."
)
# The papers a customer is sent with the document.
ATTACHED = ("POD", "BOL", "LUMPER_RECEIPT", "SCALE_TICKET", "TEMPERATURE_LOG")
# The order in which customers look for their numbers.
REFERENCES = ("PRO", "BOL", "PO", "SHIPMENT_ID", "ORDER", "CUSTOMER_REF", "PICKUP_NO")


@dataclass(frozen=True, slots=True)
class Shipment:
    """One load with what it is billed for, what proves it, and the tax of each charge."""

    load: Load
    charges: Sequence[Charge]
    stops: Sequence[Stop]
    references: Sequence[Reference]
    documents: Sequence[Document]
    taxed: Taxed


def freeze(
    entity: LegalEntity, customer: Customer, shipments: Sequence[Shipment], *, at: datetime
) -> InvoiceSnapshot:
    """Return the invoice as it will be sent, still without number and dates.

    Raises:
        SnapshotError: its figures contradict each other.
    """
    loads = tuple(_load(shipment) for shipment in shipments)
    totals = frozen.add_up(loads)
    return InvoiceSnapshot(
        number=UNNUMBERED,
        issued_on=at.date(),
        issued_at=at,
        terms=f"Net {customer.terms_days} days" if customer.terms_days else "Due on receipt",
        batch_note="Per load" if len(loads) == 1 else f"Consolidated, {len(loads)} loads",
        currency=shipments[0].charges[0].currency,
        entity=_entity(entity, shipments if totals.taxes else ()),
        bill_to=_bill_to(customer, shipments),
        remit_to=_remit_to(entity),
        loads=loads,
        totals=totals,
        attachments=_attachments(shipments),
        rate_card_note=_rate_card_note(shipments),
        dispute_note=DISPUTE_NOTE,
        tax_notes=_tax_notes(shipments),
    )


def mirror(snapshot: InvoiceSnapshot, *, at: datetime, reason: str) -> InvoiceSnapshot:
    """Return the credit note that takes all of `snapshot` back, still without number and date."""
    loads = tuple(_mirrored(load) for load in snapshot.loads)
    return msgspec.structs.replace(
        snapshot,
        kind=DocumentKind.CREDIT_NOTE,
        number=UNNUMBERED,
        issued_at=at,
        terms="",
        batch_note="",
        loads=loads,
        totals=frozen.add_up(loads),
        attachments=(),
        rate_card_note="",
        dispute_note="",
        corrects=frozen.DocumentReference(
            number=snapshot.number, issued_on=snapshot.issued_on, reason=reason
        ),
    )


def _mirrored(load: frozen.Load) -> frozen.Load:
    lines = tuple(
        msgspec.structs.replace(
            line,
            quantity=-line.quantity,
            amount=-line.amount,
            tax_amount=-line.tax_amount,
            taxes=tuple(_mirrored_tax(tax) for tax in frozen.taxes_of(line)) or msgspec.UNSET,
        )
        for line in load.lines
    )
    return msgspec.structs.replace(load, lines=lines, subtotal=-load.subtotal)


def _mirrored_tax(tax: frozen.LineTax) -> frozen.LineTax:
    return msgspec.structs.replace(tax, base=-tax.base, amount=-tax.amount)


def _entity(entity: LegalEntity, taxed: Sequence[Shipment]) -> frozen.Entity:
    """Describe the seller, with its tax registrations where a tax is told of."""
    label = "EIN" if entity.country == "US" else "VAT"
    tax_ids = [frozen.TaxId(label=label, value=entity.tax_number)] if entity.tax_number else []
    numbers = dict.fromkeys(n for each in taxed for n in each.taxed.facts.seller.registrations)
    tax_ids += [frozen.TaxId(label=number.scheme, value=number.number) for number in numbers]
    return frozen.Entity(
        name=entity.name,
        address=_lines(entity.address_lines),
        scac=entity.scac,
        mc_number=entity.mc_number,
        usdot_number=entity.usdot_number,
        tax_ids=tuple(tax_ids),
        phone=entity.phone,
        email=entity.email,
    )


def _bill_to(customer: Customer, shipments: Sequence[Shipment]) -> frozen.BillTo:
    label = "Tax ID" if customer.country == "US" else "VAT"
    vat_id = shipments[0].taxed.facts.buyer.vat_id
    number = vat_id or customer.tax_number
    return frozen.BillTo(
        account_code=customer.code,
        name=customer.bill_to_name,
        lines=_lines(customer.bill_to_lines),
        tax_ids=(frozen.TaxId(label="VAT" if vat_id else label, value=number),) if number else (),
    )


def _tax_notes(shipments: Sequence[Shipment]) -> tuple[str, ...] | msgspec.UnsetType:
    notes = dict.fromkeys(note for each in shipments for note in each.taxed.answer.notes)
    return tuple(notes) or msgspec.UNSET


def _remit_to(entity: LegalEntity) -> frozen.RemitTo:
    methods = (
        frozen.PaymentMethod(title=title, lines=_lines(text))
        for title, text in (
            ("ACH, preferred", entity.remit_ach),
            ("Check, lockbox", entity.remit_lockbox),
        )
        if text.strip()
    )
    return frozen.RemitTo(
        methods=tuple(methods), advice_email=entity.remit_email, fraud_notice=FRAUD_NOTICE
    )


def _load(shipment: Shipment) -> frozen.Load:
    load = shipment.load
    sequences = {stop.pk: stop.sequence for stop in shipment.stops}
    taxes = {line.key: line for line in shipment.taxed.answer.lines}
    lines = tuple(
        _line(c, sequences.get(c.stop_id or 0), taxes[str(c.pk)]) for c in shipment.charges
    )
    return frozen.Load(
        number=load.number,
        references=_references(shipment.references),
        equipment=load.get_equipment_display(),
        trailer=load.trailer,
        weight=load.carried_lb,
        pieces=load.pieces,
        piece_unit=load.piece_unit,
        distance=load.miles,
        stops=tuple(_stop(stop) for stop in shipment.stops),
        lines=lines,
        subtotal=sum((line.amount for line in lines), frozen.ZERO),
    )


def _references(references: Iterable[Reference]) -> tuple[frozen.Reference, ...]:
    shown = [each for each in references if each.kind in REFERENCES]
    shown.sort(key=lambda each: REFERENCES.index(each.kind))
    return tuple(frozen.Reference(kind=each.kind, value=each.value) for each in shown)


def _stop(stop: Stop) -> frozen.Stop:
    return frozen.Stop(
        sequence=stop.sequence,
        kind=frozen.StopKind[stop.kind],
        name=stop.name,
        city=stop.city,
        state=stop.state,
        postal_code=stop.postal_code,
        country=stop.country,
        timezone=stop.timezone,
        appointment_from=stop.appointment_from,
        appointment_to=stop.appointment_to,
        is_fcfs=stop.is_fcfs,
        arrived_at=stop.arrived_at,
        departed_at=stop.departed_at,
    )


def _line(charge: Charge, stop_sequence: int | None, taxed: TaxedLine) -> frozen.Line:
    return frozen.Line(
        code=charge.code,
        name=charge.description.removesuffix(f", stop {stop_sequence}"),
        category=CATEGORIES.get(charge.code, Category.ACCESSORIAL),
        basis=charge.basis,
        stop_sequence=stop_sequence,
        quantity=charge.quantity,
        unit=charge.unit,
        rate=charge.rate,
        amount=charge.amount,
        tax_code=" + ".join(dict.fromkeys(part.name for part in _told(taxed))),
        tax_rate=_whole_rate(taxed),
        tax_amount=taxed.amount,
        taxes=tuple(_line_tax(part) for part in _told(taxed)) or msgspec.UNSET,
    )


def _told(taxed: TaxedLine) -> tuple[TaxPart, ...]:
    """Return the taxes that the document tells of: none for a line outside any tax."""
    if all(part.category == TaxCategory.OUT_OF_SCOPE for part in taxed.parts):
        return ()
    return taxed.parts


def _whole_rate(taxed: TaxedLine) -> Decimal | None:
    """Return the percentage of the whole line; None where its taxes have different bases."""
    told = _told(taxed)
    if len({part.base for part in told}) != 1 or len({part.jurisdiction for part in told}) != 1:
        return None
    return sum((part.rate for part in told), Decimal(0))


def _line_tax(part: TaxPart) -> frozen.LineTax:
    return frozen.LineTax(
        name=part.name,
        category=part.category.value,
        jurisdiction=part.jurisdiction,
        code=part.code,
        rate=part.rate,
        base=part.base,
        amount=part.amount,
    )


def _attachments(shipments: Sequence[Shipment]) -> tuple[frozen.Attachments, ...]:
    """Count the papers that were accepted, and those that nobody has to accept."""
    counted = Counter(
        document.kind
        for shipment in shipments
        for document in shipment.documents
        if document.status == Document.Status.ACCEPTED
        or (document.kind != Document.Kind.POD and document.status == Document.Status.RECEIVED)
    )
    return tuple(
        frozen.Attachments(kind=kind, count=counted[kind]) for kind in ATTACHED if counted[kind]
    )


def _rate_card_note(shipments: Sequence[Shipment]) -> str:
    """Name the versions the charges were rated with, each once: “Prairie Foods Reefer” v6."""
    labels = dict.fromkeys(
        charge.explanation.get("version_label", "")
        for shipment in shipments
        for charge in shipment.charges
    )
    named = [_quoted(label) for label in labels if label]
    if not named:
        return ""
    word = "rate card" if len(named) == 1 else "rate cards"
    return f"Charges follow {word} {', '.join(named)}."


def _quoted(label: str) -> str:
    name, _, version = label.rpartition(" ")
    return f"“{name}” {version}" if name else f"“{label}”"


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())
