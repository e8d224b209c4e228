"""Two prices of one load, line by line: what moved, by how much, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from rating.engine.quote import Line, Problem, Quote
from rating.engine.storing import from_plain
from rating.engine.wording import money, number

Identity = tuple[str, int | None, int]
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Price:
    """One side: what each line costs, and what could not be told. `lines` are read when needed."""

    amounts: Mapping[Identity, Decimal]
    problems: Mapping[tuple[str, str], str]
    lines: Mapping[Identity, Line | Mapping[str, Any]]
    no_charges: Mapping[tuple[str, int | None], str] = field(default_factory=dict)

    @property
    def total(self) -> Decimal:
        """The sum of the rounded lines."""
        return sum(self.amounts.values(), ZERO)

    def line(self, identity: Identity) -> Line:
        """The whole line of that identity."""
        held = self.lines[identity]
        return held if isinstance(held, Line) else from_plain(Line, held)


@dataclass(frozen=True, slots=True)
class Move:
    """A line that differs. None is a line that is not there."""

    identity: Identity
    description: str
    before: Decimal | None
    after: Decimal | None
    reason: str

    @property
    def difference(self) -> Decimal:
        """What the load costs more under `after`; less when negative."""
        return (self.after or ZERO) - (self.before or ZERO)


def price_of(quote: Quote) -> Price:
    """The side that was just rated."""
    return Price(
        amounts={line.identity: line.amount for line in quote.lines},
        problems=_told(quote.problems),
        lines={line.identity: line for line in quote.lines},
        no_charges={(each.code, each.stop_sequence): each.reason for each in quote.no_charges},
    )


def stored_price(lines: Sequence[Mapping[str, Any]], problems: Sequence[Any]) -> Price:
    """The side that was stored when the load was rated. Raises rating.engine.storing.Unreadable."""
    by_identity = {_identity(line): line for line in lines}
    return Price(
        amounts={identity: Decimal(line["amount"]) for identity, line in by_identity.items()},
        problems=_told(tuple(from_plain(Problem, each) for each in problems)),
        lines=by_identity,
    )


def moves(before: Price, after: Price) -> list[Move]:
    """Every line whose amount differs, as they stand on `before`, then those that are new."""
    identities = [*before.amounts, *(each for each in after.amounts if each not in before.amounts)]
    return [
        _move(identity, before, after)
        for identity in identities
        if before.amounts.get(identity) != after.amounts.get(identity)
    ]


def _move(identity: Identity, before: Price, after: Price) -> Move:
    old = before.line(identity) if identity in before.amounts else None
    new = after.line(identity) if identity in after.amounts else None
    return Move(
        identity=identity,
        description=(new or old).description,  # type: ignore[union-attr]  # one of them is there
        before=old.amount if old else None,
        after=new.amount if new else None,
        reason=_reason(old, new, after),
    )


def _reason(old: Line | None, new: Line | None, after: Price) -> str:
    if old is None and new is not None:
        return f"{new.rule} charges it: {new.summary}"
    if new is None and old is not None:
        silent = after.no_charges.get((old.code, old.stop_sequence))
        return silent or f"no rule charges it; {old.rule} did"
    if old is None or new is None:
        return ""
    return _changed(old, new)


def _changed(old: Line, new: Line) -> str:
    """What the first thing is that differs, as a person would look for it."""
    if old.basis != new.basis:
        return f"{_worded(old.basis)} became {_worded(new.basis)}"
    if old.rate != new.rate:
        before, after = money(old.rate, old.currency), money(new.rate, new.currency)
        per = f" per {new.unit}" if new.unit else ""
        return f"rate {before} became {after}{per}"
    if old.quantity != new.quantity:
        return f"{number(old.quantity)} became {number(new.quantity)} {new.unit}".rstrip()
    return next(
        (
            f"{was.text}: {was.value} became {now.text}: {now.value}"
            for was, now in zip(old.steps, new.steps, strict=False)
            if was != now
        ),
        "rounding",
    )


def _worded(basis: str) -> str:
    return basis.replace("_", " ").lower()


def _identity(line: Mapping[str, Any]) -> Identity:
    return line["code"], line.get("stop_sequence"), line.get("occurrence", 1)


def _told(problems: Sequence[Problem]) -> dict[tuple[str, str], str]:
    return {(each.code, each.subject_key): each.message for each in problems}
