"""Make loads and change what they shall be.

A load's plan is kept as it was told and laid out anew at each change, in the order in which the
plans were made, so changes that come late or in the wrong order end in the same load. The columns
that a plan speaks of are written here and nowhere else; carrier, driver and truck are ours to
choose, and a plan only suggests a carrier while there is none.
"""

import re
from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import msgspec
from django.db import IntegrityError, connection, transaction

from accounts.models import Customer
from dispatch.events import (
    LOAD_CHANGED,
    LOAD_CREATED,
    UNTOLD,
    LoadFacts,
    MilestoneFacts,
    Purpose,
)
from dispatch.fold import Kind
from dispatch.models import Carrier, Driver, Load, Plan, Reference, Stop
from dispatch.models.reference import reference_key
from dispatch.operations.itemizing import check_freight, lay_items
from dispatch.operations.routing import (
    Columns,
    PlanError,
    check_amounts,
    check_stops,
    check_texts,
    lay_stops,
    resolve_stops,
    summary_of,
)
from dispatch.operations.tracking import (
    Changes,
    add_milestones,
    assign,
    lock_loads,
    refold_load,
)
from dispatch.operations.watching import watch_loads
from dispatch.queries.plans import read_plan
from journal.operations.correlating import current_correlation
from journal.operations.recording import assert_in_transaction, record

AGREED = (
    "shipment_type", "equipment", "trailer", "commodity", "weight_lb", "pieces", "piece_unit",
    "cubic_feet", "linear_feet", "miles", "miles_source", "quoted_amount", "currency", "respond_by",
)  # fmt: skip
AMOUNTS = ("weight_lb", "pieces", "cubic_feet", "linear_feet", "miles", "quoted_amount")
TEXTS = ("trailer", "commodity", "piece_unit", "miles_source")
CHOICES = {"shipment_type": Load.ShipmentType.values, "equipment": Load.Equipment.values}
LONGEST_REFERENCE = 60


class LoadExists(Exception):
    """Another load of the customer has the sender's number of this one."""

    status = 409
    code = "load_exists"


@dataclass(frozen=True, slots=True)
class _Told:
    """A plan, and who told it when."""

    facts: LoadFacts
    by: str
    at: datetime
    source: str
    reference: str
    planned_at: datetime


def create_load(
    facts: LoadFacts,
    *,
    customer: Customer,
    by: str,
    at: datetime,
    source: str,
    source_reference: str = "",
    planned_at: datetime | None = None,
    tendered_at: datetime | None = None,
) -> Load:
    """Make a load with the next number, its references and stops; records `load.created`.

    `planned_at` is when the plan was made, by default `at`. With `tendered_at` the load came as a
    tender and has that milestone.

    Raises:
        PlanError: the plan makes no sense.
        LoadExists: its SHIPMENT_ID names a load of the customer already; nothing was written.
    """
    assert_in_transaction()
    check_plan(facts)
    with _one_load_per_shipment_id():
        stops = resolve_stops(facts.stops, fallback_zone=customer.timezone)
        load = Load(
            number=_next_number(), customer=customer, source=source, created_at=at, changed_at=at,
            currency=customer.currency,
        )  # fmt: skip
        _, agreed = assign(load, {**_agreed(facts, load), **summary_of(stops)})
        load.save(force_insert=True)
        told = _Told(facts, by, at, source, source_reference, planned_at or at)
        _plan_row(load, told).save(force_insert=True)
        references = _add_references(load, facts.references)
        lay_stops(load, stops, rows=())
        if facts.items:
            lay_items(load, facts.items)
        record(
            LOAD_CREATED, subject=load, by=by, at=at,
            new={"number": load.number, "status": load.status, **_readable(agreed)},
            payload={"source": source, "references": references, "stops": len(stops)},
        )  # fmt: skip
        if tendered_at is None:
            watch_loads([load.pk])
            return load
        tendered = MilestoneFacts(
            kind=Kind.TENDERED, occurred_at=tendered_at, source_reference=source_reference
        )
        return add_milestones(load, facts=[tendered], source=source, by=by, at=at).load


def change_load(
    load: Load,
    *,
    facts: LoadFacts,
    by: str,
    at: datetime,
    source: str,
    source_reference: str = "",
    planned_at: datetime | None = None,
    reason: str = "",
) -> Load:
    """Lay a change over the plan of `load` and return the load as it stands now.

    None and empty mean "as before"; stops, when told, are all of them, matched by sequence. A
    plan older than another changes only what the other says nothing about. Records `load.changed`
    with the old and the new values, if anything changed. The same plan told twice is one.

    Raises:
        PlanError: the plan makes no sense.
        LoadExists: it gives the load a SHIPMENT_ID that another load of the customer has.
    """
    assert_in_transaction()
    check_plan(facts)
    with _one_load_per_shipment_id():
        load = lock_loads([load.pk])[load.pk]
        row = _plan_row(load, _Told(facts, by, at, source, source_reference, planned_at or at))
        if Plan.objects.filter(load=load, plan_key=row.plan_key).exists():
            return load
        row.save(force_insert=True)
        old, new = _lay_plan(load, read_plan(load), at=at)
        if new:
            payload = {"fields": sorted(new), "source": source}
            record(LOAD_CHANGED, subject=load, by=by, at=at, reason=reason, old=old, new=new,
                   payload=payload)  # fmt: skip
    return load


def assign_carrier(
    load: Load,
    *,
    carrier: Carrier,
    by: str,
    at: datetime,
    driver: Driver | None = None,
    truck: str = "",
) -> Load:
    """Say who drives; the truck is the driver's usual one unless given. Records `load.changed`.

    Raises:
        PlanError: the driver works for another carrier.
    """
    assert_in_transaction()
    if driver and driver.carrier_id != carrier.pk:
        raise PlanError(
            "driver_of_another_carrier", f"{driver} does not drive for {carrier}.", field="driver"
        )
    load = lock_loads([load.pk])[load.pk]
    truck = truck or (driver.truck if driver else "")
    old, new = assign(load, {"carrier": carrier, "driver": driver, "truck": truck})
    if new:
        load.changed_at = at
        load.save(update_fields=[*new, "changed_at"])
        watch_loads([load.pk])
        record(LOAD_CHANGED, subject=load, by=by, at=at, old=_readable(old), new=_readable(new),
               payload={"fields": sorted(new)})  # fmt: skip
    return load


def check_plan(facts: LoadFacts) -> None:
    """Raise `PlanError` at the first thing in a plan that makes no sense."""
    if facts.purpose == Purpose.CANCEL:
        raise PlanError("not_a_plan", "A cancellation is a milestone, not a plan.", field="purpose")
    for name, choices in CHOICES.items():
        if (value := getattr(facts, name)) and value not in choices:
            raise PlanError("invalid_choice", f"{value!r} is not one of {', '.join(choices)}.",
                            field=name)  # fmt: skip
    check_amounts(facts, AMOUNTS, prefix="")
    check_texts(facts, Load, TEXTS, prefix="")
    if facts.currency and not re.fullmatch("[A-Z]{3}", facts.currency):
        raise PlanError("invalid_currency", "A currency is three capital letters, such as USD.",
                        field="currency")  # fmt: skip
    _check_references(facts.references)
    check_stops(facts.stops)
    check_freight(facts)


def _check_references(references: Iterable[tuple[str, str]]) -> None:
    for place, (kind, value) in enumerate(references):
        if kind not in Reference.Kind.values:
            raise PlanError("unknown_reference_kind", f"{kind!r} is not a kind of reference.",
                            field=f"references.{place}.kind")  # fmt: skip
        if not reference_key(value) or len(value) > LONGEST_REFERENCE:
            raise PlanError(
                "invalid_reference",
                f"A reference is a number or name of at most {LONGEST_REFERENCE} characters.",
                field=f"references.{place}.value",
            )


@contextmanager
def _one_load_per_shipment_id() -> Iterator[None]:
    """Undo everything inside when the database finds a second load of the same name."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        cause = getattr(error.__cause__, "diag", None)
        if cause is None or cause.constraint_name != "reference_names_one_load":
            raise
        raise LoadExists("The customer has a load with this shipment id already.") from error


def _next_number() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('dispatch_load_number')")
        return str(cursor.fetchone()[0])


def _agreed(facts: LoadFacts, load: Load) -> Columns:
    """Return the columns that a plan tells."""
    told: Columns = {
        name: value for name in AGREED if (value := getattr(facts, name)) not in UNTOLD
    }
    if "miles" in told and not (facts.miles_source or load.miles_source):
        told["miles_source"] = "as tendered"
    if facts.carrier_scac and load.carrier_id is None:
        told["carrier"] = Carrier.objects.filter(scac=facts.carrier_scac).first()
    return told


def _plan_row(load: Load, told: _Told) -> Plan:
    facts = msgspec.to_builtins(told.facts)
    name = (told.source, told.reference, told.planned_at.astimezone(UTC), facts)
    return Plan(
        load=load,
        customer_id=load.customer_id,
        facts=facts,
        planned_at=told.planned_at,
        received_at=told.at,
        source=told.source,
        source_reference=told.reference,
        plan_key=sha256(msgspec.json.encode(name, order="sorted")).hexdigest(),
        recorded_by=told.by,
        correlation_id=current_correlation(),
    )


def _add_references(
    load: Load, told: Iterable[tuple[str, str]], *, known: Container[tuple[str, str]] = ()
) -> list[str]:
    """Add the references that are not known; return those as text."""
    rows = {
        (kind, reference_key(value)): Reference(
            load=load,
            customer_id=load.customer_id,
            kind=kind,
            value=value,
            value_key=reference_key(value),
        )
        for kind, value in told
    }
    new = [row for key, row in rows.items() if key not in known]
    Reference.objects.bulk_create(new)
    return [str(row) for row in new]


def _lay_plan(load: Load, plan: LoadFacts, *, at: datetime) -> Changes:
    """Write what a locked load shall be; return everything that changed by it."""
    stops = resolve_stops(plan.stops, fallback_zone=load.customer.timezone)
    old, new = map(_readable, assign(load, {**_agreed(plan, load), **summary_of(stops)}))
    columns = list(new)
    known = set(Reference.objects.filter(load=load).values_list("kind", "value_key"))
    if references := _add_references(load, plan.references, known=known):
        new["references"] = references
    rows = Stop.objects.filter(load=load).order_by("sequence") if stops else ()
    if stops and (laid := lay_stops(load, stops, rows=rows)):
        old["stops"] = {sequence: before for sequence, (before, _) in laid.items()}
        new["stops"] = {sequence: after for sequence, (_, after) in laid.items()}
    if plan.items and (laid_items := lay_items(load, plan.items)):
        old["items"], new["items"] = laid_items
    if new:
        load.changed_at = at
        load.save(update_fields=[*columns, "changed_at"])
    if "stops" in new:
        before, after = refold_load(load, at=at)
        old, new = before | old, after | new
    elif new:
        watch_loads([load.pk])
    return old, new


def _readable(values: dict[str, Any]) -> dict[str, Any]:
    """Return changed columns as the journal keeps them: rows by what they are called."""
    return {
        name: str(value) if isinstance(value, Carrier | Driver) else value
        for name, value in values.items()
    }
