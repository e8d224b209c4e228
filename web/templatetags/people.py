"""People and machines: initials in a circle, and actors in words."""

from django import template
from django.contrib.messages.storage.base import Message
from django.utils.html import format_html
from django.utils.safestring import SafeString

from web.actors import Actor, Cast

register = template.Library()

LONG = 160


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
def initialed(name: str) -> str:
    """Write a person's name as a narrow column does: M. Okafor; one word stays as it is."""
    first, _, rest = name.strip().partition(" ")
    return f"{first[0]}. {rest.strip()}" if rest.strip() else first


@register.filter
def spaced(identifier: str) -> str:
    """Write an identifier as words: upload_pod is upload pod."""
    return identifier.replace("_", " ")


@register.filter
def calm(value: str) -> str:
    """Write a status as a word: ACCEPTED is Accepted, everything else stays as it is."""
    is_status = value.isupper() and value.replace("_", "").isalpha()
    return value.replace("_", " ").capitalize() if is_status else value


@register.filter
def is_long(value: object) -> bool:
    """Tell what needs room of its own: a raw message, not a word or a date."""
    text = str(value)
    return len(text) > LONG or "\n" in text


@register.filter
def prefixed(value: str, prefix: str) -> str:
    """Write a word before a value, and neither when there is none."""
    return f"{prefix}{value}" if value else ""


@register.filter
def undoes(message: Message) -> str:
    """Return the number of the case whose last step a toast offers to undo, empty for none."""
    word, _, number = message.extra_tags.partition(" ") if message.extra_tags else ("", "", "")
    return number if word == "undo" else ""
