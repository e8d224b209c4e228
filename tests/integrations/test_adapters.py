"""Each foreign dialect becomes milestones, a load, or one sentence that says why not."""

import copy
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from integrations import adapters
from integrations.adapters import fleetbase, samsara, terminal49, trenova
from integrations.events import Profile, Raw

RAW = {
    "samsara": samsara.read, "trenova": trenova.read, "terminal49": terminal49.read,
    "fleetbase": fleetbase.read,
}  # fmt: skip


def reading(dialect, message):
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    return RAW[dialect](Raw(dialect, "evt-1", body, Profile("PRFD-0042")))


ROUTE_STOP: dict[str, Any] = {
    "entityType": "routeStopArrival",
    "data": {
        "route": {
            "id": "600", "name": "S-104879",
            "externalIds": {"shipmentId": "S-104879"},
            "stops": [
                {"id": "1", "singleUseLocation": {"address": "Joliet, IL, USA"}},
                {"id": "2", "singleUseLocation": {"address": "Columbus, OH, USA"}},
            ],
        },
        "routeStopDetails": {"id": "2", "actualArrivalTime": "2026-03-05T13:05:00.000Z"},
    },
}  # fmt: skip


def test_a_samsara_arrival_is_a_milestone_at_its_stop():
    found = reading("samsara", ROUTE_STOP)

    assert found.key.references[0] == ("SHIPMENT_ID", "S-104879")
    (heard,) = found.heard
    assert (heard.kind, heard.stop_sequence, heard.city, heard.state) == (
        "ARRIVED", 2, "Columbus", "OH",
    )  # fmt: skip
    assert heard.moment.instant == datetime(2026, 3, 5, 13, 5, tzinfo=UTC)


def test_a_samsara_arrival_that_tells_of_the_departure_gives_both():
    message = copy.deepcopy(ROUTE_STOP)
    message["data"]["routeStopDetails"]["actualDepartureTime"] = "2026-03-05T14:40:00Z"

    found = reading("samsara", message)

    assert [heard.kind for heard in found.heard] == ["ARRIVED", "DEPARTED"]
    assert len({heard.source_reference for heard in found.heard}) == 2


def test_a_samsara_stop_without_a_time_is_a_problem():
    message = copy.deepcopy(ROUTE_STOP)
    del message["data"]["routeStopDetails"]["actualArrivalTime"]

    assert [problem.code for problem in reading("samsara", message).problems] == ["time_missing"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [([], "document_empty"),
     ([{"type": "photo", "value": {}}], "document_empty"),
     ([{"type": "photo", "value": [{"url": "http://169.254.169.254/"}]}], "document_linked")],
)  # fmt: skip
def test_a_samsara_document_without_bytes_is_a_problem_and_no_link_is_followed(fields, code):
    message = {
        "entityType": "driverDocumentSubmitted",
        "data": {"document": {"id": "1", "fields": fields}},
    }

    assert [problem.code for problem in reading("samsara", message).problems] == [code]


def test_a_geofence_without_a_load_is_ignored_with_the_reason():
    found = reading("samsara", {"entityType": "geofenceEntry", "data": {}})

    assert found.ignored.code == "no_load_named"


TRENOVA: dict[str, Any] = {
    "eventId": "e", "eventType": "RouteStopArrival", "webhookId": "w",
    "data": {
        "time": "2026-02-01T09:59:30Z",
        "driver": {"name": "Alex"},
        "routeStopDetails": {
            "actualArrivalTime": "2026-02-01T09:58:00Z",
            "externalIds": {"shipmentId": "ship-9", "stopSequence": "1"},
        },
    },
}  # fmt: skip


def test_a_trenova_arrival_takes_the_actual_time_and_the_stop_number():
    found = reading("trenova", TRENOVA)

    (heard,) = found.heard
    assert (heard.kind, heard.stop_sequence, heard.detail) == ("ARRIVED", 1, {"driver": "Alex"})
    assert heard.moment.instant == datetime(2026, 2, 1, 9, 58, tzinfo=UTC)
    assert found.key.references == (("SHIPMENT_ID", "ship-9"),)


def test_a_trenova_event_that_names_nothing_is_a_problem():
    message = copy.deepcopy(TRENOVA)
    message["data"]["routeStopDetails"]["externalIds"] = {}

    assert [p.code for p in reading("trenova", message).problems] == ["reference_missing"]


def transport(**event):
    return {
        "data": {"id": "n", "attributes": {"event": "container.transport.full_out"}},
        "included": [
            {"type": "container", "attributes": {"number": "GESU132086"}},
            {"type": "shipment", "attributes": {"bill_of_lading_number": "SUDU33"}},
            {"type": "transport_event", "attributes": event},
        ],
    }


def test_a_container_event_is_a_note_and_never_a_clock():
    found = reading("terminal49", transport(timestamp="2026-05-11T18:30:00Z"))

    (heard,) = found.heard
    assert (heard.kind, heard.detail) == ("CHECK_CALL", {"text": "full out"})
    assert found.key.references == (("BOL", "SUDU33"), ("CONTAINER", "GESU132086"))


def test_a_container_event_without_a_time_is_a_problem():
    assert [p.code for p in reading("terminal49", transport()).problems] == ["invalid_field"]


def order(**fields):
    place = {"name": "Dock", "city": "Joliet", "province": "IL", "postal_code": "60436"}
    return {"payload": {"waypoints": [place, "Singapore 018971"]}} | fields


def test_an_order_with_a_number_is_a_load():
    found = reading("fleetbase", order(internal_id="F-1", public_id="order_x"))

    assert found.plan.references == (("SHIPMENT_ID", "F-1"), ("TMS", "order_x"))
    assert found.plan.customer_code == "PRFD-0042"
    assert [(s.kind, s.name, s.timezone) for s in found.plan.stops] == [
        ("PICKUP", "Dock", "America/Chicago"), ("DELIVERY", "Singapore 018971", ""),
    ]  # fmt: skip


def test_an_order_with_one_place_is_a_problem():
    message = order(internal_id="F-1")
    message["payload"]["waypoints"].pop()

    assert [p.code for p in reading("fleetbase", message).problems] == ["stops_missing"]


@pytest.mark.parametrize("dialect", RAW)
@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'"x"', b"{}", b'{"data": 1}', b'{"a": 1, "a": 1}',
     b'{"entityType": 1}', b'{"eventType": "RouteStopArrival", "data": {}}',
     b'{"payload": {"waypoints": [1]}}', b"[" * 100_000],
)  # fmt: skip
def test_no_message_raises_and_each_says_what_was_wrong(dialect, body):
    found = reading(dialect, body)

    assert found.problems
    assert all(str(problem).endswith(".") for problem in found.problems)


@pytest.mark.parametrize(
    ("body", "dialect"),
    [
        (b"ISA*00*", "edi"),
        (b"\xef\xbb\xbf  ISA*00*", "edi"),
        (b"", "edi"),
        (b'{"entityType": "x", "data": {}}', "samsara"),
        (b'{"eventType": "x", "webhookId": "1"}', "trenova"),
        (b'{"data": {"type": "webhook_notification"}}', "terminal49"),
        (b'{"payload": {"waypoints": []}}', "fleetbase"),
        (b'{"type": "load.accepted", "load": {}}', "tms"),
        (b'{"Transactions": []}', ""),
        (b"[1]", ""),
        (b'{"a": 1, "a": 1}', ""),
    ],
)
def test_the_content_tells_the_dialect(body, dialect):
    assert adapters.find_dialect(body) == dialect


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (b'{"id": "a"}', "a"),
        (b'{"eventId": "b"}', "b"),
        (b'{"data": {"id": "c"}}', "c"),
        (b'{"id": 7}', ""),
        (b'{"id": ""}', ""),
        (b"[]", ""),
        (b"{", ""),
    ],
)
def test_a_message_is_known_by_its_own_id(body, name):
    assert adapters.message_id(body) == name


def test_the_dialects_know_nothing_of_each_other():
    folder = Path(adapters.__file__).parent
    dialects = {"edi", "tms", "samsara", "trenova", "terminal49", "fleetbase", "erp", "feed"}
    for path in folder.rglob("*.py"):
        own = path.relative_to(folder).parts[0].removesuffix(".py")
        if own == "__init__":
            continue
        others = dialects - {own}
        text = path.read_text()
        assert not [name for name in others if f"integrations.adapters.{name}" in text], path
