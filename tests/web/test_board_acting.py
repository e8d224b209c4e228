"""What a dispatcher does to a load without leaving the board."""

from datetime import timedelta

import pytest

from dispatch.models import Load, Milestone
from tests.factories import CarrierFactory, DriverFactory
from tests.web import board

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


def test_a_check_call_is_kept_with_place_and_estimate(desk, now) -> None:
    load = board.rolling(now)
    ahead = load.stops.get(sequence=2)
    told = {
        "note": "Rolling, no trouble", "city": "Lafayette", "state": "in", "stop": ahead.pk,
        "eta": "2026-11-20T17:00",
    }  # fmt: skip

    answer = desk().post(f"/loads/{load.number}/call/", told, headers=HTMX)

    assert answer["HX-Trigger"] == "acted"
    call, eta = (Milestone.objects.get(load=load, kind=kind) for kind in ("CHECK_CALL", "ETA"))
    assert (call.city, call.state, call.detail["note"]) == ("Lafayette", "IN", told["note"])
    assert eta.occurred_at.isoformat() == "2026-11-20T22:00:00+00:00"
    assert eta.stop == ahead
    page = desk().get("/board/").content.decode()
    assert "Rolling, no trouble, 0m" in page
    assert "late 16:00" in page


def test_an_empty_check_call_is_refused_and_its_form_comes_back(desk, now) -> None:
    load = board.rolling(now)

    answer = desk().post(f"/loads/{load.number}/call/", {"state": "IN"}, headers=HTMX)

    assert answer.status_code == 422
    assert b'value="IN"' in answer.content
    assert b"<html" not in answer.content
    assert not Milestone.objects.filter(kind="CHECK_CALL").exists()


def test_a_driver_is_assigned_with_carrier_and_truck(desk, now) -> None:
    load, driver = board.planned(now, is_assigned=False), DriverFactory(truck="4417")

    desk().post(f"/loads/{load.number}/assign/", {"driver": driver.pk}, headers=HTMX)

    load.refresh_from_db()
    assert (load.driver, load.carrier, load.truck) == (driver, driver.carrier, "4417")


def test_a_carrier_is_assigned_alone(desk, now) -> None:
    load, carrier = board.planned(now, is_assigned=False), CarrierFactory()

    desk().post(f"/loads/{load.number}/assign/", {"carrier": carrier.pk}, headers=HTMX)

    load.refresh_from_db()
    assert (load.carrier, load.driver) == (carrier, None)


def test_a_driver_of_another_carrier_is_refused_in_words(desk, now) -> None:
    load, driver = board.planned(now, is_assigned=False), DriverFactory()
    told = {"driver": driver.pk, "carrier": CarrierFactory().pk}

    answer = desk().post(f"/loads/{load.number}/assign/", told, headers=HTMX)

    assert answer.status_code == 400
    assert b"does not drive for" in answer.content


def test_nobody_is_not_assigned(desk, now) -> None:
    load = board.planned(now, is_assigned=False)

    assert desk().post(f"/loads/{load.number}/assign/", {}, headers=HTMX).status_code == 422


@pytest.mark.parametrize(
    ("make", "kind", "stop"),
    [
        (board.planned, "DISPATCHED", ""),
        (board.at_stop, "DEPARTED", "1 Pickup, Joliet DC"),
        (board.rolling, "ARRIVED", "2 Delivery, Columbus DC"),
    ],
)
def test_the_form_of_an_event_begins_with_what_happens_next(desk, now, make, kind, stop) -> None:
    load = make(now)

    form = desk().get(f"/loads/{load.number}/event/", headers=HTMX).content.decode()

    assert f'<option value="{kind}" selected>' in form
    assert f"selected>{stop}" in form


def test_an_event_moves_the_load(desk, now) -> None:
    load = board.at_stop(now)
    stop = load.stops.get(sequence=1)
    told = {"kind": "DEPARTED", "stop": stop.pk, "occurred_at": "2026-11-19T14:20"}

    desk().post(f"/loads/{load.number}/event/", told, headers=HTMX)

    load.refresh_from_db()
    assert load.status == Load.Status.IN_TRANSIT
    assert Milestone.objects.get(kind="DEPARTED").occurred_at == now


def test_without_scripts_the_form_is_a_page_and_leads_back_to_the_board(desk, now) -> None:
    load = board.planned(now)
    browser = desk()

    page = browser.get(f"/loads/{load.number}/event/")
    done = browser.post(
        f"/loads/{load.number}/event/", {"kind": "DISPATCHED", "occurred_at": "2026-11-19T14:20"}
    )

    assert b"<html" in page.content
    assert done["Location"] == "/board/"


def test_a_look_at_a_load_shows_stops_names_and_what_can_be_done(desk, now) -> None:
    load = board.detained(now, references=(("PO", "4500870731"),))

    panel = desk().get(f"/loads/{load.number}/peek/", headers=HTMX).content.decode()

    for words in ("4500870731", "Joliet DC", "Detention 1:00", "Check call", "Assign", "Event"):
        assert words in panel
    assert desk().get(f"/loads/{load.number}/peek/")["Location"] == f"/loads/{load.number}/"


def test_a_call_later_than_the_appointment_makes_the_load_late(desk, now) -> None:
    load = board.rolling(now)
    ahead = load.stops.get(sequence=2)
    eta = (now + timedelta(hours=40)).strftime("%Y-%m-%dT%H:%M")

    desk().post(
        f"/loads/{load.number}/call/", {"stop": ahead.pk, "eta": eta, "note": "Jam"}, headers=HTMX
    )

    assert "Late, +" in desk().get("/board/").content.decode()
