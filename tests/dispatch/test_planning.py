"""Plans on their way into loads."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from itertools import permutations
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction

from dispatch.events import Purpose
from dispatch.models import Load, LoadItem, Milestone, Plan, Reference, Stop
from dispatch.operations.planning import LoadExists, assign_carrier, change_load, create_load
from dispatch.operations.routing import PlanError
from dispatch.queries.refold import loads_that_fold_differently
from journal.models import Event
from tests.dispatch.plans import (
    DELIVERY,
    PALLET,
    PICKUP,
    PICKUP_AT,
    change,
    create,
    events,
    hours,
    lay,
    plan,
    stop,
)
from tests.factories import CarrierFactory, CustomerFactory, DriverFactory, LoadFactory

pytestmark = pytest.mark.django_db


def agreed(load: Load) -> tuple[object, ...]:
    """Everything that plans write."""
    own = Load.objects.filter(pk=load.pk).values_list(
        "commodity", "weight_lb", "miles", "trailer", "origin_city", "destination_city",
        "delivery_from", "stop_count", "status",
    ).get()  # fmt: skip
    stops = load.stops.order_by("sequence").values_list("sequence", "kind", "city", "status")
    references = load.references.order_by("kind", "value_key").values_list("kind", "value")
    return (*own, *stops, *references)


class TestCreating:
    """A plan becomes a load."""

    def test_a_load_has_what_was_agreed_and_a_summary_of_its_stops(self, customer, now):
        load = create(customer, now)

        load.refresh_from_db()
        assert (load.status, load.equipment, load.shipment_type) == (
            "PLANNED", "REEFER53", "TRUCKLOAD",
        )  # fmt: skip
        assert (load.weight_lb, load.miles, load.quoted_amount) == (
            Decimal(38420), Decimal(377), Decimal("1445.76"),
        )  # fmt: skip
        assert (load.origin_city, load.destination_state, load.stop_count) == ("Joliet", "OH", 2)
        assert (load.pickup_from, load.delivery_from) == (PICKUP_AT, PICKUP_AT + hours(22))
        assert (load.currency, load.source) == ("CAD", "tms")

    def test_numbers_rise_and_never_come_twice(self, customer, now):
        numbers = [create(customer, now, references=()).number for _ in range(3)]

        assert numbers == sorted(set(numbers))

    def test_references_are_kept_with_the_key_they_are_found_by(self, customer, now):
        load = create(customer, now, references=(("BOL", "pf-2291 847"), ("PO", "45/1")))

        assert set(load.references.values_list("kind", "value", "value_key")) == {
            ("BOL", "pf-2291 847", "PF2291847"),
            ("PO", "45/1", "451"),
        }

    def test_one_event_tells_of_the_load(self, customer, now):
        load = create(customer, now)

        (event,) = events(load, "load.created")
        assert event.new["number"] == load.number
        assert event.new["miles"] == "377"
        assert event.payload["references"] == ["Shipment S-104882", "BOL PF-2291847"]
        assert (event.actor, event.customer_id) == ("source:tms", customer.pk)

    def test_a_load_that_came_as_a_tender_is_tendered(self, customer, now):
        load = create_load(
            plan(), customer=customer, by="source:tms", at=now, source="tms",
            source_reference="evt-1", tendered_at=now - hours(1),
        )  # fmt: skip

        assert load.status == "TENDERED"
        assert Milestone.objects.get(load=load).occurred_at == now - hours(1)

    def test_the_carrier_that_the_tender_names_is_suggested(self, customer, now):
        carrier = CarrierFactory.create(scac="CDRF")

        assert create(customer, now, carrier_scac="CDRF").carrier == carrier
        assert create(customer, now, references=(), carrier_scac="NONE").carrier is None

    def test_miles_without_a_source_say_that_they_were_tendered(self, customer, now):
        assert create(customer, now, miles_source="").miles_source == "as tendered"


class TestNonsense:
    """What makes no sense is refused by name, and nothing is written."""

    @pytest.mark.parametrize(
        ("fields", "code", "field"),
        [
            ({"equipment": "SPACESHIP"}, "invalid_choice", "equipment"),
            ({"weight_lb": Decimal(-1)}, "negative", "weight_lb"),
            ({"weight_lb": Decimal(10**8)}, "too_large", "weight_lb"),
            ({"miles": Decimal("1.005")}, "too_many_decimals", "miles"),
            ({"pieces": -1}, "negative", "pieces"),
            ({"currency": "US$"}, "invalid_currency", "currency"),
            ({"commodity": "x" * 121}, "too_long", "commodity"),
            ({"purpose": Purpose.CANCEL}, "not_a_plan", "purpose"),
            ({"references": (("NICKNAME", "x"),)}, "unknown_reference_kind", "references.0.kind"),
            ({"references": (("PO", "--"),)}, "invalid_reference", "references.0.value"),
            ({"references": (("PO", "9" * 61),)}, "invalid_reference", "references.0.value"),
            ({"stops": (PICKUP, PICKUP)}, "stop_sequence", "stops.1.sequence"),
            ({"stops": (replace(PICKUP, sequence=0),)}, "stop_sequence", "stops.0.sequence"),
            ({"stops": (replace(PICKUP, kind="NAP"),)}, "unknown_stop_kind", "stops.0.kind"),
            ({"linear_feet": Decimal(-1)}, "negative", "linear_feet"),
            ({"linear_feet": Decimal(10000)}, "too_large", "linear_feet"),
            ({"items": (replace(PALLET, weight_lb=Decimal(-1)),)}, "negative", "items.0.weight_lb"),
            ({"items": (PALLET, replace(PALLET, pieces=0))}, "not_positive", "items.1.pieces"),
            (
                {"items": (replace(PALLET, height_in=Decimal(0)),)},
                "not_positive",
                "items.0.height_in",
            ),
            (
                {"items": (replace(PALLET, width_in=Decimal(1001)),)},
                "too_large",
                "items.0.width_in",
            ),
            (
                {"items": (replace(PALLET, freight_class="seventy-five"),)},
                "too_long",
                "items.0.freight_class",
            ),
            ({"items": (PALLET,) * 501}, "too_many", "items"),
            (
                {"stops": (replace(PICKUP, timezone="Central"),)},
                "unknown_timezone",
                "stops.0.timezone",
            ),
            ({"stops": (replace(PICKUP, city="x" * 81),)}, "too_long", "stops.0.city"),
            ({"stops": (replace(PICKUP, pieces=-2),)}, "negative", "stops.0.pieces"),
            (
                {"stops": (replace(PICKUP, appointment_from=datetime(2026, 3, 1)),)},
                "time_without_zone",
                "stops.0.appointment_from",
            ),
            (
                {"stops": (replace(PICKUP, appointment_to=PICKUP_AT - hours(1)),)},
                "window_reversed",
                "stops.0.appointment_to",
            ),
        ],
    )
    def test_it_is_refused(self, customer, now, fields, code, field):
        with pytest.raises(PlanError) as refusal:
            create(customer, now, **fields)

        assert (refusal.value.code, refusal.value.field) == (code, field)
        assert not Load.objects.exists()


class TestOneLoadPerShipment:
    """The sender's number names one load of the customer."""

    def test_a_second_load_of_the_same_number_leaves_nothing_behind(self, customer, now):
        create(customer, now)

        with pytest.raises(LoadExists):
            create(customer, now, references=(("SHIPMENT_ID", "s 104882"),))

        assert (Load.objects.count(), Plan.objects.count(), Stop.objects.count()) == (1, 1, 2)
        assert Event.objects.filter(name="load.created").count() == 1

    def test_another_customer_may_use_the_same_number(self, customer, now):
        create(customer, now)

        create(CustomerFactory.create(), now)

        assert Load.objects.count() == 2

    def test_a_change_cannot_take_the_number_of_another_load(self, customer, now):
        create(customer, now)
        other = create(customer, now, references=())

        with pytest.raises(LoadExists):
            lay(other, now, references=(("SHIPMENT_ID", "S-104882"),), commodity="Apples")

        other.refresh_from_db()
        assert other.commodity == "Chilled dairy"

    @pytest.mark.django_db(transaction=True)
    def test_two_tenders_at_once_make_one_load(self, now):
        with transaction.atomic():
            customer = CustomerFactory.create()
        start = Barrier(4)

        def work() -> str:
            try:
                start.wait(timeout=10)
                with transaction.atomic():
                    return create(customer, now).number
            except LoadExists:
                return "exists"
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as pool:
            ends = [job.result(timeout=60) for job in [pool.submit(work) for _ in range(4)]]

        assert sorted(ends)[1:] == ["exists"] * 3
        assert Load.objects.count() == 1


class TestChanging:
    """A change says what changes, and only that changes."""

    def test_what_a_change_does_not_tell_stays(self, customer, now):
        load = create(customer, now)
        before = agreed(load)

        changed = lay(load, now + hours(1), weight_lb=Decimal(40000))

        assert agreed(load) == (before[0], Decimal(40000), *before[2:])
        assert changed.changed_at == now + hours(1)

    def test_the_event_says_old_and_new(self, customer, now):
        load = create(customer, now)

        lay(load, now, weight_lb=Decimal(40000), references=(("PO", "4500871263"),))

        (event,) = events(load, "load.changed")
        assert event.old == {"weight_lb": "38420.00"}
        assert event.new == {"weight_lb": "40000", "references": ["PO 4500871263"]}
        assert event.payload["fields"] == ["references", "weight_lb"]

    def test_a_change_that_changes_nothing_is_kept_and_not_told(self, customer, now):
        load = create(customer, now)

        lay(load, now + hours(1), weight_lb=Decimal("38420.0"), equipment="REEFER53")

        assert Plan.objects.filter(load=load).count() == 2
        assert events(load, "load.changed") == []
        assert Load.objects.get(pk=load.pk).changed_at == now

    def test_the_same_change_told_twice_is_one(self, customer, now):
        load = create(customer, now)

        lay(load, now, trailer="R5308")
        lay(load, now, trailer="R5308")

        assert Plan.objects.filter(load=load).count() == 2
        assert len(events(load, "load.changed")) == 1

    def test_an_older_change_that_comes_late_spoils_nothing(self, customer, now):
        load = create(customer, now)
        lay(load, now, planned=2, trailer="NEW")

        lay(load, now, planned=1, trailer="OLD", commodity="Ice")

        load.refresh_from_db()
        assert (load.trailer, load.commodity) == ("NEW", "Ice")

    @pytest.mark.parametrize("order", [(1, 2), (2, 1)])
    def test_of_two_changes_of_the_same_minute_the_higher_reference_counts(
        self, customer, now, order
    ):
        load = create(customer, now)

        for number in order:
            change_load(
                load, facts=change(trailer=f"R{number}"), by="source:edi", at=now, source="edi",
                source_reference=f"00000000{number}", planned_at=now,
            )  # fmt: skip

        assert Load.objects.get(pk=load.pk).trailer == "R2"

    def test_all_orders_of_four_changes_end_in_the_same_load(self, customer, now):
        changes: list[dict[str, Any]] = [
            {"planned": 1, "trailer": "R1", "weight_lb": Decimal(1)},
            {"planned": 2, "stops": (PICKUP, stop(2, "STOP_OFF"), replace(DELIVERY, sequence=3))},
            {"planned": 3, "trailer": "R3", "references": (("PO", "1"),)},
            {"planned": 4, "stops": (PICKUP, replace(DELIVERY, city="Dayton"))},
        ]
        ends = set()

        for number, order in enumerate(permutations(changes)):
            load = create(customer, now, references=(("PRO", str(number)),))
            for told in order:
                lay(load, now, **told)
            Reference.objects.filter(load=load, kind="PRO").delete()
            # A stop that some plan once had may stay behind as skipped.
            stops = [row for row in agreed(load) if row != (3, "DELIVERY", "Columbus", "SKIPPED")]
            ends.add(tuple(stops))

        assert len(ends) == 1
        assert loads_that_fold_differently() == 0

    def test_a_load_that_was_not_made_from_a_plan_keeps_what_it_has(self, now):
        load = LoadFactory.create(commodity="Ice", miles=Decimal(12))

        lay(load, now, trailer="R1")

        load.refresh_from_db()
        assert (load.commodity, load.miles, load.trailer) == ("Ice", Decimal(12), "R1")


class TestAssigning:
    """Who drives is ours to say."""

    def test_carrier_driver_and_truck_are_written_and_told(self, customer, now):
        load = create(customer, now)
        driver = DriverFactory.create(name="Marcus Okafor", truck="4417")

        assign_carrier(load, carrier=driver.carrier, driver=driver, by="user:7", at=now + hours(1))

        load.refresh_from_db()
        assert (load.carrier, load.driver, load.truck) == (driver.carrier, driver, "4417")
        (event,) = events(load, "load.changed")
        assert (event.actor, event.new["driver"], event.old["driver"]) == (
            "user:7", "Marcus Okafor", None,
        )  # fmt: skip

    def test_assigning_the_same_again_tells_nothing(self, customer, now):
        load = create(customer, now)
        driver = DriverFactory.create()

        for _ in range(2):
            assign_carrier(load, carrier=driver.carrier, driver=driver, by="user:7", at=now)

        assert len(events(load, "load.changed")) == 1

    def test_a_driver_of_another_carrier_is_refused(self, customer, now):
        load = create(customer, now)

        with pytest.raises(PlanError, match="does not drive for"):
            assign_carrier(
                load, carrier=CarrierFactory.create(), driver=DriverFactory.create(),
                by="user:7", at=now,
            )  # fmt: skip

    def test_a_later_plan_does_not_take_the_load_from_its_carrier(self, customer, now):
        load = create(customer, now)
        CarrierFactory.create(scac="CDRF")
        driver = DriverFactory.create()
        assign_carrier(load, carrier=driver.carrier, driver=driver, by="user:7", at=now)

        lay(load, now, carrier_scac="CDRF", trailer="R1")

        load.refresh_from_db()
        assert (load.carrier, load.trailer) == (driver.carrier, "R1")


class TestItems:
    """What a load carries is listed line by line, and a new list replaces the old one."""

    def test_each_item_is_a_line_of_the_load(self, customer, now):
        second = replace(PALLET, freight_class="", weight_lb=Decimal(90), is_stackable=False)
        load = create(customer, now, items=(PALLET, second))

        told = LoadItem.objects.filter(load=load).order_by("line")
        assert [(item.line, item.freight_class, item.weight_lb) for item in told] == [
            (1, "100", Decimal(450)), (2, "", Decimal(90)),
        ]  # fmt: skip
        assert [item.customer_id for item in told] == [customer.pk] * 2
        assert [item.is_stackable for item in told] == [True, False]

    def test_a_new_list_replaces_the_old_one_and_the_event_says_both(self, customer, now):
        load = create(customer, now, items=(PALLET, PALLET))

        lay(load, now, items=(replace(PALLET, freight_class="70"),))

        (event,) = events(load, "load.changed")
        assert [item["freight_class"] for item in event.old["items"]] == ["100", "100"]
        assert [item["freight_class"] for item in event.new["items"]] == ["70"]
        assert [item.line for item in load.items.all()] == [1]

    def test_a_change_that_tells_no_items_keeps_them(self, customer, now):
        load = create(customer, now, items=(PALLET,))

        lay(load, now, weight_lb=Decimal(460))
        lay(load, now, items=(PALLET,), weight_lb=Decimal(460), planned=1)

        assert load.items.count() == 1
        assert len(events(load, "load.changed")) == 1
