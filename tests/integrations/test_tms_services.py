"""Services, pauses, scales and classes in the TMS dialect."""

import json
from typing import Any

import pytest

from integrations.adapters.tms.reading import read
from integrations.events import Heard, Profile, Raw, Reading
from tests.integrations.conftest import tell


def reading(name: str, **fields: Any) -> Reading:
    body = json.dumps(tell(name, **fields)).encode()
    return read(Raw("tms", "evt-1", body, Profile()))


def heard(name: str, **fields: Any) -> Heard:
    (only,) = reading(name, **fields).heard
    return only


def test_a_service_is_heard_with_its_quantity_and_who_authorised_it():
    told = heard(
        "service.recorded",
        stop={"sequence": 2},
        service={"code": "LAYOVER", "quantity": 2, "unit": "night", "authorised_by": "K. Moss"},
    )

    assert (told.kind, told.stop_sequence) == ("SERVICE", 2)
    assert told.detail == {
        "service": "LAYOVER", "quantity": "2", "unit": "night", "authorised_by": "K. Moss",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "fields", "kind", "detail"),
    [
        ("service.recorded", {"service": {"code": "LIFTGATE"}}, "SERVICE", {"service": "LIFTGATE"}),
        (
            "stop.paused",
            {"stop": {"sequence": 2}, "pause": {"reason": "MEAL", "minutes": 45}},
            "PAUSED",
            {"reason": "MEAL", "minutes": 45},
        ),
        (
            "load.reweighed",
            {"reweigh": {"weight_lb": "42100.5", "certificate": "W-77"}},
            "REWEIGHED",
            {"weight_lb": "42100.5", "certificate": "W-77"},
        ),
        (
            "load.reclassed",
            {"reclass": {"freight_class": "92.5"}, "reason": "Density inspected"},
            "RECLASSED",
            {"freight_class": "92.5", "reason_text": "Density inspected"},
        ),
    ],
)
def test_each_is_a_milestone_with_what_it_tells(
    name: str, fields: dict[str, Any], kind: str, detail: dict[str, Any]
):
    told = heard(name, **fields)

    assert (told.kind, told.detail) == (kind, detail)


@pytest.mark.parametrize(
    ("name", "fields", "field"),
    [
        ("service.recorded", {}, "service"),
        ("service.recorded", {"service": {"code": "liftgate"}}, "service.code"),
        ("service.recorded", {"service": {"code": "TEAM", "quantity": "-3"}}, "service.quantity"),
        ("service.recorded", {"service": {"code": "TEAM", "quantity": "0"}}, "service"),
        ("stop.paused", {"pause": {"reason": "MEAL"}}, "stop"),
        ("load.reweighed", {"reweigh": {"weight_lb": "heavy"}}, "reweigh.weight_lb"),
        ("load.reweighed", {"reweigh": {"weight_lb": "0"}}, "reweigh"),
        ("load.reclassed", {"reclass": {"freight_class": "light"}}, "reclass.freight_class"),
    ],
)
def test_what_cannot_be_charged_on_is_refused_naming_the_field(
    name: str, fields: dict[str, Any], field: str
):
    (problem,) = reading(name, **fields).problems

    assert problem.field == field


def planned(**stop: Any) -> dict[str, Any]:
    ends = [
        {"sequence": 1, "kind": "PICKUP", "timezone": "America/Chicago"},
        {"sequence": 2, "kind": "DELIVERY", "timezone": "America/New_York", **stop},
    ]
    references = [{"kind": "SHIPMENT_ID", "value": "S-104879"}]
    return {"references": references, "customer": "PRFD-0042", "stops": ends}


def test_a_stop_tells_when_its_dock_receives_and_what_others_have_on_the_truck():
    plan = reading(
        "load.tendered",
        load=planned(receiving_hours="Mon-Fri 07:00-15:00", truck_weight_lb="41000"),
    ).plan

    assert plan
    assert plan.stops[1].receiving_hours == "Mon-Fri 07:00-15:00"
    assert f"{plan.stops[1].truck_weight_lb}" == "41000"


def test_hours_that_cannot_be_read_refuse_the_load():
    (problem,) = reading("load.tendered", load=planned(receiving_hours="mornings")).problems

    assert problem.field == "load.stops[1].receiving_hours"
    assert "Mon-Fri 07:00-15:00" in problem.message
