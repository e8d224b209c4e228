"""Stop-offs: first pickup and last delivery are in the linehaul, every other stop is extra."""

from dataclasses import replace
from decimal import Decimal

from rating.engine.charging import Desk, Outcome
from rating.engine.facts import StopFacts
from rating.engine.money import ONE
from rating.engine.quote import Evidence, Step
from rating.engine.wording import plural

_ENDS = 2


def charge_stop_offs(desk: Desk) -> list[Outcome]:
    """A charge for each extra stop, in the order of the route; tiers count extra stops."""
    outcomes: list[Outcome] = []
    for extra, stop in enumerate(desk.facts.worked_stops[1:-1], start=1):
        outcomes += _charge(desk, stop, extra=extra)
    return outcomes


def _charge(desk: Desk, stop: StopFacts, *, extra: int) -> list[Outcome]:
    ruling = desk.ruling(stop)
    if ruling is None:
        return []
    included = ruling.rule.free_stops
    beyond = extra - max(included - _ENDS, 0)
    if beyond < 1:
        return [ruling.nothing(f"{plural(included, 'stop')} are included", stop.sequence)]
    count = Decimal(beyond)
    charge = ruling.charge(
        replace(desk.measures, stops=ONE),
        count=count,
        summary=f"Stop {beyond} beyond {included}",
        stop_sequence=stop.sequence,
        before=(Step(text=f"Stops beyond the {included} included", value=f"no. {beyond}"),),
        evidence=(Evidence(kind="stop", text=f"{stop.sequence} {stop.name} {stop.city}".strip()),),
    )
    return [charge]
