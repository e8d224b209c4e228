"""What a service, a pause, a weighing and a reclass must tell before it is kept."""

from typing import Any

import pytest

from dispatch.rules.details import SERVICES, find_fault


@pytest.mark.parametrize(
    ("kind", "detail"),
    [
        ("SERVICE", {"service": "LAYOVER", "quantity": "2", "unit": "night"}),
        ("SERVICE", {"service": "LIFTGATE"}),
        ("PAUSED", {"reason": "MEAL", "minutes": 45}),
        ("PAUSED", {"reason": "AH"}),
        ("REWEIGHED", {"weight_lb": "42100.5", "certificate": "W-7"}),
        ("RECLASSED", {"freight_class": "92.5"}),
        ("CHECK_CALL", {"weight_lb": "heavy"}),
    ],
)
def test_what_is_told_plainly_is_kept(kind: str, detail: dict[str, Any]):
    assert find_fault(kind, detail) == ""


@pytest.mark.parametrize(
    ("kind", "detail", "words"),
    [
        ("SERVICE", {}, "has a name"),
        ("SERVICE", {"service": "liftgate"}, "capital letters"),
        ("SERVICE", {"service": "LAYOVER", "quantity": "two"}, "plain number"),
        ("SERVICE", {"service": "LAYOVER", "quantity": "0"}, "above 0"),
        ("SERVICE", {"service": "LAYOVER", "unit": "overnight stays"}, "at most 12"),
        ("PAUSED", {"minutes": 10}, "has a reason"),
        ("PAUSED", {"reason": "MEAL", "minutes": "0"}, "whole minutes"),
        ("PAUSED", {"reason": "MEAL", "minutes": "1.5"}, "whole minutes"),
        ("REWEIGHED", {}, "weight in pounds"),
        ("REWEIGHED", {"weight_lb": "-4"}, "plain number"),
        ("REWEIGHED", {"weight_lb": "1e9"}, "plain number"),
        ("RECLASSED", {"freight_class": "light"}, "freight class"),
    ],
)
def test_what_cannot_be_charged_on_is_refused_in_one_sentence(
    kind: str, detail: dict[str, Any], words: str
):
    assert words in find_fault(kind, detail)


def test_every_service_people_are_offered_can_be_told():
    assert all(
        find_fault("SERVICE", {"service": code, "unit": name.unit}) == ""
        for code, name in SERVICES.items()
    )
