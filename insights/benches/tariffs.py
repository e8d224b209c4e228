"""A carrier's tariffs and loads, made up by arithmetic: the same ones each time."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from django.db import transaction

from accounts.models import Customer
from dispatch.models import Load, Milestone, Stop
from rating.engine import book
from rating.engine.choices import Basis, FuelMethod, FuelUnit, Trigger
from rating.models import FuelProgramme, RateCardVersion
from rating.operations.approving import approve_version, submit_version
from rating.operations.carding import create_card, draft_version
from rating.operations.fuelling import create_programme
from rating.operations.importing import (
    apply_import,
    inspect_sheet,
    read_import,
    receive_import,
    write_lanes,
)
from rating.operations.indexing import Published, append_values, create_series
from rating.operations.publishing import publish_version

AT = datetime(2026, 11, 19, 20, 20, tzinfo=UTC)
LONG_AGO = datetime(2026, 1, 5, 9, tzinfo=UTC)
DRAFTER, MANAGER = "system:bench", "system:manager"
FIRST_ZIP3, PICKUP = 100, datetime(2026, 11, 16, 13, tzinfo=UTC)

DETENTION = book.AccessorialRule(
    rule="DET-4",
    code="DET",
    name="Detention",
    trigger=Trigger.DETENTION,
    basis=Basis.PER_HOUR,
    rate=Decimal("75.00"),
    detention=book.DetentionTerms(free_times=(book.FreeTime(minutes=60),), increment_minutes=15),
)
STOP_OFF = book.AccessorialRule(
    rule="STOP-1",
    code="SOC",
    name="Stop-off",
    trigger=Trigger.EXTRA_STOP,
    basis=Basis.PER_STOP,
    rate=Decimal("75.00"),
)


def programme() -> FuelProgramme:
    """Fuel for each mile on a table, by a weekly index of a quarter."""
    series = create_series(code="BENCH", name="Benchmark diesel")
    mondays = [date(2026, 9, 7) + timedelta(weeks=week) for week in range(12)]
    values = [
        Published(
            survey_on=day,
            value=Decimal("3.7") + Decimal(number) / 100,
            published_at=datetime(day.year, day.month, day.day, 21, tzinfo=UTC),
        )
        for number, day in enumerate(mondays)
    ]
    append_values(series, values=values, source="bench", by=DRAFTER, at=LONG_AGO)
    rows = tuple(
        book.FuelRow(
            from_price=Decimal(3500 + 50 * step) / 1000,
            to_price=Decimal(3549 + 50 * step) / 1000,
            value=Decimal(40 + step) / 100,
        )
        for step in range(12)
    )
    table = book.FuelProgramme(
        name="Benchmark", series="BENCH", method=FuelMethod.TABLE, unit=FuelUnit.PER_MILE, rows=rows
    )
    return create_programme(table, by=DRAFTER, at=LONG_AGO)


def published_card(
    count: int, *, name: str, customer: Customer, fuel: FuelProgramme
) -> RateCardVersion:
    """A card of `count` lanes for a customer: its sheet read into a draft, and published."""
    with transaction.atomic():
        card = create_card(name=name, currency="USD", customer=customer, by=DRAFTER, at=LONG_AGO)
        version = draft_version(
            card,
            effective_from=date(2026, 1, 1),
            accessorials=(DETENTION, STOP_OFF),
            fuel=fuel,
            by=DRAFTER,
            at=LONG_AGO,
        )
    _import(sheet(count), version)
    with transaction.atomic():
        submit_version(version, by=DRAFTER, at=LONG_AGO)
        approve_version(version, by=MANAGER, at=LONG_AGO)
        return publish_version(version, by=MANAGER, at=LONG_AGO)


def sheet(count: int) -> bytes:
    """The first `count` lanes of a grid of ZIP3 areas, near enough to a square, as a CSV list."""
    side = _side(count)
    lines = (
        f"{FIRST_ZIP3 + row // side},{FIRST_ZIP3 + row % side},per mile,"
        f"{Decimal(200 + row % 97) / 100},350"
        for row in range(count)
    )
    return "\n".join(("origin,destination,basis,rate,minimum", *lines)).encode()


def _import(content: bytes, version: RateCardVersion) -> None:
    upload = inspect_sheet("bench.csv", content)
    with transaction.atomic():
        batch = receive_import(version, upload=upload, by=DRAFTER, at=LONG_AGO)
    read_import(batch, at=LONG_AGO)
    with transaction.atomic():
        write_lanes(apply_import(batch, by=DRAFTER, at=LONG_AGO), at=LONG_AGO)


def customer(code: str) -> Customer:
    """Somebody to bill."""
    return Customer.objects.create(
        code=code,
        name=code,
        bill_to_name=code,
        bill_to_lines="1 Main St",
        email="ap@bench.example",
        created_at=LONG_AGO,
    )


def delivered_loads(
    count: int, *, of: Customer, lane_count: int, prefix: str = "", is_told: bool = True
) -> list[Load]:
    """Delivered loads of two stops and four milestones, spread over the lanes of a card.

    Without milestones where they are to be told yet. `prefix` keeps the numbers of blocks apart.
    """
    side = _side(lane_count)
    ends = [divmod(number * lane_count // count, side) for number in range(count)]
    loads = Load.objects.bulk_create(
        _load(f"{prefix}{number}", number, of) for number in range(count)
    )
    stops = [
        stop
        for load, (origin, destination) in zip(loads, ends, strict=True)
        for stop in (_stop(load, 1, origin), _stop(load, 2, destination))
    ]
    Stop.objects.bulk_create(stops)
    if is_told:
        Milestone.objects.bulk_create(told for stop in stops for told in _clocks(stop))
    return loads


def _side(count: int) -> int:
    return max(int(count**0.5), 1)


def _load(name: str, number: int, of: Customer) -> Load:
    return Load(
        number=f"{of.code}-{name}",
        customer=of,
        status=Load.Status.DELIVERED,
        weight_lb=Decimal(20_000 + number),
        miles=Decimal(200 + number % 1500),
        miles_source="bench",
        picked_up_at=PICKUP + timedelta(hours=2),
        delivered_at=PICKUP + timedelta(hours=27),
        pickup_from=PICKUP,
        source="bench",
        created_at=LONG_AGO,
        changed_at=LONG_AGO,
    )


def _stop(load: Load, sequence: int, area: int) -> Stop:
    came = PICKUP + timedelta(hours=25 * (sequence - 1))
    return Stop(
        load=load,
        customer_id=load.customer_id,
        sequence=sequence,
        kind=Stop.Kind.PICKUP if sequence == 1 else Stop.Kind.DELIVERY,
        name=f"Dock {area}",
        address="1 Dock Rd",
        city=f"Town {area}",
        state="IL",
        postal_code=f"{FIRST_ZIP3 + area}01",
        timezone="America/Chicago",
        appointment_from=came,
        status=Stop.Status.COMPLETED,
        arrived_at=came,
        departed_at=came + timedelta(minutes=55 + load.pk % 60),
    )


def _clocks(stop: Stop) -> Sequence[Milestone]:
    return [
        Milestone(
            load_id=stop.load_id,
            stop=stop,
            stop_sequence=stop.sequence,
            customer_id=stop.customer_id,
            kind=kind,
            occurred_at=when,
            received_at=when,
            source_offset_minutes=0,
            source="eld",
            source_reference=f"{stop.pk}-{kind}",
            fact_key=f"{stop.pk}-{kind}",
            recorded_by=DRAFTER,
        )
        for kind, when in (("ARRIVED", stop.arrived_at), ("DEPARTED", stop.departed_at))
        if when
    ]
