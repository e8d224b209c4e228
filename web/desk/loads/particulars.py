"""What an event tells beside its time, as typed: a service, a pause, a scale, a class."""

from collections.abc import Mapping
from typing import Any

from dispatch.models import Milestone
from dispatch.rules.details import MEAL, SERVICES

Kind = Milestone.Kind

SERVICE_CHOICES = [("", "None")] + [
    (code, f"{name.label}, {name.unit}" if name.unit else name.label)
    for code, name in SERVICES.items()
]
PAUSE_REASONS = [
    ("", "None"),
    (MEAL, "Meal break"),
    ("AH", "Driver's own delay (AH)"),
    ("AI", "Breakdown (AI)"),
    ("D1", "Dispatch error (D1)"),
    ("D2", "No driver (D2)"),
    ("UG", "Driver waiting to load (UG)"),
    ("UH", "Driver waiting to unload (UH)"),
]
# Kind -> the field it cannot do without, and how it is asked for.
NEEDS: Mapping[str, tuple[str, str]] = {
    Kind.SERVICE: ("service", "Say which service."),
    Kind.PAUSED: ("reason", "Say why the time is not counted."),
    Kind.REWEIGHED: ("quantity", "Say what the scale showed, in pounds."),
    Kind.RECLASSED: ("freight_class", "Say which class was found."),
}


def detail_of(told: Mapping[str, Any]) -> dict[str, str]:
    """Return the detail of the milestone that a form tells."""
    quantity = "" if told.get("quantity") is None else format(told["quantity"], "f")
    authority = told.get("authority", "")
    by_kind: Mapping[str, dict[str, str]] = {
        Kind.SERVICE: {
            "service": told.get("service", ""), "quantity": quantity, "authorised_by": authority,
        },
        Kind.PAUSED: {"reason": told.get("reason", ""), "minutes": quantity},
        Kind.REWEIGHED: {"weight_lb": quantity, "certificate": authority},
        Kind.RECLASSED: {"freight_class": told.get("freight_class", ""), "certificate": authority},
    }  # fmt: skip
    detail = by_kind.get(told["kind"], {}) | {"note": told.get("note", "")}
    return {name: value for name, value in detail.items() if value}


def spoken_detail(milestone: Milestone) -> str:
    """Return what a service, pause, scale or class came to, for the log: "Layover, 2 night"."""
    detail = milestone.detail
    if milestone.kind == Kind.SERVICE:
        known = SERVICES.get(detail.get("service", ""))
        name = known.label if known else str(detail.get("service", ""))
        unit = detail.get("unit") or (known.unit if known else "")
        amount = f"{detail['quantity']} {unit}".strip() if detail.get("quantity") else ""
        return ", ".join(filter(None, (name, amount)))
    if milestone.kind == Kind.PAUSED:
        length = f"{detail['minutes']} min" if detail.get("minutes") else ""
        return ", ".join(filter(None, (str(detail.get("reason", "")), length)))
    if milestone.kind == Kind.REWEIGHED:
        return f"{detail.get('weight_lb', '')} lb"
    return f"class {detail.get('freight_class', '')}" if milestone.kind == Kind.RECLASSED else ""
