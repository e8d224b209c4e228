"""Charges with their explanations, as the load page shows them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.dateparse import parse_datetime

from billing.models import Charge
from rating.engine.quote import FREE_UNTIL

DETENTION, LINEHAUL = "DET", "LHS"
UNDECIDED = (Charge.Status.PROPOSED, Charge.Status.HELD)


@dataclass(frozen=True, slots=True)
class Step:
    """One numbered step of a calculation."""

    text: str
    value: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact a charge rests on, who said so, and where it is read again.

    `anchor` is a place on the load's own page, `href` the address of another one.
    """

    text: str
    source: str
    anchor: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class LostLane:
    """A lane that covered the load too, and why another priced it."""

    row: int
    label: str
    reason: str


@dataclass(frozen=True, slots=True)
class ChargeRow:
    """A charge and the reading of its stored explanation."""

    charge: Charge
    steps: tuple[Step, ...]
    rule: str
    version: str
    version_href: str
    evidence: tuple[Fact, ...]
    lost: tuple[LostLane, ...]
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
    """Return the charges with their explanations read.

    Read them with `rating_record__version`, so that no charge costs a query.
    """
    return [_row(charge) for charge in charges]


def with_tax(row: ChargeRow, steps: Iterable[Mapping[str, str]]) -> ChargeRow:
    """Let the explanation of a charge go on with that of its tax."""
    told = tuple(Step(step["text"], step["value"]) for step in steps)
    return replace(row, steps=(*row.steps, *told))


def _row(charge: Charge) -> ChargeRow:
    told: dict[str, Any] = charge.explanation
    evidence = told.get("evidence", [])
    return ChargeRow(
        charge=charge,
        steps=tuple(Step(step["text"], step["value"]) for step in told.get("steps", [])),
        rule=told.get("rule", ""),
        version=told.get("version_label", ""),
        version_href=_version_href(charge),
        evidence=tuple(_fact(fact) for fact in evidence),
        lost=_lost(charge),
        free_until=_free_until(told),
    )


def _fact(fact: dict[str, Any]) -> Fact:
    kind, _, which = fact.get("reference", "").partition(":")
    anchor = f"#milestone-{which}" if kind == "milestone" else ""
    href = ""
    if kind == "document" and which.isdigit():
        href = reverse("desk:document", args=(which,))
    elif kind == "index":
        href = reverse("desk:fuel_series", args=(which.rpartition(":")[0] or which,))
    return Fact(fact["text"], fact.get("source", ""), anchor, href)


def _version_href(charge: Charge) -> str:
    """Return the page of the version that priced the charge."""
    version = charge.rating_record.version if charge.rating_record else None
    if version is None or charge.origin != Charge.Origin.RATED:
        return ""
    return reverse("desk:rate_card", args=(version.card_id, version.number))


def _lost(charge: Charge) -> tuple[LostLane, ...]:
    """Return the lanes that lost, for the line that a lane priced."""
    if charge.code != LINEHAUL or charge.rating_record is None:
        return ()
    lanes = charge.rating_record.considered.get("lanes", [])
    return tuple(
        LostLane(lane["row"], lane["label"], lane["reason"])
        for lane in lanes
        if not lane.get("is_winner")
    )


def _free_until(told: dict[str, Any]) -> datetime | None:
    """Return the end of the free time at the charge's stop, where the rating tells it."""
    ends = (f["at"] for f in told.get("evidence", []) if f.get("kind") == FREE_UNTIL)
    return next(map(parse_datetime, ends), None)
