"""Find the key behind a presented secret, and the person behind a key."""

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet

from accounts.models import APIKey


def hash_secret(secret: str) -> str:
    """Return the hex SHA-256 of a secret, the only form that is stored."""
    return hashlib.sha256(secret.encode()).hexdigest()


def find_key(secret: str, *, at: datetime) -> APIKey | None:
    """Return the live key of `secret`, or None."""
    key = presented_key(secret)
    return key if key and key.is_live(at) else None


def presented_key(secret: str) -> APIKey | None:
    """Return the key of `secret`, ended or not, or None. Compares in constant time."""
    key = APIKey.objects.filter(prefix=secret[:12]).first()
    expected = key.hash if key else hash_secret("")
    return key if hmac.compare_digest(expected, hash_secret(secret)) else None


def live_keys_of(person: str, *, at: datetime) -> QuerySet[APIKey]:
    """Return the keys that somebody made, an actor's name, and that still open something."""
    is_going_on = Q(expires_at=None) | Q(expires_at__gt=at)
    made = APIKey.objects.filter(is_going_on, created_by=person, revoked_at=None)
    return made.order_by("name", "pk")


def people_behind(actors: Iterable[str]) -> dict[str, str]:
    """Return for each actor who is behind it: of a key the user who made it, else the actor.

    Whoever made a key can do by it what they may not do themselves.
    """
    named = set(actors)
    numbers = [name.removeprefix("key:") for name in named if name.startswith("key:")]
    keys = APIKey.objects.filter(pk__in=[number for number in numbers if number.isdigit()])
    makers = {f"key:{pk}": maker for pk, maker in keys.values_list("pk", "created_by")}
    return {
        name: maker if (maker := makers.get(name, "")).startswith("user:") else name
        for name in named
    }
