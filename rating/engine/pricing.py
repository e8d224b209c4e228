"""From a quantity and a rate to a bounded amount of money, with the steps that led there."""

from dataclasses import dataclass
from decimal import Decimal

from rating.engine.bases import Extension
from rating.engine.choices import Basis
from rating.engine.money import ONE, Rounder
from rating.engine.quote import Problem, ProblemCode, Step
from rating.engine.wording import counted, money, percent


@dataclass(frozen=True, slots=True)
class Bounds:
    """The least and the most a charge may be. None is no bound."""

    minimum: Decimal | None = None
    maximum: Decimal | None = None

    def crossing(self, rule: str, currency: str) -> Problem | None:
        """The problem of a minimum above its maximum. Cards refuse one when they are drafted."""
        low, high = self.minimum, self.maximum
        if low is None or high is None or low <= high:
            return None
        return Problem(
            code=ProblemCode.BOUNDS_CROSSED,
            message=f"{rule}: minimum {money(low, currency)} is above "
            f"maximum {money(high, currency)}",
            subject_key=f"rule:{rule}",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """What one line bills: basis, quantity, unit, rate, amount, and the steps before it."""

    basis: Basis
    quantity: Decimal
    unit: str
    rate: Decimal
    amount: Decimal
    steps: tuple[Step, ...] = ()


def price(extension: Extension, rounder: Rounder, bounds: Bounds | None = None) -> Priced:
    """The extension in money, raised to the minimum or held at the maximum."""
    amount = rounder.money(extension.exact)
    worked = Step(text=describe(extension, rounder.currency), value=money(amount, rounder.currency))
    priced = Priced(
        basis=extension.basis,
        quantity=extension.quantity,
        unit=extension.unit,
        rate=extension.rate,
        amount=amount,
        steps=(worked,),
    )
    return bound(priced, bounds or Bounds(), rounder)


def bound(priced: Priced, bounds: Bounds, rounder: Rounder) -> Priced:
    """`priced` inside its bounds. A bound that counts becomes the line: 1 x minimum."""
    low, high = bounds.minimum, bounds.maximum
    if low is not None and priced.amount < low:
        return _held_at(priced, Basis.MINIMUM, low, rounder)
    if high is not None and priced.amount > high:
        return _held_at(priced, Basis.MAXIMUM, high, rounder)
    return _noted(priced, bounds, rounder.currency)


def describe(extension: Extension, currency: str) -> str:
    """The multiplication in words: "377 mi x $2.42 per mi", "32.85 % of $612.40"."""
    if extension.basis == Basis.PERCENT:
        return f"{percent(extension.rate)} of {money(extension.quantity, currency)}"
    if extension.basis in (Basis.FLAT, Basis.AS_QUOTED):
        return f"{money(extension.rate, currency)} flat"
    rate = money(extension.rate, currency)
    return f"{counted(extension.quantity, extension.unit)} × {rate} per {extension.unit}"


def amount_step(amount: Decimal, currency: str) -> Step:
    """The last step of every line."""
    return Step(text="Amount", value=money(amount, currency))


def _held_at(priced: Priced, basis: Basis, limit: Decimal, rounder: Rounder) -> Priced:
    amount = rounder.money(limit)
    word = "Minimum" if basis == Basis.MINIMUM else "Maximum"
    step = Step(text=f"{word} charge applies instead", value=money(amount, rounder.currency))
    return Priced(
        basis=basis,
        quantity=ONE,
        unit="charge",
        rate=amount,
        amount=amount,
        steps=(*priced.steps, step),
    )


def _noted(priced: Priced, bounds: Bounds, currency: str) -> Priced:
    named = (("Not under the minimum", bounds.minimum), ("Not over the maximum", bounds.maximum))
    notes = [
        Step(text=f"{text} {money(limit, currency)}", value="no change")
        for text, limit in named
        if limit is not None
    ]
    return Priced(
        basis=priced.basis,
        quantity=priced.quantity,
        unit=priced.unit,
        rate=priced.rate,
        amount=priced.amount,
        steps=(*priced.steps, *notes),
    )
