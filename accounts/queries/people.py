"""The people of the carrier, and who of them keeps the others."""

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.rules import STAFF_ROLES, Role


def staff() -> QuerySet[User]:
    """Return everybody who works, or worked, for the carrier, by name."""
    is_theirs = Q(groups__name__in=STAFF_ROLES) | Q(is_superuser=True)
    return User.objects.filter(is_theirs).distinct().order_by("name", "pk")


def administrators() -> QuerySet[User]:
    """Return the ids' rows of those who may keep people now."""
    is_keeper = Q(groups__name=Role.ADMINISTRATOR) | Q(is_superuser=True)
    return User.objects.filter(is_keeper, is_active=True)
