"""Find the key behind a presented secret, and the person behind a key."""

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime

from accounts.models import APIKey


def hash_secret(secret: str) -> str:
    """Return the hex SHA-256 of a secret, the only form that is stored."""
    return hashlib.sha256(secret.encode()).hexdigest()


def find_key(secret: str, *, at: datetime) -> APIKey | None:
    """Return the live key of `secret`, or None. Compares in constant time."""
    prefix = secret[:12]
    key = APIKey.objects.filter(prefix=prefix).first()
    expected = key.hash if key else hash_secret("")
    if not hmac.compare_digest(expected, hash_secret(secret)) or key is None:
        return None
    return key if key.is_live(at) else None


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
