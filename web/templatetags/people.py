"""People and machines: initials in a circle, and actors in words."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def avatar(initials: str = "", css: str = "") -> SafeString:
    """Draw initials in a circle; decoration, the name stands beside it."""
    return format_html(
        '<span class="{}" aria-hidden="true">{}</span>', f"avatar {css}".strip(), initials
    )
