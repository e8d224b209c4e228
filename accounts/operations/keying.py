"""Make and revoke API keys."""

import secrets
from collections.abc import Iterable
from datetime import date, datetime

from accounts.models import APIKey, Customer
from accounts.models.key import REQUESTS_PER_MINUTE
from accounts.queries.keys import hash_secret
from accounts.rules import Scope
from journal.operations.recording import record


def create_key(
    name: str,
    *,
    scopes: Iterable[Scope],
    by: str,
    at: datetime,
    customer: Customer | None = None,
    expires_at: datetime | None = None,
    requests_per_minute: int = REQUESTS_PER_MINUTE,
) -> tuple[APIKey, str]:
    """Make a key; return it with the secret, which cannot be shown again."""
    secret = "lk_" + secrets.token_urlsafe(32)
    key = APIKey.objects.create(
        name=name,
        prefix=secret[:12],
        hash=hash_secret(secret),
        scopes=sorted(scopes),
        customer=customer,
        created_at=at,
        created_by=by,
        expires_at=expires_at,
        requests_per_minute=requests_per_minute,
    )
    new = {
        "name": name,
        "scopes": key.scopes,
        "customer": customer.code if customer else "",
        "expires_at": expires_at,
        "requests_per_minute": requests_per_minute,
    }
    record("key.created", subject=key, by=by, at=at, new=new)
    return key, secret


def limit_key(key: APIKey, *, requests_per_minute: int, by: str, at: datetime) -> APIKey:
    """Say how often the key may ask in a minute, from its next request on.

    Raises:
        ValueError: it might not ask at all; such a key is revoked.
    """
    if requests_per_minute < 1:
        raise ValueError("A key may ask at least once a minute; revoke one that may not.")
    old, key.requests_per_minute = key.requests_per_minute, requests_per_minute
    if old != requests_per_minute:
        key.save(update_fields=["requests_per_minute"])
        record(
            "key.limited", subject=key, by=by, at=at, old={"requests_per_minute": old},
            new={"requests_per_minute": requests_per_minute},
        )  # fmt: skip
    return key


def revoke_key(key: APIKey, *, by: str, at: datetime, reason: str) -> APIKey:
    """Refuse the key from now on."""
    if key.revoked_at is None:
        key.revoked_at = at
        key.save(update_fields=["revoked_at"])
        record("key.revoked", subject=key, by=by, at=at, reason=reason)
    return key


def note_use(key: APIKey, *, on: date) -> None:
    """Keep the day on which the key last opened something: one small write a day.

    Whoever finds the row taken leaves it to the request that has it.
    """
    if key.last_used_on == on:
        return
    free = APIKey.objects.filter(pk=key.pk).select_for_update(skip_locked=True, no_key=True)
    APIKey.objects.filter(pk__in=free.values("pk")).update(last_used_on=on)
