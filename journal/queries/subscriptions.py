"""The routing table named by `settings.SUBSCRIPTIONS`, as Django loads `ROOT_URLCONF`."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module

from django.conf import settings
from django.utils.module_loading import import_string

from journal.events import Subscription, Verdict
from journal.models import Delivery

Handler = Callable[[list[Delivery]], Sequence[Verdict]]


@cache
def subscriptions() -> dict[str, tuple[Subscription, ...]]:
    """Return the subscriptions by event name."""
    table: dict[str, list[Subscription]] = defaultdict(list)
    for subscription in import_module(settings.SUBSCRIPTIONS).SUBSCRIPTIONS:
        table[subscription.event].append(subscription)
    return {event: tuple(found) for event, found in table.items()}


@cache
def handler_of(subscriber: str) -> Handler:
    """Return the function behind a dotted path."""
    found: Handler = import_string(subscriber)
    return found


@cache
def is_transactional(subscriber: str) -> bool:
    """Tell whether a subscriber's work and its settling are one transaction."""
    return all(
        subscription.transactional
        for found in subscriptions().values()
        for subscription in found
        if subscription.handler == subscriber
    )
