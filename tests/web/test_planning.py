"""A load is planned and changed on one page, by what is typed."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction

from accounts.rules import Role
from dispatch.models import Load, Milestone
from dispatch.operations.tracking import refold_load
from tests.factories import CustomerFactory, LocationFactory
from tests.web import board

pytestmark = pytest.mark.django_db


def lines(*stops: dict[str, str], **load: str) -> dict[str, str]:
    """Return what a browser sends for these stops and this load."""
    told = {"stops-TOTAL_FORMS": str(len(stops)), "stops-INITIAL_FORMS": str(len(stops)),
            "equipment": "VAN53"}  # fmt: skip
    for n, stop in enumerate(stops):
        plain = {"sequence": str(n + 1), "kind": "PICKUP" if n == 0 else "DELIVERY"}
        told |= {f"stops-{n}-{name}": value for name, value in (plain | stop).items()}
    return told | load


JOLIET = {"where": "Joliet IL 60436", "when": "tomorrow 7-9", "name": "Prairie Foods DC 12"}
COLUMBUS = {"where": "Columbus, OH", "when": "sat 10"}


@pytest.fixture
def prairie(db: None) -> Any:
    return CustomerFactory(name="Prairie Foods Co.", code="PRFD-0042")


@pytest.mark.parametrize(
    "named", ["PRFD-0042", "prairie", "Prairie Foods Co.", "Prairie Foods Co., PRFD-0042", "prfd"]
)
def test_a_load_is_planned_from_what_is_typed(desk, prairie, now, named: str) -> None:
    CustomerFactory(name="Vantage Steel", code="VANT-1")
    told = lines(JOLIET, COLUMBUS, customer=named, po="4500870731", weight_lb="38420",
                 miles="377", commodity="Chilled dairy")  # fmt: skip

    answer = desk().post("/loads/new/", told)

    load = Load.objects.get()
    first, last = load.stops.order_by("sequence")
    assert answer["Location"] == f"/board/#row-{load.pk}"
    assert (load.customer, load.status, load.miles_source) == (
        prairie, "PLANNED", "typed by the desk",
    )  # fmt: skip
    assert load.references.get(kind="PO").value == "4500870731"
    assert first.appointment_from == datetime.fromisoformat("2026-11-20T07:00-06:00")
    assert first.appointment_to == datetime.fromisoformat("2026-11-20T09:00-06:00")
    assert (last.timezone, last.appointment_from) == (
        "America/New_York", datetime.fromisoformat("2026-11-21T10:00-05:00"),
    )  # fmt: skip
    assert load.watch.phase == "BEFORE"


def test_a_location_is_named_by_its_code(desk, prairie) -> None:
    dock = LocationFactory(code="JOL12", name="Prairie DC 12", address="3201 Channahon Rd")
    told = lines({"where": "jol12", "when": "fri 7"}, COLUMBUS, customer="PRFD-0042")

    desk().post("/loads/new/", told)

    stop = Load.objects.get().stops.get(sequence=1)
    assert (stop.location, stop.name, stop.address) == (dock, dock.name, dock.address)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"customer": "nobody"}, "No customer is called so."),
        ({"stops-0-where": "Joliet"}, "Type a town with its state"),
        ({"stops-0-when": "soon"}, "Type the hours too"),
        ({"stops-1-where": "", "stops-1-when": ""}, "A load has at least two stops."),
        ({"stops-1-where": ""}, "Say where, such as Joliet IL 60436."),
        ({"stops-1-sequence": "1"}, "Two stops have the same number."),
        ({"weight_lb": "-1"}, "greater than or equal to 0"),
        ({"po": "#"}, "A reference is a number or name"),
    ],
)
def test_an_error_names_the_fix_and_keeps_every_word(desk, prairie, changed, words) -> None:
    told = lines(JOLIET, COLUMBUS, customer="PRFD-0042", commodity="Chilled dairy") | changed

    answer = desk().post("/loads/new/", told)

    page = answer.content.decode()
    assert answer.status_code in (400, 422)
    assert words in page.replace("&#x27;", "'")
    for value in ("Chilled dairy", "Prairie Foods DC 12"):
        assert f'value="{value}"' in page
    assert not Load.objects.exists()


def test_a_line_is_added_and_nothing_that_was_typed_is_lost(desk, prairie) -> None:
    told = lines(JOLIET, COLUMBUS, customer="PRFD-0042", po="77", add_stop="1")

    page = desk().post("/loads/new/", told).content.decode()

    assert 'name="stops-TOTAL_FORMS" value="3"' in page
    for value in ("PRFD-0042", "77", "Joliet IL 60436", "tomorrow 7-9", "sat 10"):
        assert f'value="{value}"' in page
    assert "err" not in re.findall(r'class="([^"]+)"', page)


def test_a_change_keeps_what_was_not_touched(desk, now) -> None:
    load = board.at_stop(now)
    before = load.stops.get(sequence=1)
    browser = desk()
    page = browser.get(f"/loads/{load.number}/edit/").content.decode()
    told = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', page))
    del told["add_stop"]
    told |= {"stops-0-kind": "PICKUP", "stops-1-kind": "DELIVERY", "equipment": "REEFER53",
             "stops-1-when": "2026-11-21 09:00-10:00"}  # fmt: skip

    answer = browser.post(f"/loads/{load.number}/edit/", told)

    assert answer["Location"] == f"/loads/{load.number}/"
    load.refresh_from_db()
    first, last = load.stops.order_by("sequence")
    assert (load.equipment, load.status) == ("REEFER53", "AT_PICKUP")
    assert [getattr(first, field.name) for field in first._meta.fields] == [
        getattr(before, field.name) for field in before._meta.fields
    ]
    assert last.appointment_from == datetime.fromisoformat("2026-11-21T09:00-05:00")


def test_nobody_saves_over_a_plan_that_was_changed_meanwhile(desk, now) -> None:
    load = board.at_stop(now)
    browser, address = desk(), f"/loads/{load.number}/edit/"
    told = dict(
        re.findall(r'name="([^"]+)" value="([^"]*)"', browser.get(address).content.decode())
    )
    del told["add_stop"]
    told |= {"stops-0-kind": "PICKUP", "stops-1-kind": "DELIVERY", "miles": "400",
             "equipment": "REEFER53"}  # fmt: skip
    with time_machine.travel(now + timedelta(minutes=1), tick=False):
        desk(Role.BILLER).post(address, told | {"miles": "500"})

    answer = browser.post(address, told)

    load.refresh_from_db()
    page = answer.content.decode()
    assert (answer.status_code, str(load.miles)) == (409, "500.00")
    assert "Changed by" in page
    assert 'value="400' in page
    seen = re.search(r'name="seen" value="(\d+)"', page)
    assert seen
    with time_machine.travel(now + timedelta(minutes=2), tick=False):
        assert browser.post(address, told | {"seen": seen[1]}).status_code == 302


def test_a_stop_whose_line_is_emptied_is_skipped_and_comes_back(desk, now) -> None:
    load = board.planned(now)
    via = {"sequence": "3", "kind": "DELIVERY", "where": "Dayton OH 45402", "when": "+3 8"}
    plain = [
        {"where": "Joliet IL 60436", "name": "Joliet DC"},
        {"where": "Columbus OH 43085", "name": "Columbus DC"},
    ]
    browser, address = desk(), f"/loads/{load.number}/edit/"

    browser.post(address, lines(*plain, via))
    added = sorted(load.stops.values_list("sequence", "status"))
    with time_machine.travel(now + timedelta(minutes=1), tick=False):
        browser.post(address, lines(*plain, {"sequence": "3", "where": ""}))

    assert added == [(1, "PENDING"), (2, "PENDING"), (3, "PENDING")]
    assert load.stops.get(sequence=3).status == "SKIPPED"


def test_a_changed_plan_does_not_unmake_what_happened(desk, now) -> None:
    load = board.rolling(now)
    told = lines(
        {"where": "Joliet IL 60436", "name": "Joliet DC"},
        {"where": "Dayton OH 45402", "when": "+1 8"},
    )

    desk().post(f"/loads/{load.number}/edit/", told)

    load.refresh_from_db()
    assert (load.status, load.destination_city) == ("IN_TRANSIT", "Dayton")
    assert Milestone.objects.filter(load=load, kind="DEPARTED").count() == 1
    with transaction.atomic():
        assert refold_load(Load.objects.get(pk=load.pk), at=now) == ({}, {})
