"""Urgency: deadlines in words, and the risk score in bars."""

from datetime import datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from web.templatetags.clocks import in_zone, moment_bare, zone_label
from web.templatetags.icons import icon

register = template.Library()

SOON = timedelta(hours=2)
DAY = timedelta(hours=24)
HIGH, MIDDLE = 70, 40


def words(due: datetime, now: datetime, zone_name: str) -> tuple[str, str]:
    """Return the tone and the words of a deadline: 40m over, 1h 50m left, Tomorrow 10:00 CT."""
    left = due - now
    if left < timedelta(0):
        return "t-bad", f"{rough(-left)} over"
    if left < DAY:
        return "t-warn" if left < SOON else "", f"{rough(left)} left"
    local, today = in_zone(due, zone_name), in_zone(now, zone_name)
    if local.date() == today.date() + timedelta(days=1):
        return "", f"Tomorrow {local:%H:%M} {zone_label(local)}"
    return "", f"{moment_bare(due, zone_name)} {zone_label(local)}"


def rough(span: timedelta) -> str:
    """Write a length of time with its two largest units: 3d 4h, 1h 50m, 40m."""
    total = int(span.total_seconds() // 60)
    days, rest = divmod(total, 24 * 60)
    hours, minutes = divmod(rest, 60)
    if days:
        return f"{days}d {hours}h" if hours else f"{days}d"
    if hours:
        return f"{hours}h {minutes}m" if minutes else f"{hours}h"
    return f"{minutes}m"


@register.simple_tag
def risk(score: int) -> SafeString:
    """Draw a risk score of 100 with three bars, so that it reads without colour."""
    level = 3 if score >= HIGH else 2 if score >= MIDDLE else 1
    tone = {3: "t-bad", 2: "t-warn", 1: "t-mute"}[level]
    return format_html(
        '<span class="risk {}" data-l="{}" title="Risk score {} of 100">'
        '<span class="bars" aria-hidden="true"><i></i><i></i><i></i></span>'
        '<span class="sr">Risk </span>{}</span>',
        tone, level, score, score,
    )  # fmt: skip


@register.simple_tag
def sla(due: datetime, zone_name: str = "") -> SafeString:
    """Draw a deadline with its tone, shape and words."""
    tone, text = words(due, timezone.now(), zone_name)
    return format_html(
        '<span class="{}">{}{}</span>',
        f"sla {tone}".strip(),
        icon("s-bad" if tone == "t-bad" else "clock"),
        text,
    )
