"""The card that a visitor looks at: six versions of Prairie Foods Reefer and a draft of the next.

The draft raises what is run often, gives a little on one lane too much, and lengthens the detention
rule; its test cases say what must come out.
"""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from demo.world.tariffs import DETENTION, SCHEDULE, SERIES, SERIES_NAME, SHOWN
from rating.engine.book import AccessorialRule, FuelProgramme, FuelRow, FuelTiming, LaneRow, Zone
from rating.engine.choices import (
    Basis,
    BelowTable,
    FuelMethod,
    FuelUnit,
    LateArrival,
    Trigger,
)
from rating.engine.places import Place

NAME = "Prairie Foods Reefer"
CUSTOMER = SHOWN
EQUIPMENT = "REEFER53"
# What a mile costs us: no lane should bring in less.
COST_PER_MILE = Decimal("2.24")
# How many months ago each published version began.
STARTS = (22, 18, 14, 10, 6, 2)
RAISES = (Decimal("0.88"), Decimal("0.90"), Decimal("0.93"), Decimal("0.95"), Decimal("0.98"), 1)
CENTS = Decimal("0.0001")

# origin, destination, rate of v6, rate of the draft, minimum
PER_MILE = (
    ("604", "431", "2.4200", "2.4900", "850"),
    ("604", "372", "2.4200", "2.4700", "900"),
    ("604", "631", "2.4200", "2.4200", "800"),
    ("604", "641", "2.2600", "2.2600", "900"),
    ("604", "381", "2.3800", "2.3800", "950"),
    ("604", "402", "2.4800", "2.5500", "800"),
    ("604", "462", "2.5200", "2.5900", "700"),
    ("604", "441", "2.4400", "2.4900", "850"),
    ("543", "631", "2.3900", "2.3900", "900"),
    ("543", "604", "2.4100", "2.4600", "750"),
    ("549", "503", "2.3100", "2.1900", "850"),
    ("549", "551", "2.3600", "2.3600", "700"),
    ("604", "OH", "2.5200", "2.5200", "850"),
    ("604", "TN", "2.5400", "2.5900", "850"),
    ("zone MW-1", "zone SE-2", "2.6000", "2.6400", "1100"),
)
FLAT = (("543", "IL", "690.00", "725.00"),)
ADDED = ("604", "303", "2.5600", "950")

ZONES = (
    Zone(name="MW-1", members=frozenset(Place.parse(code) for code in ("604", "543", "549"))),
    Zone(name="SE-2", members=frozenset(Place.parse(code) for code in ("GA", "AL", "SC"))),
)

FUEL_TABLE = FuelProgramme(
    name="Midwest reefer table",
    series=SERIES,
    series_name=SERIES_NAME,
    method=FuelMethod.TABLE,
    unit=FuelUnit.PER_MILE,
    rows=tuple(
        FuelRow(
            from_price=Decimal("3.000") + step * Decimal("0.050"),
            to_price=Decimal("3.049") + step * Decimal("0.050"),
            value=Decimal("0.32") + step * Decimal("0.01"),
        )
        for step in range(50)
    ),
    below_table=BelowTable.FIRST_ROW,
    timing=FuelTiming(lag_days=1),
)

LAYOVER = AccessorialRule(
    rule="LAY-1",
    code="LAY",
    name="Layover",
    trigger=Trigger.SERVICE,
    service="LAYOVER",
    basis=Basis.PER_DAY,
    rate=Decimal("300.00"),
    always_needs_approval=True,
)
STRICT = replace(
    DETENTION,
    detention=replace(DETENTION.detention, late_arrival=LateArrival.FORFEITS_DETENTION)
    if DETENTION.detention
    else None,
    approval_above_amount=None,
    approval_above_minutes=60,
)
NEXT_SCHEDULE = (*(STRICT if rule is DETENTION else rule for rule in SCHEDULE), LAYOVER)


@dataclass(frozen=True, slots=True)
class Question:
    """A load that the desk keeps as a test case."""

    name: str
    origin: str
    destination: str
    miles: int
    extra_stops: int = 0
    waited: int = 0


QUESTIONS = (
    Question("Joliet to Columbus, one stop-off", "60436", "43137", 377, extra_stops=1),
    Question("Joliet to Columbus, 76 minutes of detention", "60436", "43137", 377, waited=76),
    Question("Joliet to Nashville", "60436", "37211", 478),
    Question("Short run at the minimum", "60436", "46241", 190),
    Question("Green Bay into Illinois, flat", "54304", "60639", 210),
)


def months_ago(today: date, months: int) -> date:
    """Return the first day of the month that many months before."""
    count = today.year * 12 + today.month - 1 - months
    return date(count // 12, count % 12 + 1, 1)


def lanes_of(version: int) -> list[LaneRow]:
    """Return the lanes of a published version, 1 to 6, each dearer than the one before."""
    raised = Decimal(RAISES[version - 1])
    return _lanes(
        [(o, d, Decimal(rate) * raised, minimum) for o, d, rate, _, minimum in PER_MILE],
        [(o, d, Decimal(rate) * raised) for o, d, rate, _ in FLAT],
    )


def lanes_of_draft() -> list[LaneRow]:
    """Return the lanes of the draft: most of them v6's, some changed, one new."""
    kept = [(o, d, Decimal(rate), minimum) for o, d, _, rate, minimum in PER_MILE]
    origin, destination, rate, minimum = ADDED
    return _lanes(
        [*kept, (origin, destination, Decimal(rate), minimum)],
        [(o, d, Decimal(rate)) for o, d, _, rate in FLAT],
    )


def _lanes(
    by_mile: list[tuple[str, str, Decimal, str]], flat: list[tuple[str, str, Decimal]]
) -> list[LaneRow]:
    miles = [
        LaneRow(
            row=row,
            origin=Place.parse(origin),
            destination=Place.parse(destination),
            basis=Basis.PER_MILE,
            rate=rate.quantize(CENTS),
            minimum=Decimal(minimum),
            equipment=EQUIPMENT,
        )
        for row, (origin, destination, rate, minimum) in enumerate(by_mile, start=1)
    ]
    whole = [
        LaneRow(
            row=row,
            origin=Place.parse(origin),
            destination=Place.parse(destination),
            basis=Basis.FLAT,
            rate=rate.quantize(Decimal(1)),
            equipment=EQUIPMENT,
        )
        for row, (origin, destination, rate) in enumerate(flat, start=len(miles) + 1)
    ]
    return miles + whole
