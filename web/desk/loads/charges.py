"""Charges with their explanations, as the load page shows them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime

from billing.models import Charge
from rating.engine.quote import FREE_UNTIL

DETENTION = "DET"
UNDECIDED = (Charge.Status.PROPOSED, Charge.Status.HELD)


@dataclass(frozen=True, slots=True)
class Step:
    """One numbered step of a calculation."""

    text: str
    value: str


@dataclass(frozen=True, slots=True)
class ChargeRow:
    """A charge and the reading of its stored explanation."""

    charge: Charge
    steps: tuple[Step, ...]
    rule: str
    version: str
    evidence: tuple[str, ...]
    free_until: datetime | None

    @property
    def is_detention(self) -> bool:
        """Tell whether the charge is for waiting at a stop, not for a later difference."""
        charge = self.charge
        return charge.code == DETENTION and charge.stop_id is not None and not charge.adjusts

    @property
    def is_undecided(self) -> bool:
        """Tell whether somebody has yet to decide about the charge."""
        return self.charge.status in UNDECIDED


def charge_rows(charges: Iterable[Charge]) -> list[ChargeRow]:
    """Return the charges with their explanations read."""
    return [_row(charge) for charge in charges]


def _row(charge: Charge) -> ChargeRow:
    told: dict[str, Any] = charge.explanation
    evidence = told.get("evidence", [])
    return ChargeRow(
        charge=charge,
        steps=tuple(Step(step["text"], step["value"]) for step in told.get("steps", [])),
        rule=told.get("rule", ""),
        version=told.get("version_label", ""),
        evidence=tuple(_fact(fact) for fact in evidence),
        free_until=_free_until(told),
    )


def _fact(fact: dict[str, Any]) -> str:
    source = f" ({fact['source']})" if fact.get("source") else ""
    return f"{fact['text']}{source}"


def _free_until(told: dict[str, Any]) -> datetime | None:
    """Return the end of the free time at the charge's stop, where the rating tells it."""
    ends = (f["at"] for f in told.get("evidence", []) if f.get("kind") == FREE_UNTIL)
    return next(map(parse_datetime, ends), None)
