"""Charges with their explanations, as the load page shows them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.dateparse import parse_datetime

from billing.models import Charge

DETENTION = "DET"
OVER = re.compile(r"(?:(?P<hours>\d+)h )?(?P<minutes>\d+)m over")
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
        """Tell whether the charge is for waiting at a stop."""
        return self.charge.code == DETENTION and self.charge.stop_id is not None

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
    """Return the end of the free time: as long before leaving as the steps say it was over.

    Detention tells the instant of leaving as evidence and the length over it as a step.
    """
    left = next((f["at"] for f in told.get("evidence", []) if f["text"].startswith("Left ")), "")
    over = next((m for s in told.get("steps", []) if (m := OVER.fullmatch(s["value"]))), None)
    if not left or over is None:
        return None
    length = timedelta(hours=int(over["hours"] or 0), minutes=int(over["minutes"]))
    instant = parse_datetime(left)
    return instant - length if instant else None
