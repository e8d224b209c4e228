"""The side navigation of the settings, for every page that stands in their frame."""

from typing import Any

from django import template

from web.desk.navigation import Group
from web.desk.settings.frame import settings_groups

register = template.Library()


@register.simple_tag(takes_context=True)
def settings_sections(context: dict[str, Any]) -> tuple[Group, ...]:
    """Return the sections that the reader may open."""
    request = context["request"]
    return settings_groups(request.user, path=request.path)
