"""What a milestone must tell beside its time: services, pauses, weighings and classes.

The detail of a milestone is text in JSON, as it was told. What charges rest on is checked before
it is kept, so that every reader may trust it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

_NUMBER = re.compile(r"[0-9]{1,7}(\.[0-9]{1,2})?", re.ASCII)
_CODE = re.compile(r"[A-Z][A-Z0-9_]{0,19}", re.ASCII)
_REASON = re.compile(r"[A-Z0-9]{1,8}", re.ASCII)
_CLASS = re.compile(r"[0-9]{2,3}(\.5)?", re.ASCII)
LONGEST_UNIT = 12
# A stay of a month is no pause.
MOST_MINUTES = 31 * 24 * 60

MEAL = "MEAL"
# Kinds that make no sense without the stop they happened at, or without a word why.
NEEDS_STOP = frozenset({"ARRIVED", "DEPARTED", "PAUSED"})
NEEDS_NOTE = frozenset({"CANCELLED", "TRUCK_NOT_USED"})


@dataclass(frozen=True, slots=True)
class ServiceName:
    """A service people record: what they call it, and what its quantity counts."""

    label: str
    unit: str = ""


# What is offered to people; a partner may tell a service that is not here, and it is kept.
SERVICES: Mapping[str, ServiceName] = {
    "LAYOVER": ServiceName("Layover", "night"),
    "REDELIVERY": ServiceName("Redelivery", "mi"),
    "RECONSIGNMENT": ServiceName("Reconsignment", "mi"),
    "STORAGE": ServiceName("Storage", "day"),
    "DEADHEAD": ServiceName("Deadhead", "mi"),
    "OUT_OF_ROUTE": ServiceName("Out of route", "mi"),
    "TEAM": ServiceName("Team drivers", "mi"),
    "OVERLENGTH": ServiceName("Overlength", "in"),
    "LIFTGATE": ServiceName("Liftgate"),
    "RESIDENTIAL": ServiceName("Residential"),
    "INSIDE": ServiceName("Inside pickup or delivery"),
    "LIMITED_ACCESS": ServiceName("Limited access"),
    "APPOINTMENT": ServiceName("Appointment made"),
    "LUMPER": ServiceName("Lumper"),
    "DRIVER_ASSIST": ServiceName("Driver assist", "h"),
    "SORT_SEGREGATE": ServiceName("Sort and segregate", "pc"),
    "TARP": ServiceName("Tarping"),
    "TRAILER_DETENTION": ServiceName("Trailer detention", "day"),
}


def find_fault(kind: str, detail: Mapping[str, Any]) -> str:
    """Return in one sentence why `detail` does not do for a milestone of `kind`, or nothing."""
    check = _CHECKS.get(kind)
    return check(detail) if check else ""


def number_of(detail: Mapping[str, Any], name: str) -> Decimal | None:
    """Return a quantity in plain notation, None where none is told."""
    told = str(detail.get(name, ""))
    return Decimal(told) if _NUMBER.fullmatch(told) else None


def _service(detail: Mapping[str, Any]) -> str:
    if not _CODE.fullmatch(str(detail.get("service", ""))):
        return "A service has a name of capital letters, such as LAYOVER."
    if "quantity" in detail and not number_of(detail, "quantity"):
        return "The quantity of a service is a plain number above 0."
    if len(str(detail.get("unit", ""))) > LONGEST_UNIT:
        return f"The unit of a service has at most {LONGEST_UNIT} characters."
    return ""


def _pause(detail: Mapping[str, Any]) -> str:
    if not _REASON.fullmatch(str(detail.get("reason", ""))):
        return "A pause has a reason: MEAL, or a code such as AH."
    minutes = number_of(detail, "minutes")
    is_told = "minutes" in detail
    if is_told and (minutes is None or minutes % 1 or not 0 < minutes <= MOST_MINUTES):
        return f"A pause lasts whole minutes, from 1 to {MOST_MINUTES:,}."
    return ""


def _weighing(detail: Mapping[str, Any]) -> str:
    if not number_of(detail, "weight_lb"):
        return "A reweigh tells the weight in pounds, a plain number above 0."
    return ""


def _classing(detail: Mapping[str, Any]) -> str:
    if not _CLASS.fullmatch(str(detail.get("freight_class", ""))):
        return "A reclass tells a freight class, such as 70 or 92.5."
    return ""


_CHECKS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "SERVICE": _service,
    "PAUSED": _pause,
    "REWEIGHED": _weighing,
    "RECLASSED": _classing,
}
