"""Readings as people read them: hours as hours or days, shares with their n."""

from decimal import Decimal

from insights.queries.figures.telling import Told
from insights.rules.figures import Figure, Reading, Unit
from rating.engine.money import round_rate
from web.templatetags.figures import amount, money, number, plural

NOT_ENOUGH = "Not enough"
LONG_HOURS, DAY = 48, 24
NOUNS = {
    "loads": "load,loads",
    "waiting loads": "load,loads",
    "blockers": "blocker,blockers",
    "cases": "case,cases",
    "invoices": "document,documents",
    "charges": "charge,charges",
    "messages": "message,messages",
}


def told_value(reading: Reading, figure: Figure) -> str:
    """Write the value of a reading in its unit; too little is said, never drawn as a number."""
    return in_unit(reading.value, reading.unit or figure.unit, reading.currency)


def in_unit(value: Decimal | int | None, unit: Unit, currency: str = "") -> str:
    """Write a value in a unit."""
    if value is None:
        return NOT_ENOUGH
    value = Decimal(value)
    if unit is Unit.HOURS:
        return hours(value)
    if unit is Unit.PERCENT:
        return f"{number(value)}%"
    if unit is Unit.DAYS:
        return f"{number(value)} days"
    return money(value, currency) if unit is Unit.MONEY else number(value)


def hours(value: Decimal | None) -> str:
    """Write hours below two days as such, longer times in days."""
    if value is None:
        return NOT_ENOUGH
    if value < LONG_HOURS:
        return f"{number(round_rate(value, 1))} h"
    return f"{number(round_rate(value / DAY, 1))} d"


def counted(reading: Reading, figure: Figure) -> str:
    """Write how many rows stand behind a reading: 38 loads."""
    return plural(reading.n, NOUNS[figure.rows.value])


def compared(told: Told, part: str = "") -> str:
    """Write what the figure was before: was 4.1 d; empty where nothing is compared."""
    was = told.was(part)
    if was is None:
        return ""
    text = told_value(was, told.figure)
    return "not enough before" if was.value is None else f"was {text}"


def tone(told: Told, part: str = "") -> str:
    """Return whether the change since before is good or bad news, for the tone of a line."""
    now, was = told.reading(part), told.was(part)
    if not (now and was) or now.value is None or was.value is None or now.value == was.value:
        return "mute"
    is_up = now.value > was.value
    return "ok" if is_up == (told.figure.better == "up") else "warn"


__all__ = ["amount", "compared", "counted", "hours", "in_unit", "told_value", "tone"]
