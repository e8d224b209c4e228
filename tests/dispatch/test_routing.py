"""Stops: their places, their clocks, and how they keep their rows."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dispatch.models import Load
from dispatch.operations.tracking import add_milestones
from dispatch.queries.refold import loads_that_fold_differently
from tests.dispatch.plans import (
    DELIVERY,
    PICKUP,
    PICKUP_AT,
    SEVEN,
    create,
    events,
    fact,
    hours,
    lay,
    stop,
)
from tests.factories import LocationFactory

pytestmark = pytest.mark.django_db


class TestZones:
    """Every stop keeps a clock: the best that is known."""

    @pytest.mark.parametrize(
        ("told", "zone"),
        [
            ({"timezone": "America/Phoenix", "location_code": "DOCK"}, "America/Phoenix"),
            ({"location_code": "DOCK"}, "America/Indiana/Indianapolis"),
            ({"location_code": "UNKNOWN"}, "America/New_York"),
            ({"state": "IN", "postal_code": "46402"}, "America/Chicago"),
            ({"state": "", "city": "Somewhere"}, "America/Denver"),
        ],
    )
    def test_told_then_location_then_state_then_customer(self, customer, now, told, zone):
        LocationFactory.create(code="DOCK", timezone="America/Indiana/Indianapolis")

        load = create(customer, now, stops=(PICKUP, replace(DELIVERY, **told)))

        assert load.stops.get(sequence=2).timezone == zone

    def test_the_location_fills_what_the_plan_leaves_out(self, customer, now):
        location = LocationFactory.create(code="DOCK", name="Dock 7", city="Peoria", state="IL")
        bare = stop(2, "DELIVERY", name="", city="", state="", location_code="DOCK")

        load = create(customer, now, stops=(PICKUP, bare))

        row = load.stops.get(sequence=2)
        assert (row.location, row.name, row.city) == (location, "Dock 7", "Peoria")
        assert load.destination_city == "Peoria"


class TestStops:
    """Stops keep their rows by sequence."""

    def test_a_stop_that_moves_keeps_its_row_and_its_clock(self, customer, now):
        load = create(customer, now)
        add_milestones(load, facts=[fact("ARRIVED", 0, 1)], source="tms", by="source:tms", at=now)
        row = load.stops.get(sequence=1)

        lay(load, now + hours(1), stops=(replace(PICKUP, city="Romeoville"), DELIVERY))

        moved = load.stops.get(sequence=1)
        assert (moved.pk, moved.city, moved.arrived_at) == (row.pk, "Romeoville", PICKUP_AT)
        assert Load.objects.get(pk=load.pk).origin_city == "Romeoville"

    def test_a_stop_that_falls_away_is_skipped_and_can_come_back(self, customer, now):
        load = create(customer, now, stops=(PICKUP, DELIVERY, stop(3, "STOP_OFF")))

        shorter = lay(load, now + hours(1), stops=(PICKUP, DELIVERY))
        statuses = list(load.stops.order_by("sequence").values_list("status", flat=True))
        longer = lay(load, now + hours(2), stops=(PICKUP, DELIVERY, stop(3, "STOP_OFF")))

        assert statuses == ["PENDING", "PENDING", "SKIPPED"]
        assert (shorter.stop_count, longer.stop_count) == (2, 3)
        assert load.stops.get(sequence=3).status == "PENDING"

    def test_skipping_the_last_stop_delivers_a_load_that_was_delivered_before_it(
        self, customer, now
    ):
        load = create(customer, now, stops=(PICKUP, DELIVERY, stop(3, "STOP_OFF")))
        add_milestones(load, facts=SEVEN, source="tms", by="source:tms", at=now)

        changed = lay(load, now + hours(1), stops=(PICKUP, DELIVERY))

        (event,) = events(load, "load.changed")
        assert changed.status == "DELIVERED"
        assert (event.old["status"], event.new["status"]) == ("IN_TRANSIT", "DELIVERED")
        assert event.new["stops"]["3"] == {"status": "SKIPPED"}
        assert loads_that_fold_differently() == 0

    def test_a_new_appointment_is_told_with_the_old_one(self, customer, now):
        load = create(customer, now)
        later = replace(DELIVERY, appointment_from=PICKUP_AT + timedelta(days=2))

        lay(load, now, stops=(PICKUP, later))

        (event,) = events(load, "load.changed")
        assert event.old["stops"] == {"2": {"appointment_from": "2026-11-19T11:00:00Z"}}
        assert event.new["stops"] == {"2": {"appointment_from": "2026-11-20T13:00:00Z"}}
        assert event.new["delivery_from"] == "2026-11-20T13:00:00Z"
