"""Documents to draw: a believable carrier, its customer and three weeks of reefer loads."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from billing.rules.snapshot import (
    Attachments,
    BillTo,
    Category,
    DocumentKind,
    DocumentReference,
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
    load_sum,
)

CENTRAL, EASTERN = "America/Chicago", "America/New_York"

CEDAR_RIDGE = Entity(
    name="Cedar Ridge Freight",
    address=("2150 W Fulton St, Chicago, IL 60612",),
    scac="CDRF",
    mc_number="000000",
    usdot_number="0000000",
    tax_ids=(TaxId(label="EIN", value="00-0000000"),),
    phone="(312) 555-0142",
    email="billing@cedarridge.example",
)
PRAIRIE = BillTo(
    account_code="PRFD-0042",
    name="Prairie Foods Co.",
    lines=("AP Center, PO Box 1180", "Joliet, IL 60434"),
)
REMIT_TO = RemitTo(
    methods=(
        PaymentMethod(title="ACH, preferred", lines=("ABA 000000000", "Account 0000004471")),
        PaymentMethod(
            title="Check, lockbox",
            lines=("Cedar Ridge Freight, PO Box 7719", "Chicago, IL 60677"),
        ),
    ),
    advice_email="remit@cedarridge.example",
    fraud_notice="We never change bank details by email. Call us to confirm any change.",
)


def local(text: str, zone: str) -> datetime:
    """An instant from "2026-10-21 06:52" on the clocks of `zone`."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def stop(
    sequence: int,
    kind: StopKind,
    place: tuple[str, str, str, str],
    zone: str,
    clocks: tuple[str, ...],
) -> Stop:
    """`clocks` are appointment, arrival and departure, or with the end of the window second."""
    instants = [local(f"2026-10-{clock}", zone) for clock in clocks]
    opens, *closes, arrived, departed = instants
    name, city, state, postal_code = place
    return Stop(
        sequence=sequence,
        kind=kind,
        name=name,
        city=city,
        state=state,
        postal_code=postal_code,
        country="US",
        timezone=zone,
        appointment_from=opens,
        appointment_to=closes[0] if closes else None,
        arrived_at=arrived,
        departed_at=departed,
    )


def line(name: str, basis: str, quantity: str, rate: str, amount: str, **more: Any) -> Line:
    """A charge; `quantity` is "377 mi" or "1"."""
    figure, _, unit = quantity.partition(" ")
    codes = {"Linehaul": ("LHS", Category.LINEHAUL), "Fuel surcharge": ("FUE", Category.FUEL)}
    code, category = codes.get(name, (name[:3].upper(), Category.ACCESSORIAL))
    values: dict[str, Any] = {
        "code": code,
        "name": name,
        "category": category,
        "basis": basis,
        "quantity": Decimal(figure),
        "unit": unit,
        "rate": Decimal(rate),
        "amount": Decimal(amount),
    }
    return Line(**{**values, **more})


def load(number: str, lines: tuple[Line, ...], **more: Any) -> Load:
    """A load whose subtotal is what its lines make."""
    found = Load(number=number, lines=lines, subtotal=Decimal(0) if not lines else Decimal("0.00"))
    return msgspec.structs.replace(found, subtotal=load_sum(found), **more)


def references(pro: str, bol: str, po: str) -> tuple[Reference, ...]:
    """The three numbers most customers match by."""
    return tuple(
        Reference(kind=kind, value=value)
        for kind, value in zip(("PRO", "BOL", "PO"), (pro, bol, po), strict=True)
    )


JOLIET = ("Prairie Foods DC 12", "Joliet", "IL", "60436")
INDIANAPOLIS = ("Lakeshore Grocers RDC", "Indianapolis", "IN", "46241")
COLUMBUS = ("Lakeshore Grocers DC 3", "Columbus", "OH", "43137")
GREEN_BAY = ("Nordic Dairy Plant 2", "Green Bay", "WI", "54304")
ST_LOUIS = ("Prairie Foods DC 4", "St. Louis", "MO", "63147")
NASHVILLE = ("Prairie Foods DC 9", "Nashville", "TN", "37210")

REEFER_LOADS = (
    load(
        "104762",
        (
            line("Linehaul", "604 to 431, contract", "377 mi", "2.4200", "912.34"),
            line("Fuel surcharge", "EIA Midwest 3.742, Oct 19", "377 mi", "0.4600", "173.42"),
            line("Stop-off", "1 stop beyond 2", "1", "75.00", "75.00"),
            line(
                "Detention", "14:00 – 17:12, 2h free", "1.25 h", "75.00", "93.75", stop_sequence=2
            ),
            line(
                "Detention", "06:24 – 09:40, 2h free", "1.50 h", "75.00", "112.50", stop_sequence=3
            ),
            line("Lumper", "Receipt 5519, at cost", "1", "285.00", "285.00", stop_sequence=3),
        ),
        references=references("7741092971", "PF-2291502", "4500870944"),
        equipment="53′ reefer",
        trailer="R5308",
        weight=Decimal(38420),
        pieces=1248,
        piece_unit="cs",
        distance=Decimal(377),
        stops=(
            stop(
                1,
                StopKind.PICKUP,
                JOLIET,
                CENTRAL,
                ("21 07:00", "21 08:00", "21 06:52", "21 08:31"),
            ),
            stop(2, StopKind.STOP_OFF, INDIANAPOLIS, EASTERN, ("21 14:00", "21 13:48", "21 17:12")),
            stop(3, StopKind.DELIVERY, COLUMBUS, EASTERN, ("22 06:00", "22 06:24", "22 09:40")),
        ),
    ),
    load(
        "104768",
        (
            line("Linehaul", "543 to 631, contract", "497 mi", "2.3900", "1187.83"),
            line("Fuel surcharge", "EIA Midwest 3.688, Oct 26", "497 mi", "0.4500", "223.65"),
            line("Scale ticket", "Receipt, at cost", "1", "12.59", "12.59"),
        ),
        references=references("7741092984", "ND-88120", "4500870951"),
        equipment="53′ reefer",
        trailer="R5311",
        weight=Decimal(41060),
        pieces=22,
        piece_unit="plt",
        distance=Decimal(497),
        stops=(
            stop(1, StopKind.PICKUP, GREEN_BAY, CENTRAL, ("27 06:00", "27 06:04", "27 07:20")),
            stop(2, StopKind.DELIVERY, ST_LOUIS, CENTRAL, ("28 07:00", "28 06:50", "28 08:15")),
        ),
    ),
    load(
        "104771",
        (
            line("Linehaul", "604 to 372, contract", "487 mi", "2.4200", "1178.54"),
            line("Fuel surcharge", "EIA Midwest 3.688, Oct 26", "487 mi", "0.4500", "219.15"),
            line(
                "Detention", "13:00 – 17:00, 2h free", "2.00 h", "75.00", "150.00", stop_sequence=2
            ),
            line("Lumper", "Receipt 5481, at cost", "1", "240.40", "240.40", stop_sequence=2),
        ),
        references=references("7741092990", "PF-2291533", "4500870951"),
        equipment="53′ reefer",
        trailer="R5302",
        weight=Decimal(36900),
        pieces=20,
        piece_unit="plt",
        distance=Decimal(487),
        stops=(
            stop(1, StopKind.PICKUP, JOLIET, CENTRAL, ("27 15:00", "27 15:20", "27 16:41")),
            stop(2, StopKind.DELIVERY, NASHVILLE, CENTRAL, ("28 13:00", "28 12:45", "28 17:00")),
        ),
    ),
)


def invoice(loads: tuple[Load, ...] = REEFER_LOADS, **more: Any) -> InvoiceSnapshot:
    """The consolidated invoice of the design; `more` replaces any of its fields."""
    values: dict[str, Any] = {
        "number": "INV-118204",
        "issued_on": date(2026, 11, 5),
        "issued_at": datetime(2026, 11, 5, 15, 4, 7, tzinfo=UTC),
        "due_on": date(2026, 12, 5),
        "terms": "Net 30 days",
        "batch_note": "Consolidated weekly, PO week 44",
        "currency": "USD",
        "entity": CEDAR_RIDGE,
        "bill_to": PRAIRIE,
        "remit_to": REMIT_TO,
        "loads": loads,
        "totals": add_up(loads),
        "attachments": (
            Attachments(kind="POD", count=3),
            Attachments(kind="LUMPER_RECEIPT", count=2),
            Attachments(kind="SCALE_TICKET", count=1),
        ),
        "rate_card_note": "Charges follow rate card “Prairie Foods Reefer” v6.",
        "dispute_note": "To dispute a line, use the portal link in the email or reply within"
        " 30 days; undisputed lines stay due on the date above.",
    }
    return InvoiceSnapshot(**{**values, **more})


def many_loads(count: int) -> tuple[Load, ...]:
    """The three loads again and again, each with its own number."""
    return tuple(
        msgspec.structs.replace(REEFER_LOADS[index % 3], number=str(104762 + 3 * index))
        for index in range(count)
    )


def credit_note() -> InvoiceSnapshot:
    """The detention at stop 3 of the first load taken back."""
    credited = load(
        "104762",
        (
            line(
                "Detention",
                "06:24 – 09:40, taken back",
                "-1.50 h",
                "75.00",
                "-112.50",
                stop_sequence=3,
            ),
        ),
        references=REEFER_LOADS[0].references,
        equipment="53′ reefer",
        trailer="R5308",
        distance=Decimal(377),
        stops=REEFER_LOADS[0].stops,
    )
    return invoice(
        (credited,),
        kind=DocumentKind.CREDIT_NOTE,
        number="CN-001207",
        issued_on=date(2026, 11, 19),
        issued_at=datetime(2026, 11, 19, 16, 30, tzinfo=UTC),
        due_on=None,
        terms="",
        batch_note="",
        attachments=(),
        rate_card_note="",
        dispute_note="",
        corrects=DocumentReference(
            number="INV-118204",
            issued_on=date(2026, 11, 5),
            reason="Detention at stop 3 disputed: the dock was open from 06:00",
        ),
    )


def european_invoice() -> InvoiceSnapshot:
    """A4, euros, value-added tax on every line but the lumper receipt."""
    taxed = load(
        "NL-20417",
        (
            line(
                "Linehaul",
                "NL 30 to DE 47, contract",
                "214 km",
                "1.8500",
                "395.90",
                tax_code="VAT",
                tax_rate=Decimal(21),
                tax_amount=Decimal("83.14"),
            ),
            line(
                "Fuel surcharge",
                "CBS diesel 1.42, week 43",
                "395.90 EUR",
                "0.1850",
                "73.24",
                tax_code="VAT",
                tax_rate=Decimal(21),
                tax_amount=Decimal("15.38"),
            ),
            line(
                "Waiting time",
                "09:10 – 12:40, 2h free",
                "1.50 h",
                "45.00",
                "67.50",
                stop_sequence=2,
                tax_code="VAT",
                tax_rate=Decimal("21.00"),
                tax_amount=Decimal("14.18"),
            ),
            line(
                "Toll",
                "At cost",
                "1",
                "38.20",
                "38.20",
                tax_code="VAT",
                tax_rate=Decimal(0),
                tax_amount=Decimal("0.00"),
            ),
        ),
        references=(
            Reference(kind="ORDER", value="4711-0815"),
            Reference(kind="CUSTOMER_REF", value="KW 43"),
        ),
        equipment="Tautliner",
        trailer="OX-12-BK",
        weight=Decimal("8200.0000"),
        weight_unit="kg",
        distance=Decimal(214),
        distance_unit="km",
    )
    return invoice(
        (taxed,),
        number="NL-2026-00317",
        currency="EUR",
        entity=Entity(
            name="Cedar Ridge Benelux B.V.",
            address=("Waalhaven Z.z. 19", "3089 JH Rotterdam, Nederland"),
            tax_ids=(
                TaxId(label="KvK", value="00000000"),
                TaxId(label="VAT", value="NL000000000B01"),
            ),
            phone="+31 10 555 0142",
            email="facturen@cedarridge.example",
        ),
        bill_to=BillTo(
            account_code="MULL-0007",
            name="Müller & Söhne Großhandel GmbH",
            lines=("Kreditorenbuchhaltung", "Hafenstraße 12", "47119 Duisburg, Deutschland"),
            tax_ids=(TaxId(label="VAT", value="DE000000000"),),
        ),
        batch_note="",
        attachments=(Attachments(kind="POD", count=1),),
        rate_card_note="",
    )


HOSTILE = (
    "<script>alert(1)</script><img src='file:///etc/passwd'>"
    "<link rel=attachment href='file:///etc/passwd'>{{ doc }}{% now 'Y' %}</td></table>"
    "\x00\x1b\u202eevil\u202c"
)
HOSTILE_LOGO = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"'
    ' xmlns:x="http://www.w3.org/1999/xlink">'
    '<image x:href="http://127.0.0.1:9/logo.png" width="9" height="9"/>'
    '<image x:href="file:///etc/passwd" width="9" height="9"/></svg>'
)
ENDLESS = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 4


def hostile_invoice() -> InvoiceSnapshot:
    """Every text that a partner or a customer can send, at its worst."""
    lines = (
        line("Linehaul", HOSTILE, "377 mi", "2.4200", "912.34"),
        line(ENDLESS, ENDLESS, "1", "75.00", "75.00", stop_sequence=2),
        line("משאית הובלה", "تفريغ 🚚 卡车", "99999999.999 h", "0.000001", "123456789012.34"),
    )
    stops = tuple(
        msgspec.structs.replace(found, name=text)
        for found, text in zip(REEFER_LOADS[0].stops, (HOSTILE, ENDLESS, "שלום 🚚"), strict=True)
    )
    refs = tuple(Reference(kind="PO", value=value) for value in (HOSTILE, ENDLESS, "🚚" * 30))
    endless = load(ENDLESS, lines, references=refs, equipment=ENDLESS, stops=stops)
    return invoice(
        (endless,),
        number="INV-1<b>",
        batch_note=ENDLESS,
        terms=HOSTILE,
        entity=msgspec.structs.replace(
            CEDAR_RIDGE, name=HOSTILE, address=(ENDLESS,), email=ENDLESS, logo_svg=HOSTILE_LOGO
        ),
        bill_to=BillTo(account_code=ENDLESS, name=HOSTILE + ENDLESS, lines=(ENDLESS, "שלום")),
        remit_to=RemitTo(
            methods=tuple(PaymentMethod(title=ENDLESS, lines=(HOSTILE, ENDLESS)) for _ in range(3)),
            advice_email=ENDLESS,
            fraud_notice=HOSTILE,
        ),
        rate_card_note=ENDLESS,
        dispute_note=HOSTILE,
    )
