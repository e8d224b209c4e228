"""Two customers beyond the border, one load each: what a Canadian and a European bill look like."""

from dataclasses import dataclass
from decimal import Decimal

GST_NUMBER = "100000000 RT0001"


@dataclass(frozen=True, slots=True)
class End:
    """Where freight is taken or handed over."""

    name: str
    city: str
    state: str
    postal_code: str
    country: str
    timezone: str


@dataclass(frozen=True, slots=True)
class Abroad:
    """A customer, its flat price and its one load."""

    code: str
    name: str
    lines: str
    country: str
    currency: str
    vat_id: str
    rate: Decimal
    miles: Decimal
    cost: Decimal
    shipment: str
    origin: End
    destination: End


ABROAD = (
    Abroad(
        code="MPLM-0081",
        name="Maple Mills",
        lines="80 Lakeshore Rd E\nMississauga, ON L5G 1E1",
        country="CA",
        currency="CAD",
        vat_id="",
        rate=Decimal("3150.00"),
        miles=Decimal(1290),
        cost=Decimal("2480.00"),
        shipment="MM-77104",
        origin=End("Maple Mills Winnipeg", "Winnipeg", "MB", "R3C 4A5", "CA", "America/Winnipeg"),
        destination=End("Maple Mills Toronto", "Toronto", "ON", "M5V 3L9", "CA", "America/Toronto"),
    ),
    Abroad(
        code="BRBT-0082",
        name="Brabant Foods",
        lines="Havenlaan 86\n1000 Brussel",
        country="BE",
        currency="EUR",
        vat_id="BE0123456749",
        rate=Decimal("1480.00"),
        miles=Decimal(520),
        cost=Decimal("1190.00"),
        shipment="BF-20931",
        origin=End("Brabant Foods Milano", "Milano", "", "20121", "IT", "Europe/Rome"),
        destination=End("Brabant Foods Köln", "Köln", "", "50667", "DE", "Europe/Berlin"),
    ),
)
