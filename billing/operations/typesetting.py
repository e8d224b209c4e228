"""From a snapshot to the words and figures of the page: what the template prints, as text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from decimal import Decimal

from billing.rules import wording
from billing.rules.snapshot import (
    DocumentKind,
    InvoiceSnapshot,
    Line,
    Load,
    PaymentMethod,
    Reference,
    Stop,
    TaxId,
    notes_of,
    taxes_of,
)

NBSP = "\N{NO-BREAK SPACE}"
# More rows than this do not fit on a page of their own.
ROWS_ON_A_PAGE = 38
# Longer texts may break, or they would run off the page.
KEPT_TOGETHER = 32

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class StopRow:
    """One line of the stops table."""

    label: str
    place: str
    appointment: str
    arrived: str
    departed: str


@dataclass(frozen=True, slots=True)
class ChargeRow:
    """One line of the charges table."""

    name: str
    basis: str
    quantity: str
    rate: str
    tax: str
    amount: str


@dataclass(frozen=True, slots=True)
class LoadBlock:
    """One load: the bar with the numbers to match by, the stops, the charges."""

    number: str
    references: tuple[Pair, ...]
    facts: tuple[str, ...]
    stops: tuple[StopRow, ...]
    charges: tuple[ChargeRow, ...]
    subtotal: str
    is_tall: bool


@dataclass(frozen=True, slots=True)
class Page:
    """What the template prints beside the snapshot's own words."""

    title: str
    subject: str
    created: str
    is_credit: bool
    has_taxes: bool
    registrations: str
    bill_to: tuple[str, ...]
    facts: tuple[tuple[Pair, ...], tuple[Pair, ...]]
    due_label: str
    due_advice: str
    loads: tuple[LoadBlock, ...]
    remit: tuple[tuple[PaymentMethod, ...], ...]
    totals: tuple[Pair, ...]
    total: str
    note: str
    tax_notes: tuple[str, ...]
    continued: str
    questions: str


def set_page(snapshot: InvoiceSnapshot) -> Page:
    """Word every block of the page from the snapshot alone."""
    title = _title(snapshot)
    total = wording.amount(snapshot.totals.total, currency=snapshot.currency)
    issued = wording.day(snapshot.issued_on)
    return Page(
        title=title,
        subject=f"{title} {snapshot.number}, {issued}, {snapshot.currency} {total}",
        created=f"{snapshot.issued_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        is_credit=snapshot.kind is DocumentKind.CREDIT_NOTE,
        has_taxes=bool(snapshot.totals.taxes),
        registrations=_registrations(snapshot),
        bill_to=(*snapshot.bill_to.lines, *map(_tax_id, snapshot.bill_to.tax_ids)),
        facts=_facts(snapshot),
        due_label=_due_label(snapshot),
        due_advice=_due_advice(snapshot),
        loads=tuple(_load_block(load, snapshot=snapshot) for load in snapshot.loads),
        remit=_by_twos(snapshot.remit_to.methods),
        totals=_totals(snapshot),
        total=total,
        note=_sentences(
            wording.attached(snapshot.attachments), snapshot.rate_card_note, snapshot.dispute_note
        ),
        tax_notes=notes_of(snapshot),
        continued=f"{wording.shortened(snapshot.bill_to.name, to=48)} · issued {issued}"
        f" · total {snapshot.currency} {total}",
        questions=_questions(snapshot),
    )


def _title(snapshot: InvoiceSnapshot) -> str:
    if snapshot.kind is DocumentKind.CREDIT_NOTE:
        return "Credit note"
    return "Supplemental invoice" if snapshot.corrects else "Freight invoice"


def _registrations(snapshot: InvoiceSnapshot) -> str:
    """SCAC CDRF · MC 000000 · USDOT 0000000 · EIN 00-0000000."""
    entity = snapshot.entity
    named = (("SCAC", entity.scac), ("MC", entity.mc_number), ("USDOT", entity.usdot_number))
    parts = [f"{label}{NBSP}{value}" for label, value in named if value]
    return " · ".join([*parts, *map(_tax_id, entity.tax_ids)])


def _tax_id(tax_id: TaxId) -> str:
    return f"{tax_id.label}{NBSP}{tax_id.value}"


def _facts(snapshot: InvoiceSnapshot) -> tuple[tuple[Pair, ...], tuple[Pair, ...]]:
    """The two middle columns under the letterhead: label and text, empty ones left out."""
    earlier = snapshot.corrects
    is_credit = snapshot.kind is DocumentKind.CREDIT_NOTE
    named = ""
    if earlier:
        named = f"{earlier.number} of {wording.day(earlier.issued_on).replace(' ', NBSP)}"
    dates = (
        ("Issued", wording.day(snapshot.issued_on)),
        ("Terms", snapshot.terms),
        ("Corrects" if is_credit else "Adds to", named),
    )
    account = (
        ("Customer account", snapshot.bill_to.account_code),
        ("Batch", snapshot.batch_note),
        ("Reason", earlier.reason if earlier else ""),
    )
    return tuple(pair for pair in dates if pair[1]), tuple(pair for pair in account if pair[1])


def _due_label(snapshot: InvoiceSnapshot) -> str:
    if snapshot.kind is DocumentKind.CREDIT_NOTE:
        return "Credit to your account"
    if snapshot.totals.total <= 0:
        return "Nothing to pay"
    if snapshot.due_on is None:
        return "Amount due on receipt"
    return f"Amount due by {wording.day(snapshot.due_on)}"


def _due_advice(snapshot: InvoiceSnapshot) -> str:
    if snapshot.kind is DocumentKind.CREDIT_NOTE:
        return f"Quote {snapshot.number} when applied"
    return f"Quote {snapshot.number} with payment"


def _load_block(load: Load, *, snapshot: InvoiceSnapshot) -> LoadBlock:
    currency = snapshot.currency
    year = snapshot.issued_on.year
    return LoadBlock(
        number=load.number,
        references=tuple(_reference(reference) for reference in load.references),
        facts=_load_facts(load),
        stops=tuple(_stop_row(stop, year=year) for stop in load.stops),
        charges=tuple(_charge_row(line, currency=currency) for line in load.lines),
        subtotal=wording.amount(load.subtotal, currency=currency),
        is_tall=len(load.stops) + len(load.lines) > ROWS_ON_A_PAGE,
    )


def _reference(reference: Reference) -> Pair:
    """Label and value; a short value stays on one line with its label."""
    gap = NBSP if len(reference.value) < KEPT_TOGETHER else " "
    return f"{wording.reference_label(reference.kind)}{gap}", reference.value


def _load_facts(load: Load) -> tuple[str, ...]:
    """Equipment and trailer; weight and pieces; distance. Short ones do not break."""
    weight = _measure(load.weight, unit=load.weight_unit)
    pieces = f"{load.pieces:,} {load.piece_unit}".strip() if load.pieces else ""
    facts = (
        f"{load.equipment} {load.trailer}".strip(),
        ", ".join(part for part in (weight, pieces) if part),
        _measure(load.distance, unit=load.distance_unit),
    )
    return tuple(
        fact.replace(" ", NBSP) if len(fact) < KEPT_TOGETHER else fact for fact in facts if fact
    )


def _measure(value: Decimal | None, *, unit: str) -> str:
    return "" if value is None else wording.quantity(value, unit=unit)


def _stop_row(stop: Stop, *, year: int) -> StopRow:
    return StopRow(
        label=f"{stop.sequence} {stop.kind.value}",
        place=wording.place(stop),
        appointment=wording.appointment(stop, year=year),
        arrived=wording.clock(stop.arrived_at, stop=stop),
        departed=wording.clock(stop.departed_at, stop=stop),
    )


def _charge_row(line: Line, *, currency: str) -> ChargeRow:
    at_stop = "" if line.stop_sequence is None else f", stop {line.stop_sequence}"
    return ChargeRow(
        name=f"{line.name}{at_stop}",
        basis=line.basis,
        quantity=wording.line_quantity(line, currency=currency),
        rate=wording.line_rate(line, currency=currency),
        tax=_tax(line),
        amount=wording.amount(line.amount, currency=currency),
    )


def _tax(line: Line) -> str:
    """The percentage of the whole line, or that it has several with different bases."""
    return "mixed" if line.tax_rate is None and taxes_of(line) else wording.percent(line.tax_rate)


def _by_twos(methods: tuple[PaymentMethod, ...]) -> tuple[tuple[PaymentMethod, ...], ...]:
    return tuple(methods[start : start + 2] for start in range(0, len(methods), 2))


def _totals(snapshot: InvoiceSnapshot) -> tuple[Pair, ...]:
    """Linehaul, fuel, accessorials, then each tax with what it was worked out on."""
    totals = snapshot.totals
    rows = [
        ("Linehaul", totals.linehaul),
        ("Fuel surcharge", totals.fuel),
        ("Accessorials", totals.accessorials),
    ]
    for tax in totals.taxes:
        base = wording.amount(tax.base, currency=snapshot.currency)
        rows.append((f"{tax.code} {wording.percent(tax.rate)} on {base}", tax.amount))
    if not totals.taxes:
        rows.append(("Tax", totals.tax))
    return tuple(
        (label, wording.amount(value, currency=snapshot.currency)) for label, value in rows
    )


def _questions(snapshot: InvoiceSnapshot) -> str:
    ways = ", ".join(way for way in (snapshot.entity.phone, snapshot.entity.email) if way)
    return f"Billing questions: {wording.shortened(ways, to=80)}" if ways else ""


def _sentences(*texts: str) -> str:
    return " ".join(text for text in texts if text)
