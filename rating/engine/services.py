"""Services done beyond carrying, and surcharges that every load of a card pays."""

from dataclasses import replace

from rating.engine.charging import Desk, Outcome
from rating.engine.facts import Service
from rating.engine.money import ONE
from rating.engine.quote import Evidence, Step
from rating.engine.wording import number


def charge_services(desk: Desk) -> list[Outcome]:
    """A charge for each recorded service that a rule listens to."""
    outcomes: list[Outcome] = []
    for service in desk.facts.services:
        ruling = desk.ruling(desk.stop(service.stop_sequence), service=service.code)
        if ruling is None:
            continue
        outcomes.append(
            ruling.charge(
                replace(desk.measures, units=service.quantity, unit=service.unit),
                count=service.quantity,
                summary=_quantity(service),
                stop_sequence=service.stop_sequence,
                before=(Step(text=f"Recorded: {ruling.rule.name}", value=_quantity(service)),),
                evidence=(_evidence(service),),
            )
        )
    return outcomes


def charge_always(desk: Desk) -> list[Outcome]:
    """One charge for the load."""
    ruling = desk.ruling()
    if ruling is None:
        return []
    return [ruling.charge(desk.measures, count=ONE, summary=ruling.rule.name)]


def _quantity(service: Service) -> str:
    return f"{number(service.quantity)} {service.unit}".strip()


def _evidence(service: Service) -> Evidence:
    return Evidence(
        kind="service",
        text=f"{service.code}, {_quantity(service)}",
        source=service.source,
        reference=service.reference,
    )
