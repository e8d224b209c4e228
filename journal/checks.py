"""Refuse to start with a routing table that leads nowhere."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, register

from journal.queries.subscriptions import handler_of, subscriptions


@register()
def check_subscriptions(
    app_configs: Sequence[AppConfig] | None, **_options: Any
) -> list[CheckMessage]:
    """Resolve every handler, and find lines that stand twice."""
    return [*_unresolved(), *_repeated()]


def _unresolved() -> Iterator[CheckMessage]:
    handlers = {line.handler for lines in subscriptions().values() for line in lines}
    for handler in sorted(handlers):
        try:
            handler_of(handler)
        except ImportError as error:
            yield Error(f"The subscription {handler} leads nowhere: {error}", id="journal.E001")


def _repeated() -> Iterator[CheckMessage]:
    lines = Counter(
        (line.event, line.handler) for lines in subscriptions().values() for line in lines
    )
    for (event, handler), times in sorted(lines.items()):
        if times > 1:
            yield Error(f"{handler} hears {event} {times} times.", id="journal.E002")
