"""Which stop's clocks a local time was read from."""

from collections.abc import Sequence
from typing import Protocol


class Place(Protocol):
    """A stop with its zone."""

    sequence: int
    kind: str
    city: str
    state: str
    timezone: str


def stop_zone(
    stops: Sequence[Place], *, sequence: int | None, kind: str, city: str, state: str
) -> str:
    """Return the zone of the stop a message means; empty when it means none of them.

    A sequence names the stop, else kind and city do, else the kind when all its stops keep one
    zone.
    """
    if sequence is not None:
        return next((stop.timezone for stop in stops if stop.sequence == sequence), "")
    fitting = [stop for stop in stops if kind in {"", stop.kind}]
    named = [
        stop
        for stop in fitting
        if city and (stop.city.upper(), stop.state.upper()) == (city.upper(), state.upper())
    ]
    zones = {stop.timezone for stop in named} or (
        {stop.timezone for stop in fitting} if kind else set()
    )
    return zones.pop() if len(zones) == 1 else ""
