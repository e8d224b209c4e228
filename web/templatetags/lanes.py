"""Where a load goes, in one line."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from dispatch.models import Load
from web.templatetags.icons import icon

register = template.Library()


@register.simple_tag
def lane(load: Load) -> SafeString:
    """Draw origin and destination with an arrow between them."""
    origin = f"{load.origin_city} {load.origin_state}".strip() or "Unknown"
    destination = f"{load.destination_city} {load.destination_state}".strip() or "Unknown"
    arrow = icon("arrow", label="to")
    return format_html('<span class="lane">{} {} {}</span>', origin, arrow, destination)


# What a dispatcher writes for a trailer.
SHORT = {"VAN53": "53V", "REEFER53": "53R", "FLATBED": "FB", "CONTAINER": "CNT", "OTHER": "Other"}


@register.filter
def equipment(load: Load) -> str:
    """Write the trailer in the trade's short form."""
    return SHORT.get(load.equipment, load.equipment)


@register.filter
def place(load: Load) -> str:
    """Write origin and destination as words: Joliet, IL to Columbus, OH."""
    origin = _town(load.origin_city, load.origin_state) or "Unknown"
    return f"{origin} to {_town(load.destination_city, load.destination_state) or 'unknown'}"


def _town(city: str, state: str) -> str:
    return ", ".join(part for part in (city, state) if part)
