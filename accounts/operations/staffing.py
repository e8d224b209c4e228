"""Keep the carrier's own people: invite, give a role, end and open their sign-in.

Somebody who administrates is always left, and nobody decides on the own role.
"""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.models import Group

from accounts.models import APIKey, Membership, User
from accounts.operations.keying import revoke_key
from accounts.queries.keys import live_keys_of
from accounts.queries.people import administrators
from accounts.rules import STAFF_ROLES, Role
from journal.operations.recording import record


class AddressTaken(Exception):
    """Somebody signs in with this address already."""

    status = 422
    code = "address_taken"
    field = "email"


class NoStaffRole(Exception):
    """The role is not one of the carrier's staff, or the person is none of them."""

    status = 422
    code = "no_staff_role"
    field = "role"


class OwnRole(Exception):
    """Nobody decides on the own role or ends the own sign-in."""

    status = 403
    code = "own_role"

    def __init__(self) -> None:
        super().__init__("You cannot do this to yourself: ask another administrator.")


class LastAdministrator(Exception):
    """Nobody would be left who can keep people."""

    status = 409
    code = "last_administrator"

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is the last administrator: make somebody else one first.")


def invite_staff(email: str, *, name: str, role: Role, by: User, at: datetime) -> User:
    """Make a member of the staff who has no password yet, and record `person.invited`.

    Raises:
        NoStaffRole: `role` is a customer's.
        AddressTaken: somebody has the address.
    """
    _check_role(role)
    if User.objects.filter(email=email.lower()).exists():
        raise AddressTaken(f"Somebody signs in as {email.lower()} already.")
    person = User.objects.create_user(email, None, name=name, date_joined=at)
    person.groups.set([_group(role)])
    record(
        "person.invited", subject=person, by=by.actor, at=at,
        new={"email": person.email, "role": role},
    )  # fmt: skip
    return person


def change_role(person: User, role: Role, *, by: User, at: datetime) -> User:
    """Give a member of the staff one other role, and record `person.role_changed`.

    Raises:
        NoStaffRole, OwnRole, LastAdministrator: as they say.
    """
    _check_role(role)
    held = _hold(person, by=by)
    if held.is_superuser:
        raise NoStaffRole(f"{held.name} is a superuser: a role would change nothing.")
    before = sorted(held.roles)
    if before == [role]:
        return held
    if role is not Role.ADMINISTRATOR:
        _leave_somebody(held)
    held.groups.set([_group(role)])
    record(
        "person.role_changed", subject=held, by=by.actor, at=at,
        old={"role": ", ".join(before)}, new={"role": role},
    )  # fmt: skip
    return User.objects.get(pk=held.pk)


def deactivate(person: User, *, revoked: Iterable[APIKey], by: User, at: datetime) -> User:
    """End somebody's sign-in everywhere at once, with those `revoked` keys that the person made.

    Sessions end because the password they rest on does. Raises OwnRole, LastAdministrator.
    """
    held = _hold(person, by=by)
    if not held.is_active:
        return held
    _leave_somebody(held)
    held.is_active = False
    held.set_unusable_password()
    held.save(update_fields=["is_active", "password"])
    record(
        "person.deactivated", subject=held, by=by.actor, at=at,
        old={"is_active": True}, new={"is_active": False},
    )  # fmt: skip
    own = live_keys_of(held.actor, at=at).filter(pk__in=[key.pk for key in revoked])
    for key in own:
        revoke_key(key, by=by.actor, at=at, reason=f"{held.name} left.")
    return held


def reactivate(person: User, *, by: User, at: datetime) -> User:
    """Let somebody in again, who chooses a new password first; revoked keys stay revoked."""
    held = _hold(person, by=by)
    if held.is_active:
        return held
    held.is_active, held.last_login = True, None
    held.save(update_fields=["is_active", "last_login"])
    record(
        "person.reactivated", subject=held, by=by.actor, at=at,
        old={"is_active": False}, new={"is_active": True},
    )  # fmt: skip
    return held


def _hold(person: User, *, by: User) -> User:
    """Lock a member of the staff; in one order with all administrators, so that one is left."""
    if person.pk == by.pk:
        raise OwnRole
    keepers = administrators().values_list("pk", flat=True)
    rows = User.objects.filter(pk__in=[*keepers, person.pk])
    held = {row.pk: row for row in rows.order_by("pk").select_for_update()}[person.pk]
    if not held.is_desk or Membership.objects.filter(user=held).exists():
        raise NoStaffRole(f"{held.name} is not of our staff.")
    return held


def _leave_somebody(person: User) -> None:
    if not administrators().exclude(pk=person.pk).exists():
        raise LastAdministrator(person.name)


def _check_role(role: Role) -> None:
    if role not in STAFF_ROLES:
        raise NoStaffRole(f"{role} is not a role of our staff.")


def _group(role: Role) -> Group:
    return Group.objects.get_or_create(name=role)[0]
