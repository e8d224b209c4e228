"""Published and worked examples, each through `rate` or the function a tariff names.

The amounts are right as of their source. Where a source contradicts itself the note says so.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from rating.engine.book import (
    AccessorialRule,
    DetentionTerms,
    FreeTime,
    FuelProgramme,
    FuelRow,
    LaneRow,
    RateBook,
    Tier,
    WeightBreak,
    Zone,
)
from rating.engine.choices import (
    Basis,
    BeyondTable,
    ClassSource,
    FuelMethod,
    FuelUnit,
    PlaceKind,
    Precedence,
    StopKind,
    Trigger,
)
from rating.engine.clocks import whole_increments
from rating.engine.facts import IndexPrice, LoadFacts, Receipt, Service, StopFacts
from rating.engine.fuel_methods import Surcharge, surcharge
from rating.engine.lanes import score
from rating.engine.money import Rounding
from rating.engine.places import Place
from rating.engine.rate import rate
from rating.engine.space import density_of
from rating.engine.tax import tax_load
from rating.engine.tax_facts import (
    Buyer,
    Registration,
    Seller,
    Spot,
    Taxable,
    TaxCategory,
    TaxFacts,
    TaxRate,
)
from tests.rating.engine import freight_building as freight
from tests.rating.engine.building import VERSION, clock, utc

MONDAY = date(2024, 7, 29)
ENDS = (
    StopFacts(sequence=1, kind=StopKind.PICKUP, city="Joliet", state="IL", postal_code="60436"),
    StopFacts(sequence=2, kind=StopKind.DELIVERY, city="Columbus", state="OH", postal_code="43137"),
)
PLAIN = LoadFacts(currency="USD", stops=ENDS, pickup_on=date(2024, 7, 30))
SCALE = tuple(
    WeightBreak(from_weight_lb=Decimal(weight), rate=Decimal(rate))
    for weight, rate in ((0, 100), (500, 90), (1000, 80), (2000, 75), (5000, 70), (10000, 65))
)
INSITESHIP = (
    WeightBreak(from_weight_lb=Decimal(1), rate=Decimal("14.38")),
    WeightBreak(from_weight_lb=Decimal(500), rate=Decimal("10.29")),
)


def price(facts: LoadFacts = PLAIN, **book: Any) -> Decimal:
    lane = LaneRow(row=1, basis=Basis.FLAT, rate=Decimal(0))
    parts = {"version": VERSION, "lanes": (lane,), **book}
    quote = rate(facts, RateBook(**parts))
    assert quote.problems == ()
    return quote.total


def weigh(pounds: int, breaks: tuple[WeightBreak, ...], *, deficit: str = "allowed") -> Decimal:
    lane = LaneRow(row=1, basis=Basis.PER_CWT, breaks=breaks)
    version = replace(VERSION, allows_deficit=deficit == "allowed")
    return price(replace(PLAIN, weight_lb=Decimal(pounds)), lanes=(lane,), version=version)


def lane(basis: Basis, rate: str, **more: Any) -> tuple[LaneRow, ...]:
    return (LaneRow(row=1, basis=basis, rate=Decimal(rate), **more),)


def steps(base: str, increment: str, index: str) -> Decimal:
    programme = FuelProgramme(
        name="steps",
        series="EIA",
        method=FuelMethod.STEPS,
        unit=FuelUnit.PERCENT,
        base_price=Decimal(base),
        increment=Decimal(increment),
        beyond_table=BeyondTable.CONTINUE,
    )
    found = surcharge(programme, Decimal(index))
    assert isinstance(found, Surcharge)
    return found.value


def fuel(index: str, facts: LoadFacts = PLAIN, *, linehaul: str = "0", **terms: Any) -> Decimal:
    """The whole price less the linehaul: the fuel line."""
    programme = FuelProgramme(name="fuel", series="EIA", **terms)
    reading = IndexPrice(series="EIA", survey_on=MONDAY, value=Decimal(index))
    priced = replace(facts, index_prices=(reading,))
    return price(priced, lanes=lane(Basis.FLAT, linehaul), fuel=programme) - Decimal(linehaul)


def gsa_linehaul(index: str, linehaul: str) -> Decimal:
    return fuel(
        index,
        linehaul=linehaul,
        method=FuelMethod.STEPS,
        unit=FuelUnit.PERCENT,
        base_price=Decimal("2.50"),
        increment=Decimal("0.13"),
    )


def per_gallon(index: str, miles: int, base: str, mpg: str, **more: Any) -> Decimal:
    return fuel(
        index,
        replace(PLAIN, miles=Decimal(miles)),
        method=FuelMethod.FORMULA,
        unit=FuelUnit.PER_MILE,
        base_price=Decimal(base),
        miles_per_gallon=Decimal(mpg),
        **more,
    )


def olt_table(index: str, miles: int) -> Decimal:
    row = FuelRow(from_price=Decimal("3.051"), to_price=Decimal("3.100"), value=Decimal("0.40"))
    return fuel(
        index,
        replace(PLAIN, miles=Decimal(miles)),
        method=FuelMethod.TABLE,
        unit=FuelUnit.PER_MILE,
        rows=(row,),
    )


def roadrunner() -> Decimal:
    published = (
        IndexPrice(
            series="RRTS",
            survey_on=date(2025, 2, 17),
            value=Decimal("32.850"),
            effective_from=date(2025, 2, 19),
        ),
    )
    facts = replace(PLAIN, pickup_on=date(2025, 2, 20), index_prices=published)
    programme = FuelProgramme(
        name="LTL", series="RRTS", method=FuelMethod.PUBLISHED, unit=FuelUnit.PERCENT
    )
    discounted = replace(VERSION, discount_percent=Decimal(50))
    lanes = lane(Basis.FLAT, "1224.80")
    return price(facts, lanes=lanes, fuel=programme, version=discounted) - Decimal("612.40")


def waiting(minutes: int, terms: DetentionTerms, weight: int = 40000, **rule: Any) -> Decimal:
    return stay("2026-03-02T08:00", f"2026-03-02T{8 + minutes // 60:02}:{minutes % 60:02}",
                terms, weight, **rule)  # fmt: skip


def stay(
    came: str, left: str, terms: DetentionTerms, weight: int, due: str = "", **rule: Any
) -> Decimal:
    delivery = replace(
        ENDS[1],
        appointment_from=utc(due) if due else None,
        arrived=clock(came),
        departed=clock(left),
    )
    facts = replace(PLAIN, weight_lb=Decimal(weight), stops=(ENDS[0], delivery))
    detention = AccessorialRule(
        rule="DET",
        code="DET",
        name="Detention",
        trigger=Trigger.DETENTION,
        detention=terms,
        stop_kind=StopKind.DELIVERY,
        **rule,
    )
    return price(facts, accessorials=(detention,))


FEDEX = DetentionTerms(
    free_times=tuple(
        FreeTime(minutes=minutes, from_weight_lb=Decimal(weight))
        for weight, minutes in ((0, 15), (1000, 30), (5000, 40), (10000, 60))
    ),
    increment_minutes=15,
)
FEDEX_RATE: dict[str, Any] = {
    "basis": Basis.PER_UNIT,
    "rate": Decimal("52.00"),
    "minimum": Decimal("61.00"),
}
LOGISOURCE = DetentionTerms(free_times=(FreeTime(minutes=120),), increment_minutes=30)
LOGISOURCE_RATE: dict[str, Any] = {"basis": Basis.PER_HOUR, "rate": Decimal("60.00")}


def extra(rule: AccessorialRule, facts: LoadFacts = PLAIN) -> Decimal:
    return price(facts, accessorials=(rule,))


def service(basis: Basis, rate: str, quantity: int, unit: str, **more: Any) -> Decimal:
    rule = AccessorialRule(
        rule="X-1", code="X", name="Extra", trigger=Trigger.SERVICE, service="X",
        basis=basis, rate=Decimal(rate), **more,
    )  # fmt: skip
    done = Service(code="X", quantity=Decimal(quantity), unit=unit)
    return extra(rule, replace(PLAIN, miles=Decimal(1200), services=(done,)))


def stop_offs() -> Decimal:
    between = tuple(StopFacts(sequence=n, kind=StopKind.STOP_OFF) for n in (2, 3, 4))
    facts = replace(PLAIN, stops=(ENDS[0], *between, replace(ENDS[1], sequence=5)))
    tiers = ((1, 100), (2, 175), (3, 250), (4, 325))
    rule = AccessorialRule(
        rule="SO-1", code="SOC", name="Stop-off", trigger=Trigger.EXTRA_STOP, basis=Basis.PER_STOP,
        tiers=tuple(Tier(from_quantity=Decimal(n), rate=Decimal(rate)) for n, rate in tiers),
    )  # fmt: skip
    return extra(rule, facts)


def tonu() -> Decimal:
    rule = AccessorialRule(
        rule="TONU", code="TONU", name="Not used", trigger=Trigger.TRUCK_NOT_USED,
        basis=Basis.PER_MILE, rate=Decimal("1.65"), minimum=Decimal("250.00"),
    )  # fmt: skip
    facts = replace(PLAIN, truck_not_used=clock("2026-03-02T08:00"), deadhead_miles=Decimal(100))
    return extra(rule, facts)


def lumper() -> Decimal:
    rule = AccessorialRule(
        rule="L-1", code="LUM", name="Lumper", trigger=Trigger.RECEIPT, basis=Basis.PASS_THROUGH,
        receipt_kind="LUMPER_RECEIPT", fee_amount=Decimal("5.00"),
    )  # fmt: skip
    receipt = Receipt(kind="LUMPER_RECEIPT", number="1", amount=Decimal("180.00"), currency="USD")
    return extra(rule, replace(PLAIN, receipts=(receipt,)))


def cn_rail() -> Decimal:
    rule = AccessorialRule(
        rule="ENS", code="FUE", name="Fuel", trigger=Trigger.ALWAYS,
        basis=Basis.PER_MILE, rate=Decimal("0.1980"),
    )  # fmt: skip
    facts = replace(PLAIN, miles=Decimal(1234))
    return price(facts, lanes=lane(Basis.FLAT, "2510.00"), accessorials=(rule,))


def schenker() -> Decimal:
    rule = AccessorialRule(
        rule="405", code="FUE", name="Fuel", trigger=Trigger.ALWAYS, rate=Decimal("1.40")
    )
    return price(lanes=lane(Basis.FLAT, "45.00"), accessorials=(rule,))


def density_class() -> Decimal:
    """The density of one pallet, once the whole price has shown its class to be 100."""
    pallet = replace(freight.PALLET, freight_class="")
    version = replace(VERSION, class_source=ClassSource.DENSITY)
    facts = replace(PLAIN, items=(pallet,))
    quote = rate(
        facts, RateBook(version=version, lanes=(freight.tariff(),), density_scale=freight.SCALE)
    )
    (line,) = quote.lines
    assert line.description == "Linehaul, class 100"
    assert ("Density 450 lb ÷ 53.333333 ft³", "8.4375 pcf") in [
        (step.text, step.value) for step in line.steps
    ]
    return density_of(pallet, 1, facts, version).pcf


def deemed_cubic_feet() -> Decimal:
    """Six pallets that nothing may stand on, priced by the cubic foot."""
    pallets = replace(freight.PALLET, pieces=6, height_in=Decimal(55), is_stackable=False)
    version = replace(VERSION, unstackable_height_in=Decimal(96))
    lanes = lane(Basis.PER_CUBIC_FOOT, "1.00")
    return price(replace(PLAIN, items=(pallets,)), version=version, lanes=lanes)


ZONES = {
    "MIX": Zone(name="MIX", members=frozenset({Place.parse("60436"), Place.parse("OH")})),
}


def revenova(origin: Place, destination: Place) -> Decimal:
    ends = (score(end, Precedence.REVENOVA, ZONES) for end in (origin, destination))
    return Decimal(sum(ends))


ZIP5, ZIP3 = Place(PlaceKind.POSTAL, "60436", "US"), Place(PlaceKind.POSTAL3, "604", "US")
CITY, STATE = Place.city("Joliet", "IL"), Place.state("IL")


HST_ON = TaxRate(
    jurisdiction="CA-ON", area="CA", scheme="GST/HST", code="HST", name="HST ON",
    rate=Decimal(13), effective_from=date(2010, 7, 1),
)  # fmt: skip
VAT_NL, VAT_BE, VAT_IT, VAT_DE = (
    TaxRate(
        jurisdiction=state, area="EU", scheme="VAT", code="VAT", name=f"VAT {state}",
        rate=Decimal(rate), effective_from=date(2021, 1, 1),
    )
    for state, rate in (("NL", 21), ("BE", 21), ("IT", 22), ("DE", 19))
)  # fmt: skip


def tax(seller: str, buyer: Buyer, origin: str, destination: str, category: TaxCategory) -> Decimal:
    """The tax on a linehaul of 1,000.00, which stands in `category`."""
    ends = (place.partition("-") for place in (origin, destination))
    spots = [Spot(sequence=n, country=c, region=r) for n, (c, _, r) in enumerate(ends, start=1)]
    number = Registration(scheme="GST/HST", jurisdiction="CA", number="123456789 RT0001")
    answer = tax_load(
        TaxFacts(
            load="1",
            currency="CAD" if seller == "CA" else "EUR",
            seller=Seller(country=seller, registrations=(number,)),
            buyer=buyer,
            origin=spots[0],
            destinations=(spots[1],),
            delivered_on=date(2026, 11, 19),
            invoiced_on=date(2026, 11, 20),
            lines=(Taxable(key="LHS", amount=Decimal("1000.00")),),
            rates=(HST_ON, VAT_NL, VAT_BE, VAT_IT, VAT_DE),
        )
    )
    assert answer.problems == ()
    assert {part.category for line in answer.lines for part in line.parts} == {category}
    return answer.amount


@dataclass(frozen=True)
class Example:
    id: str
    expected: str
    source: str
    work: Callable[[], Decimal]


EXAMPLES = (
    Example("R01", "64.71", "help.insiteship.com/330, no deficit check",
            lambda: weigh(450, INSITESHIP, deficit="forbidden")),
    Example("R02", "51.45", "same: rated as 500 lb, deficit 50", lambda: weigh(450, INSITESHIP)),
    Example("R03", "51.34", "same: under the break-even of 357.78 lb",
            lambda: weigh(357, INSITESHIP)),
    Example("R04", "51.45", "same: over the break-even", lambda: weigh(358, INSITESHIP)),
    Example("R05", "250.00", "creativelogistics.com glossary", lambda: weigh(250, SCALE)),
    Example("R07", "1200.00", "creativelogistics.com glossary", lambda: weigh(1500, SCALE)),
    Example("R08", "1875.00", "creativelogistics.com glossary", lambda: weigh(2500, SCALE)),
    Example("R10", "9750.00", "creativelogistics.com glossary", lambda: weigh(15000, SCALE)),
    # The source prints 441.00, 490 lb at the rate of the next tier: not the deficit rule.
    Example("R11", "450.00", "creativelogistics.com glossary, corrected",
            lambda: weigh(490, SCALE)),
    Example("R13", "100.00", "gokoho.com, 400 lb at 25.00",
            lambda: price(replace(PLAIN, weight_lb=Decimal(400)),
                          lanes=lane(Basis.PER_CWT, "25.00"))),
    Example("R15", "244.33", "CN 210 sample, L1 of 0.1980 per mile; 244.332 half-up",
            lambda: price(replace(PLAIN, miles=Decimal(1234)),
                          lanes=lane(Basis.PER_MILE, "0.1980"))),
    Example("R16", "2754.33", "CN 210 sample, B3-07", cn_rail),
    Example("R17", "46.40", "DB Schenker 210 sample, L3-05", schenker),
    Example("R18", "51.65", "EdiFabric 210 sample, flat",
            lambda: price(replace(PLAIN, weight_lb=Decimal(1499)),
                          lanes=lane(Basis.FLAT, "51.65"))),
    Example("R20", "500.00", "logisource.com Item 400",
            lambda: price(lanes=lane(Basis.FLAT, "420.00", minimum=Decimal("500.00")))),
    Example("R21", "8.4375", "help.insiteship.com LTL density rating: class 100 before 2025",
            density_class),
    # The source prints 768 cubic feet with 5.91 pcf: 768 is at 96 in, 5.91 at 55 in, 440.
    Example("R23", "768", "bcbtransport.com, heights deemed by Saia item 1001", deemed_cubic_feet),
    Example("F01", "0", "GSA freight table", lambda: steps("2.50", "0.13", "2.500")),
    Example("F02", "1", "GSA freight table", lambda: steps("2.50", "0.13", "2.501")),
    Example("F04", "2", "GSA freight table", lambda: steps("2.50", "0.13", "2.631")),
    Example("F05", "5", "GSA freight table", lambda: steps("2.50", "0.13", "3.150")),
    Example("F07", "10", "GSA freight table", lambda: steps("2.50", "0.13", "3.768")),
    Example("F09", "24", "GSA: increments continue", lambda: steps("2.50", "0.13", "5.491")),
    Example("F10", "185.00", "GSA freight table", lambda: gsa_linehaul("3.768", "1850.00")),
    Example("F11", "150.00", "GSA household goods, truncated (moving.org AMSA)",
            lambda: per_gallon("3.999", 750, "2.999", "5", rounding=Rounding.TRUNCATE)),
    Example("F12", "33.64", "same rule; 33.6448",
            lambda: per_gallon("3.223", 751, "2.999", "5", rounding=Rounding.TRUNCATE)),
    Example("F14", "200.00", "calcfuel.com", lambda: per_gallon("3.85", 500, "1.25", "6.5")),
    Example("F15", "10", "SDDC TR-12", lambda: steps("1.30", "0.10", "2.291")),
    Example("F17", "3", "SDDC TR-12", lambda: steps("1.30", "0.10", "1.514")),
    Example("F18", "2", "SDDC TR-12", lambda: steps("1.30", "0.10", "1.407")),
    Example("F20", "0", "SDDC TR-12, later baseline", lambda: steps("2.50", "0.13", "2.291")),
    Example("F21", "200.00", "oltg.com/FSC.htm table B", lambda: olt_table("3.100", 500)),
    Example("F23", "201.17", "freight.rrts.com; on the net after discount", roadrunner),
    Example("A01", "104.00", "FedEx Freight FXF 100 Item 500-2 (2018)",
            lambda: waiting(47, FEDEX, 3200, **FEDEX_RATE)),
    Example("A03", "0.00", "FedEx Freight FXF 100 Item 500-2 (2018)",
            lambda: waiting(60, FEDEX, 10000, **FEDEX_RATE)),
    Example("A04", "90.00", "logisource.com Item 900",
            lambda: waiting(190, LOGISOURCE, **LOGISOURCE_RATE)),
    Example("A06", "60.00", "clock starts at the appointment: herculesfreight.com item 500",
            lambda: stay("2026-03-02T07:10", "2026-03-02T10:40", LOGISOURCE, 1,
                         due="2026-03-02T08:00", **LOGISOURCE_RATE)),
    Example("A08", "3", "rcsfreightservices.com: 5 h on site, 2 h free",
            lambda: Decimal(whole_increments(300 - 120, 60, LOGISOURCE.increments))),
    Example("A09", "525.00", "fwccinc.com", stop_offs),
    Example("A11", "250.00", "logisource.com Item 800", tonu),
    Example("A13", "210.00", "fwccinc.com redelivery",
            lambda: service(Basis.PER_UNIT, "1.50", 140, "mi", minimum=Decimal(150))),
    Example("A14", "185.00", "fwccinc.com lumper", lumper),
    Example("A15", "700.00", "fwccinc.com layover",
            lambda: service(Basis.PER_UNIT, "350.00", 2, "night")),
    Example("A16", "300.00", "logisource.com Item 1100, team",
            lambda: service(Basis.PER_MILE, "0.25", 1, "load")),
    Example("A19", "125.00", "logisticsplus.com overlength, 144 to 239 in",
            lambda: service(Basis.FLAT, "0", 150, "in",
                            tiers=(Tier(from_quantity=Decimal(144), rate=Decimal(125)),
                                   Tier(from_quantity=Decimal(240), rate=Decimal(900))))),
    Example("L01", "90", "Revenova stored rates: ZIP5 to a mixed zone",
            lambda: revenova(ZIP5, Place.zone("MIX"))),
    Example("L02", "160", "Revenova stored rates", lambda: revenova(ZIP3, ZIP3)),
    Example("L03", "200", "Revenova stored rates: city to city beats state to state",
            lambda: min(revenova(CITY, CITY), revenova(STATE, STATE))),
    Example("T01", "130.00", "CRA place of supply, example 1: Manitoba to Ontario, HST 13 %",
            lambda: tax("CA", Buyer(country="CA"), "CA-MB", "CA-ON", TaxCategory.STANDARD)),
    Example("T04", "0.00", "Revenu Quebec; ryan.com on memo 28-2: Ontario to the United States",
            lambda: tax("CA", Buyer(country="CA"), "CA-ON", "US-NY", TaxCategory.ZERO)),
    Example("T06", "0.00", "feniksaccountants.be: Dutch carrier, Belgian business, IT to DE",
            lambda: tax("NL", Buyer(country="BE", vat_id="BE0123456749"), "IT", "DE",
                        TaxCategory.REVERSE_CHARGE)),
)  # fmt: skip


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.id)
def test_worked_example_comes_to_the_cent(example: Example):
    assert example.work() == Decimal(example.expected), example.source
