"""The side navigation of the settings, and their forms in sections."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.forms import BaseForm, BoundField

from web.desk.navigation import Group
from web.desk.settings.frame import settings_groups

register = template.Library()


@register.simple_tag(takes_context=True)
def settings_sections(context: dict[str, Any]) -> tuple[Group, ...]:
    """Return the sections that the reader may open."""
    request = context["request"]
    return settings_groups(request.user, path=request.path)


@dataclass(frozen=True, slots=True)
class Section:
    """Fields that belong together under a title; an empty one stands alone."""

    title: str
    fields: tuple[BoundField, ...]


@register.filter
def sections(form: BaseForm) -> list[Section]:
    """Return the visible fields of a form in the sections it names, or all in one."""
    named = getattr(form, "SECTIONS", None)
    if named is None:
        return [Section("", tuple(form.visible_fields()))]
    return [Section(title, tuple(form[name] for name in names)) for title, names in named]
