"""Real freight bills (X12 210), rated again by the engine to their printed amounts.

A bill names its tariff line by line: the rate (L1-02), what it multiplies (L1-03), the billed
quantity (L1-17) and the special charge (L1-08). The first line is taken as the linehaul and the
others as rules of the schedule. A line without a rate is printed as an amount alone, a flat one.
"""

import os
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from integrations.adapters.edi.segments import Segment, decode, tokenize
from rating.engine.book import AccessorialRule, CardVersion, LaneRow, RateBook
from rating.engine.choices import Basis, StopKind, Trigger
from rating.engine.facts import LoadFacts, StopFacts, from_json, to_json
from rating.engine.places import Place
from rating.engine.quote import Quote
from rating.engine.rate import rate

pytestmark = pytest.mark.conformance

# Element 122; PC is "per car", and each of these bills is for one.
BASES = {"FR": Basis.FLAT, "PC": Basis.FLAT, "PM": Basis.PER_MILE, "": Basis.FLAT}
ENDS = {"SH": StopKind.PICKUP, "CN": StopKind.DELIVERY}


@dataclass(frozen=True)
class Bill:
    """One 210 of the samples."""

    segments: tuple[Segment, ...]

    @classmethod
    def read(cls, name: str) -> "Bill":
        data = (Path(os.environ["CONFORMANCE_DATA"]) / "edi210" / name).read_bytes()
        text = decode(data)
        return cls(tokenize(text, start=text.index("ISA")).segments)

    def all(self, name: str) -> list[Segment]:
        return [segment for segment in self.segments if segment.name == name]

    @property
    def head(self) -> Segment:
        (found,) = self.all("B3")
        return found

    @property
    def currency(self) -> str:
        return next((segment.get(1) for segment in self.all("C3")), "USD")

    @property
    def printed(self) -> list[Decimal]:
        return [cents(line.get(4)) for line in self.all("L1")]

    @property
    def printed_totals(self) -> set[Decimal]:
        (total,) = self.all("L3")
        return {cents(self.head.get(7)), cents(total.get(5))}


def cents(text: str) -> Decimal:
    """An amount with two implied decimals."""
    return Decimal(text) / 100


def day(text: str) -> date:
    return date.fromisoformat(text if len(text) == 8 else f"20{text}")


def rate_of(line: Segment) -> Decimal:
    return Decimal(line.get(2)) if line.get(2) else cents(line.get(4))


def stops(bill: Bill) -> tuple[StopFacts, ...]:
    found = {}
    for segment in bill.segments:
        if segment.name == "N1":
            role = segment.get(1)
        if segment.name == "N4" and role in ENDS:
            found[role] = segment
    return tuple(
        StopFacts(
            sequence=sequence, kind=ENDS[role], city=found[role].get(1), state=found[role].get(2),
            postal_code=found[role].get(3), country=found[role].get(4) or "US",
        )
        for sequence, role in enumerate(ENDS, start=1)
    )  # fmt: skip


def facts_of(bill: Bill) -> LoadFacts:
    miles = [line.get(17) for line in bill.all("L1") if line.get(3) == "PM"]
    return LoadFacts(
        load=bill.head.get(2),
        currency=bill.currency,
        miles=Decimal(miles[0]) if miles else None,
        pickup_on=day(bill.head.get(6)),
        stops=stops(bill),
    )


def book_of(bill: Bill) -> RateBook:
    """The tariff that the lines of the bill print, on the lane it names."""
    first, *others = bill.all("L1")
    origin, destination = (Place.city(stop.city, stop.state, stop.country) for stop in stops(bill))
    lane = LaneRow(
        row=1, origin=origin, destination=destination, basis=BASES[first.get(3)],
        rate=rate_of(first),
    )  # fmt: skip
    schedule = tuple(
        AccessorialRule(
            rule=f"L1-{place}", code=line.get(8), name=line.get(12) or line.get(8),
            trigger=Trigger.ALWAYS, basis=BASES[line.get(3)], rate=rate_of(line),
        )
        for place, line in enumerate(others, start=2)
    )  # fmt: skip
    version = CardVersion(card=bill.head.get(11), number=1, currency=bill.currency)
    return RateBook(version=version, lanes=(lane,), accessorials=schedule)


def rated(bill: Bill) -> Quote:
    stored = to_json(facts_of(bill))
    return rate(from_json(stored), book_of(bill))


BILLS = {
    "edifabric_FreightInvoice.edi": ["51.65"],
    "x12parser_CN_FreightInvoiceSample1.edi": ["2510.00", "244.33"],
    "x12parser_DBSchenker_SampleMotorFreightDetailsAndInvoice.edi": ["45.00", "1.40"],
}


def test_every_bill_of_the_samples_is_rated():
    folder = Path(os.environ["CONFORMANCE_DATA"]) / "edi210"

    assert {path.name for path in folder.glob("*.edi")} == set(BILLS)


@pytest.mark.parametrize("name", BILLS)
def test_a_bill_rates_again_to_its_lines_and_its_total(name: str):
    bill = Bill.read(name)

    quote = rated(bill)

    assert quote.problems == ()
    assert [line.amount for line in quote.lines] == bill.printed
    assert [str(line.amount) for line in quote.lines] == BILLS[name]
    assert bill.printed_totals == {quote.total}


def test_the_mileage_line_of_the_railway_is_rounded_half_up():
    bill = Bill.read("x12parser_CN_FreightInvoiceSample1.edi")
    (fuel,) = [line for line in rated(bill).lines if line.code == "ENS"]

    # 1,234 miles at 0.1980 are 244.332.
    assert (fuel.quantity, fuel.rate, fuel.amount) == (
        Decimal(1234), Decimal("0.1980"), Decimal("244.33"),
    )  # fmt: skip
    assert fuel.quantity * fuel.rate != fuel.amount
