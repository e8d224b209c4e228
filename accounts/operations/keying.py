"""Make and revoke API keys."""

import secrets
from collections.abc import Iterable
from datetime import date, datetime

from accounts.models import APIKey, Customer
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
    )
    new = {
        "name": name,
        "scopes": key.scopes,
        "customer": customer.code if customer else "",
        "expires_at": expires_at,
    }
    record("key.created", subject=key, by=by, at=at, new=new)
    return key, secret


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
