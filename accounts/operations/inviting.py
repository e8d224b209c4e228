"""Let a customer's administrator say who works for it."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group

from accounts.models import Customer, Membership, User
from accounts.rules import Role
from journal.operations.recording import record


class NotInvitable(Exception):
    """The address cannot be given to the customer's people by its administrator.

    The sentence does not say whether somebody else has it: that is nobody's business.
    """

    status = 422
    code = "not_invitable"
    field = "email"

    def __init__(self) -> None:
        super().__init__("This address cannot be invited here. Please ask us to add the person.")


class AlreadyThere(Exception):
    """The person works for the customer already."""

    status = 422
    code = "already_there"
    field = "email"


class NotRemovable(Exception):
    """Nobody shuts the door on oneself: somebody must be left who can open it."""

    status = 409
    code = "not_removable"


def invite_person(
    email: str,
    *,
    name: str,
    customer: Customer,
    is_administrator: bool = False,
    by: User,
    at: datetime,
) -> Membership:
    """Make a person of the customer who has no password yet, and record `person.invited`.

    An address that belonged to somebody who was removed everywhere starts anew. Raises
    AlreadyThere, and NotInvitable for an address of staff or of another customer's person.
    """
    person = User.objects.select_for_update().filter(email=email.lower()).first()
    if person is not None:
        _check_free(person, customer)
    person = _renewed(person, name) if person else _made(email, name=name, at=at)
    membership = Membership.objects.create(
        user=person, customer=customer, is_administrator=is_administrator, created_at=at
    )
    record(
        "person.invited", subject=person, by=by.actor, at=at, customer_id=customer.pk,
        new={"email": person.email, "is_administrator": is_administrator},
    )  # fmt: skip
    return membership


def remove_person(membership: Membership, *, by: User, at: datetime) -> None:
    """End a person's work for a customer, and record `person.removed`.

    Who works for nobody else is signed out everywhere at once: the account is closed, its
    password and open links with it. Raises NotRemovable for oneself.
    """
    person = User.objects.select_for_update().get(pk=membership.user_id)
    if person.pk == by.pk:
        raise NotRemovable("You cannot remove yourself; another administrator can.")
    customer_id = membership.customer_id
    membership.delete()
    if not person.memberships.exists() and not person.is_desk:
        person.is_active = False
        person.set_unusable_password()
        person.save(update_fields=["is_active", "password"])
    record(
        "person.removed", subject=person, by=by.actor, at=at, customer_id=customer_id,
        old={"email": person.email},
    )  # fmt: skip


def appoint(membership: Membership, *, is_administrator: bool, by: str, at: datetime) -> Membership:
    """Let a person invite and remove people of the customer, or no longer; record it."""
    before = Membership.objects.select_for_update().get(pk=membership.pk).is_administrator
    if before == is_administrator:
        return membership
    membership.is_administrator = is_administrator
    membership.save(update_fields=["is_administrator"])
    record(
        "person.appointed", subject=membership.user, by=by, at=at,
        customer_id=membership.customer_id, old={"is_administrator": before},
        new={"is_administrator": is_administrator},
    )  # fmt: skip
    return membership


def _check_free(person: User, customer: Customer) -> None:
    if person.memberships.filter(customer=customer).exists():
        raise AlreadyThere(f"{person.email} works for {customer.name} already.")
    is_only_customers = person.roles == {Role.CUSTOMER} and not person.is_superuser
    if person.is_active or not is_only_customers or person.memberships.exists():
        raise NotInvitable


def _renewed(person: User, name: str) -> User:
    """Open a closed account again: nothing of its old keys opens it."""
    person.name, person.is_active, person.last_login = name, True, None
    person.set_unusable_password()
    person.save(update_fields=["name", "is_active", "last_login", "password"])
    Authenticator.objects.filter(user=person).delete()
    return person


def _made(email: str, *, name: str, at: datetime) -> User:
    person = User.objects.create_user(email, None, name=name, date_joined=at)
    person.groups.add(Group.objects.get_or_create(name=Role.CUSTOMER)[0])
    return person
