"""Passwords, second factors and sign-ins: what happens to them is written down, and told."""

from collections.abc import Iterable
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group

from accounts.models import RolePolicy, User
from accounts.operations.admitting import account_count
from accounts.operations.scoping import own_scope
from accounts.rules import STAFF_ROLES, Role
from journal.operations.recording import record

HOUSE = "system:sign-in"


class NotOneself(Exception):
    """Somebody else must do it: whoever took over a session could otherwise take all."""

    status = 409
    code = "not_oneself"


class NotResettable(Exception):
    """The person has no second factor that could be taken away."""

    status = 409
    code = "not_resettable"


def note_sign_in(person: User, *, address: str, agent: str, at: datetime) -> None:
    """Record that a person came in, from where."""
    with own_scope():
        record(
            "person.signed_in", subject=person, by=person.actor, at=at,
            payload={"address": address, "agent": agent},
        )  # fmt: skip


def note_lock(email: str, *, address: str, until: datetime, at: datetime) -> None:
    """Record that an account was locked by wrong passwords; a stranger's address has no record."""
    person = User.objects.filter(email=email.lower()).first()
    if person is None:
        return
    with own_scope():
        record(
            "person.locked_out", subject=person, by=HOUSE, at=at,
            payload={"address": address, "until": until},
        )  # fmt: skip


def unlock(person: User, *, by: User, at: datetime) -> None:
    """Forget the wrong passwords at a person's account, and record it."""
    account_count(person.email).clear()
    record("person.unlocked", subject=person, by=by.actor, at=at)


def note_password(person: User, *, was_reset: bool, at: datetime) -> None:
    """Record that a person chose a new password; every other session has ended with the old one.

    A password chosen by the link also unlocks the account: the mailbox is the person's.
    """
    if was_reset:
        account_count(person.email).clear()
    with own_scope():
        record(
            "person.password_changed", subject=person, by=person.actor, at=at,
            payload={"was_reset": was_reset},
        )  # fmt: skip


def note_second_factor(person: User, *, change: str, at: datetime) -> None:
    """Record that a person `added` or `removed` a second factor, or `renewed` the codes."""
    with own_scope():
        record(f"person.second_factor_{change}", subject=person, by=person.actor, at=at)


def reset_second_factor(person: User, *, by: User, at: datetime, reason: str) -> None:
    """Take away the second factor of somebody who lost the device, and sign them out everywhere.

    Raises:
        NotOneself: `by` is the person.
        NotResettable: there is no second factor.
    """
    if person.pk == by.pk:
        raise NotOneself("Another administrator resets yours; you can use a recovery code.")
    _drop_factors(person, by=by.actor, at=at, reason=reason)


def reset_from_outside(person: User, *, by: str, at: datetime, reason: str) -> None:
    """Do the same from the machine's own console, for the last administrator."""
    _drop_factors(person, by=by, at=at, reason=reason)


def require_second_factor(roles: Iterable[Role], *, by: str, at: datetime) -> frozenset[Role]:
    """Ask exactly these staff roles for a second factor, from their next click; record it.

    Raises ValueError for a role that is not of the staff.
    """
    wanted = frozenset(roles)
    if not wanted <= STAFF_ROLES:
        raise ValueError("Only staff can be asked for a second factor.")
    for role in sorted(STAFF_ROLES):
        _require(role, is_required=role in wanted, by=by, at=at)
    return wanted


def end_other_sessions(person: User, *, but: str, by: str, at: datetime) -> int:
    """End all sessions of a person except the one named `but`; return how many."""
    sessions = list(UserSession.objects.filter(user=person).exclude(session_key=but))
    for session in sessions:
        session.end()
    if sessions:
        with own_scope():
            record(
                "person.sessions_ended", subject=person, by=by, at=at,
                payload={"sessions": len(sessions)},
            )  # fmt: skip
    return len(sessions)


def _drop_factors(person: User, *, by: str, at: datetime, reason: str) -> None:
    User.objects.select_for_update().get(pk=person.pk)
    if not Authenticator.objects.filter(user=person).delete()[0]:
        raise NotResettable(f"{person.name} has no second factor.")
    record("person.second_factor_reset", subject=person, by=by, at=at, reason=reason)
    end_other_sessions(person, but="", by=by, at=at)


def _require(role: Role, *, is_required: bool, by: str, at: datetime) -> None:
    group = Group.objects.get_or_create(name=role)[0]
    policy, _ = RolePolicy.objects.select_for_update().get_or_create(
        group=group, defaults={"changed_at": at}
    )
    if policy.requires_second_factor == is_required:
        return
    policy.requires_second_factor, policy.changed_at = is_required, at
    policy.save()
    record(
        "role.second_factor", subject=policy, by=by, at=at, reason=role,
        old={"requires_second_factor": not is_required},
        new={"requires_second_factor": is_required},
    )  # fmt: skip
