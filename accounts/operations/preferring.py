"""What people prefer for themselves: zone, locale, look, first page, single keys."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accounts.models import User
from journal.operations.recording import record

PREFERENCES = ("timezone", "locale", "theme", "density", "landing", "has_single_keys")


def save_preferences(user: User, *, told: Mapping[str, Any], at: datetime) -> User:
    """Write those of PREFERENCES that `told` names and that differ; record `person.preferred`.

    A person's own: `user` is who did it, too. Nothing is written when nothing differs. What a
    customer's person changes is told among the events of the (first) customer.
    """
    stored = User.objects.select_for_update().values(*PREFERENCES).get(pk=user.pk)
    names = [name for name in PREFERENCES if name in told and told[name] != stored[name]]
    for name in names:
        setattr(user, name, told[name])
    if names:
        user.save(update_fields=names)
        record(
            "person.preferred", subject=user, by=user.actor, at=at,
            customer_id=min(user.customer_ids or (), default=None),
            old={name: stored[name] for name in names}, new={name: told[name] for name in names},
        )  # fmt: skip
    return user
