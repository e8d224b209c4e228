"""Staff tell what happened on the clock of the place where it did."""

from datetime import UTC, datetime

import pytest

from dispatch.models import Load, Milestone
from tests.factories import LoadFactory, StopFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def road(db) -> Load:
    """A load on its way, Joliet to Columbus."""
    load = LoadFactory(number="104882", status=Load.Status.DISPATCHED)
    StopFactory(load=load, sequence=1)
    StopFactory(load=load, sequence=2, kind="DELIVERY", timezone="America/New_York")
    return load


def told(browser, load: Load, **fields):
    return browser.post(f"/loads/{load.number}/events/", fields)


def test_an_event_is_read_on_the_clock_of_its_stop(desk, road) -> None:
    last = road.stops.get(sequence=2)

    answer = told(desk(), road, kind="ARRIVED", stop=last.pk, occurred_at="2026-11-19T09:40")

    event = Milestone.objects.get(load=road)
    assert answer.status_code == 302
    assert event.occurred_at == datetime(2026, 11, 19, 14, 40, tzinfo=UTC)
    assert (event.stop, event.source, event.source_offset_minutes) == (last, "desk", -300)


def test_an_event_without_a_stop_is_read_on_the_persons_own_clock(desk, road) -> None:
    told(desk(), road, kind="CHECK_CALL", occurred_at="2026-11-19T09:40", note="On time")

    event = Milestone.objects.get(load=road)
    assert event.occurred_at == datetime(2026, 11, 19, 15, 40, tzinfo=UTC)
    assert event.detail["note"] == "On time"


def test_an_event_moves_the_load(desk, road) -> None:
    first = road.stops.get(sequence=1)

    told(desk(), road, kind="ARRIVED", stop=first.pk, occurred_at="2026-11-18T07:00")

    road.refresh_from_db()
    assert road.status == Load.Status.AT_PICKUP


def test_the_same_event_told_twice_is_one(desk, road) -> None:
    browser, first = desk(), road.stops.get(sequence=1)
    fields = {"kind": "ARRIVED", "stop": first.pk, "occurred_at": "2026-11-18T07:00"}

    answers = [told(browser, road, **fields).status_code for _ in range(2)]

    assert answers == [302, 302]
    assert Milestone.objects.filter(load=road).count() == 1
    page = browser.get("/loads/104882/").content.decode()
    assert "was on load 104882 already; nothing was added" in page


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"kind": "ARRIVED", "occurred_at": "2026-11-18T07:00"}, "Say at which stop."),
        ({"kind": "CANCELLED", "occurred_at": "2026-11-18T07:00"}, "Say why"),
        ({"kind": "CHECK_CALL", "occurred_at": "soon"}, "Enter a valid date/time."),
        ({"kind": "TELEPORTED", "occurred_at": "2026-11-18T07:00"}, "Select a valid choice"),
        ({"kind": "CHECK_CALL", "occurred_at": "2026-03-08T02:30"}, "this time never was"),
        ({"kind": "CHECK_CALL", "occurred_at": "2026-11-01T01:30"}, "this time came twice"),
    ],
)
def test_what_cannot_be_kept_is_said_and_the_form_keeps_its_input(
    desk, road, fields: dict[str, str], words: str
) -> None:
    answer = told(desk(), road, note="", **fields)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert f'value="{fields["occurred_at"]}"' in page
    assert not Milestone.objects.exists()


@pytest.mark.parametrize(("which", "hour"), [("0", 6), ("1", 7)])
def test_of_a_time_that_came_twice_the_person_says_which(desk, road, which: str, hour: int) -> None:
    told(desk(), road, kind="CHECK_CALL", occurred_at="2026-11-01T01:30", which=which)

    assert Milestone.objects.get().occurred_at == datetime(2026, 11, 1, hour, 30, tzinfo=UTC)


def test_the_log_says_who_told_and_how_late(desk, road) -> None:
    first = road.stops.get(sequence=1)
    browser = desk()
    told(browser, road, kind="ARRIVED", stop=first.pk, occurred_at="2026-11-18T07:00")

    page = browser.get("/loads/104882/").content.decode()

    assert "Arrived stop 1" in page
    assert "Desk, told 31h 20m later" in page
    assert "Wed 07:00 CT" in page


def test_a_person_types_a_layover_of_two_nights(desk, road) -> None:
    last = road.stops.get(sequence=2)
    browser = desk()

    told(
        browser, road, kind="SERVICE", stop=last.pk, occurred_at="2026-11-19T09:40",
        service="LAYOVER", quantity="2", authority="K. Moss",
    )  # fmt: skip

    event = Milestone.objects.get(load=road)
    assert (event.kind, event.stop) == ("SERVICE", last)
    assert event.detail == {"service": "LAYOVER", "quantity": "2", "authorised_by": "K. Moss"}
    page = browser.get("/loads/104882/").content.decode()
    assert "Service done stop 2: Layover, 2 night" in page


@pytest.mark.parametrize(
    ("fields", "detail"),
    [
        (
            {"kind": "REWEIGHED", "quantity": "42100.5", "authority": "W-77"},
            {"weight_lb": "42100.5", "certificate": "W-77"},
        ),
        ({"kind": "RECLASSED", "freight_class": "92.5"}, {"freight_class": "92.5"}),
        (
            {"kind": "PAUSED", "reason": "MEAL", "quantity": "45"},
            {"reason": "MEAL", "minutes": "45"},
        ),
    ],
)
def test_a_scale_a_class_and_a_pause_are_told_with_what_they_came_to(
    desk, road, fields: dict[str, str], detail: dict[str, str]
) -> None:
    told(desk(), road, stop=road.stops.get(sequence=2).pk, occurred_at="2026-11-19T09:40", **fields)

    assert Milestone.objects.get(load=road).detail == detail


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"kind": "SERVICE"}, "Say which service."),
        ({"kind": "SERVICE", "service": "LAYOVER", "quantity": "many"}, "Enter a number."),
        ({"kind": "SERVICE", "service": "LAYOVER", "quantity": "0"}, "plain number above 0"),
        ({"kind": "REWEIGHED"}, "what the scale showed"),
        ({"kind": "RECLASSED", "freight_class": "light"}, "A reclass tells a freight class"),
        ({"kind": "PAUSED", "reason": "MEAL", "quantity": "1.5"}, "A pause lasts whole minutes"),
        ({"kind": "PAUSED"}, "Say why the time is not counted."),
    ],
)
def test_what_a_charge_would_rest_on_is_asked_for(
    desk, road, fields: dict[str, str], words: str
) -> None:
    stop = road.stops.get(sequence=2).pk
    answer = told(desk(), road, stop=stop, occurred_at="2026-11-19T09:40", **fields)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Milestone.objects.exists()


@pytest.mark.parametrize("year", ["9999", "0001"])
def test_a_slip_of_the_year_is_asked_for_again(desk, road, year: str) -> None:
    answer = told(desk(), road, kind="ARRIVED", occurred_at=f"{year}-12-31T23:59")

    assert answer.status_code == 422
    assert not Milestone.objects.exists()
