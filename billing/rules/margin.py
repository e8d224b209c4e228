"""What a load leaves after its costs."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from rating.engine.money import HUNDRED, round_rate

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Margin:
    """Charges less costs, in one currency, tax apart.

    `amount` is None where there is no margin to tell, and `reason` says why. `percent` is of the
    charges, with one decimal; None where nothing is charged.
    """

    currency: str
    cost: Decimal | None = None
    amount: Decimal | None = None
    percent: Decimal | None = None
    reason: str = ""


def margin_of(
    charges: Decimal | None, *, currency: str, costs: Iterable[tuple[Decimal, str]]
) -> Margin:
    """Return what `charges` leave after `costs`, each an amount with its currency.

    `charges` is None while the load is not rated. Amounts of several currencies are never added.
    """
    told = list(costs)
    if not told:
        return Margin(currency, reason="No cost is known.")
    others = sorted({each for _, each in told} - {currency})
    if others:
        return Margin(
            currency, reason=f"No margin: costs are in {', '.join(others)}, charges in {currency}."
        )
    cost = sum((amount for amount, _ in told), ZERO)
    if charges is None:
        return Margin(currency, cost=cost, reason="No margin before the load is rated.")
    left = charges - cost
    percent = round_rate(left / charges * HUNDRED, 1) if charges > 0 else None
    return Margin(currency, cost=cost, amount=left, percent=percent)
