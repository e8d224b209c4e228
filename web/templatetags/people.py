"""People and machines: initials in a circle, and actors in words."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from web.actors import Actor, Cast

register = template.Library()


@register.simple_tag
def avatar(initials: str = "", css: str = "") -> SafeString:
    """Draw initials in a circle; decoration, the name stands beside it."""
    return format_html(
        '<span class="{}" aria-hidden="true">{}</span>', f"avatar {css}".strip(), initials
    )


@register.filter
def actor_in(actor: str, cast: Cast) -> Actor:
    """Return who is behind an actor of the journal, from the cast of the page."""
    return cast.actor(actor)


@register.filter
def spaced(identifier: str) -> str:
    """Write an identifier as words: upload_pod is upload pod."""
    return identifier.replace("_", " ")
