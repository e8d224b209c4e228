"""The second line of isolation: what the database itself lets a transaction see."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.db import DatabaseError, connection, transaction

from accounts.models import Principal

EVERYBODY = "*"


def enter_scope(principal: Principal | Any | None) -> None:
    """Limit the open transaction to the rows `principal` may see; None sees nothing.

    The setting ends with the transaction.
    """
    allowed = principal.customer_ids if principal is not None else frozenset()
    setting = EVERYBODY if allowed is None else ",".join(str(pk) for pk in sorted(allowed))
    _set(setting)


def enter_staff_scope() -> None:
    """Let the open transaction see every customer: for doors that work for the carrier itself."""
    _set(EVERYBODY)


@contextmanager
def staff_transaction() -> Iterator[None]:
    """Open a transaction that sees every customer."""
    with transaction.atomic():
        enter_staff_scope()
        yield


@contextmanager
def own_scope() -> Iterator[None]:
    """Work for the carrier itself inside somebody's open transaction; then it sees what it saw.

    For what the house writes about a person: the journal of sign-ins, and letters.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lading.customers', true)")
        before = cursor.fetchone()[0] or ""
    _set(EVERYBODY)
    try:
        yield
    except Exception:
        # A transaction that broke takes the setting with it.
        with suppress(DatabaseError):
            _set(before)
        raise
    _set(before)


def _set(setting: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lading.customers', %s, true)", [setting])
