"""Who has a second factor, and which roles ask for one."""

from allauth.mfa.models import Authenticator

from accounts.models import RolePolicy, User
from accounts.rules import Role


def has_second_factor(person: User) -> bool:
    """Tell whether the person has enrolled an authenticator app."""
    return bool(Authenticator.objects.filter(user=person, type="totp").exists())


def roles_with_factor() -> frozenset[Role]:
    """Return the roles that ask for a second factor."""
    policies = RolePolicy.objects.filter(requires_second_factor=True)
    names = set(policies.values_list("group__name", flat=True))
    return frozenset(role for role in Role if role in names)
