"""A document to be drawn: four stops and twelve charges for each load, as frozen at issue."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from billing.rules.snapshot import (
    BillTo,
    Category,
    Entity,
    InvoiceSnapshot,
    Line,
    Load,
    PaymentMethod,
    Reference,
    RemitTo,
    Stop,
    StopKind,
    TaxId,
    add_up,
)

ISSUED_AT = datetime(2026, 11, 19, 20, 20, tzinfo=UTC)
STOPS = 4
CHARGES = 12
CITIES = (
    ("Prairie Foods DC 12", "Joliet", "IL"),
    ("Lakeshore Grocers RDC", "Indianapolis", "IN"),
    ("Nordic Dairy Plant 2", "Green Bay", "WI"),
    ("Lakeshore Grocers DC 3", "Columbus", "OH"),
)


def a_document(*, loads: int) -> InvoiceSnapshot:
    """An invoice of so many loads; one fills a page."""
    told = tuple(_load(number) for number in range(loads))
    return InvoiceSnapshot(
        number="INV-118001",
        issued_on=date(2026, 11, 19),
        issued_at=ISSUED_AT,
        due_on=date(2026, 12, 19),
        terms="Net 30 days",
        batch_note="Per load" if loads == 1 else f"Consolidated, {loads} loads",
        currency="USD",
        entity=Entity(
            name="Bench Freight",
            address=("2150 W Fulton St, Chicago, IL 60612",),
            scac="BNCH",
            mc_number="000000",
            usdot_number="0000000",
            tax_ids=(TaxId(label="EIN", value="00-0000000"),),
            phone="(312) 555-0142",
            email="billing@bench.example",
        ),
        bill_to=BillTo(
            account_code="BENCH-0042", name="Bench Foods Co.", lines=("PO Box 1180", "Joliet, IL")
        ),
        remit_to=RemitTo(
            methods=(
                PaymentMethod(title="ACH, preferred", lines=("ABA 000000000", "Account 4471")),
                PaymentMethod(title="Check, lockbox", lines=("PO Box 7719", "Chicago, IL 60677")),
            ),
            advice_email="remit@bench.example",
            fraud_notice="We never change bank details by email. Call us to confirm any change.",
        ),
        loads=told,
        totals=add_up(told),
        dispute_note="To dispute a line, reply within 30 days; undisputed lines stay due.",
    )


def _load(number: int) -> Load:
    lines = tuple(_line(position) for position in range(CHARGES))
    return Load(
        number=f"{104_762 + number}",
        references=tuple(
            Reference(kind=kind, value=f"{kind}-77410{number:04d}") for kind in ("PRO", "BOL", "PO")
        ),
        equipment="53′ reefer",
        trailer="R5308",
        weight=Decimal(38_420),
        pieces=1_248,
        piece_unit="CTN",
        distance=Decimal(377),
        stops=tuple(_stop(position) for position in range(STOPS)),
        lines=lines,
        subtotal=sum((line.amount for line in lines), Decimal("0.00")),
    )


def _stop(position: int) -> Stop:
    name, city, state = CITIES[position]
    due = ISSUED_AT - timedelta(days=3) + timedelta(hours=8 * position)
    kind = StopKind.PICKUP if position == 0 else StopKind.DELIVERY
    return Stop(
        sequence=position + 1,
        kind=kind,
        name=name,
        city=city,
        state=state,
        postal_code="60436",
        country="US",
        timezone="America/Chicago",
        appointment_from=due,
        arrived_at=due + timedelta(minutes=5),
        departed_at=due + timedelta(minutes=95),
    )


def _line(position: int) -> Line:
    named = ("Linehaul", "Fuel surcharge")
    is_named = position < len(named)
    quantity, rate = Decimal(377) if is_named else Decimal(1), Decimal("2.42") + position
    category = (Category.LINEHAUL, Category.FUEL)[position] if is_named else Category.ACCESSORIAL
    return Line(
        code=("LHS", "FUE")[position] if is_named else f"A{position}",
        name=named[position] if is_named else f"Accessorial {position}",
        category=category,
        basis="604 to 431, contract" if is_named else "14:00 – 17:12, 2h free",
        quantity=quantity,
        unit="mi" if is_named else "",
        rate=rate,
        amount=(quantity * rate).quantize(Decimal("0.01")),
    )
