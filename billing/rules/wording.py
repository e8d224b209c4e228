"""How figures, days, clocks and papers are written on a document (US English)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from billing.rules.snapshot import Attachments, Line, Stop
from rating.engine.money import minor_units

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

# The fewest decimals a rate shows for its unit; others show 2.
RATE_PLACES = {"mi": 4, "km": 4, "lb": 4, "kg": 4}
# Units that are words and have a plural; the rest are abbreviations.
COUNTED = frozenset({"day", "load", "night", "stop", "ton", "unit"})

REFERENCE_LABELS = {
    "SHIPMENT_ID": "Shipment",
    "ORDER": "Order",
    "CUSTOMER_REF": "Ref",
    "PICKUP_NO": "Pickup",
    "CONTAINER": "Container",
    "SEAL": "Seal",
    "OTHER": "Ref",
}

PAPERS = {
    "POD": ("signed POD", "signed PODs"),
    "BOL": ("bill of lading", "bills of lading"),
    "LUMPER_RECEIPT": ("lumper receipt", "lumper receipts"),
    "SCALE_TICKET": ("scale ticket", "scale tickets"),
    "TEMPERATURE_LOG": ("temperature log", "temperature logs"),
    "RATE_CONFIRMATION": ("rate confirmation", "rate confirmations"),
}


def amount(value: Decimal, *, currency: str) -> str:
    """1,652.01: grouped, with the decimals of the currency, never rounded."""
    return _figure(value, places=minor_units(currency))


def quantity(value: Decimal, *, unit: str) -> str:
    """377 mi, 1.25 h, 2.00 h, 3 stops, 1."""
    places = 2 if unit == "h" else 0
    figure = _figure(_trimmed(value), places=places)
    return f"{figure} {unit}{'s' if unit in COUNTED and value != 1 else ''}".rstrip()


def line_quantity(line: Line, *, currency: str) -> str:
    """The quantity with its unit; for a share of other charges, their sum."""
    if line.unit == currency:
        return amount(line.quantity, currency=currency)
    return quantity(line.quantity, unit=line.unit)


def line_rate(line: Line, *, currency: str) -> str:
    """2.4200 per mile, 75.00 per hour or piece, 18.50% of other charges; empty without one."""
    if line.rate is None:
        return ""
    if line.unit == currency:
        return f"{_figure(_trimmed(line.rate.scaleb(2)), places=2)}%"
    return _figure(_trimmed(line.rate), places=RATE_PLACES.get(line.unit, 2))


def percent(value: Decimal | None) -> str:
    """13%, 7.75%; empty without one."""
    return "" if value is None else f"{_figure(_trimmed(value), places=0)}%"


def day(value: date) -> str:
    """Nov 5, 2026."""
    return f"{MONTHS[value.month - 1]} {value.day}, {value.year}"


def appointment(stop: Stop, *, year: int) -> str:
    """The window in the stop's own time: Oct 21 07:00 - 08:00 (with an en dash).

    The year is written only where it is not `year`, the second day only where it differs.
    """
    zone = ZoneInfo(stop.timezone)
    opens = stop.appointment_from or stop.appointment_to
    if opens is None:
        seen = stop.arrived_at or stop.departed_at
        return f"{_short_day(seen.astimezone(zone), year=year)}, none set" if seen else "None set"
    start = opens.astimezone(zone)
    text = f"{_short_day(start, year=year)} {start:%H:%M}"
    end = (stop.appointment_to or opens).astimezone(zone)
    if end > start:
        text += f" – {_short_day(end, year=year)} " if end.date() != start.date() else " – "
        text += f"{end:%H:%M}"
    return f"{text} FCFS" if stop.is_fcfs else text


def clock(at: datetime | None, *, stop: Stop) -> str:
    """06:52 in the stop's own time; 00:40 +1 on the day after the one shown for the stop."""
    if at is None:
        return "–"
    zone = ZoneInfo(stop.timezone)
    local = at.astimezone(zone)
    shown = stop.appointment_from or stop.appointment_to or stop.arrived_at or at
    days = (local.date() - shown.astimezone(zone).date()).days
    return f"{local:%H:%M} {days:+d}" if days else f"{local:%H:%M}"


def place(stop: Stop) -> str:
    """Prairie Foods DC 12, Joliet, IL 60436."""
    region = " ".join(part for part in (stop.state, stop.postal_code) if part)
    abroad = stop.country if stop.country not in {"", "US", "CA", "MX"} else ""
    return ", ".join(part for part in (stop.name, stop.city, region, abroad) if part)


def reference_label(kind: str) -> str:
    """PRO, BOL and PO are written as they are; the other kinds have a word."""
    return REFERENCE_LABELS.get(kind, kind)


def attached(papers: Iterable[Attachments]) -> str:
    """Attached: 3 signed PODs, 1 scale ticket.  Empty when nothing is."""
    counted = [
        f"{paper.count} {PAPERS.get(paper.kind, ('document', 'documents'))[paper.count != 1]}"
        for paper in papers
        if paper.count
    ]
    return f"Attached: {', '.join(counted)}." if counted else ""


def shortened(text: str, *, to: int) -> str:
    """At most `to` characters, the last an ellipsis where something was cut."""
    return text if len(text) <= to else f"{text[: to - 1].rstrip()}…"


def _short_day(value: date, *, year: int) -> str:
    return day(value) if value.year != year else day(value).partition(",")[0]


def _figure(value: Decimal, *, places: int) -> str:
    """Group thousands; show `places` decimals or all there are, whichever is more."""
    exponent = value.as_tuple().exponent
    held = -exponent if isinstance(exponent, int) else 0
    return f"{value + 0:,.{max(places, held)}f}"


def _trimmed(value: Decimal) -> Decimal:
    """Without the zeros a database column pads with."""
    whole = value.to_integral_value()
    return whole if value == whole else value.normalize()
