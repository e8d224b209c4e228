"""People who sign in with their e-mail address."""

from functools import cached_property
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import Group, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.timezone import now

from accounts.rules import STAFF_ROLES, Role


class UserManager(BaseUserManager["User"]):
    """Makes users; addresses are kept in lower case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create a person who can sign in when a password is given."""
        user = self.model(email=email.lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str, **fields: Any) -> "User":
        """Create a person with every right in the admin."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find by address, whatever its case."""
        return self.get(email=(username or "").lower())


class Theme(models.TextChoices):
    """How pages are lit."""

    LIGHT = "light", "Light"
    DARK = "dark", "Dark"


class Density(models.TextChoices):
    """How close rows stand."""

    COMPACT = "compact", "Compact"
    COMFORTABLE = "comfortable", "Roomy"


class User(AbstractBaseUser, PermissionsMixin):
    """A member of the carrier's staff, or of a customer's."""

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    timezone = models.CharField(max_length=40, default="America/Chicago")
    # What a person prefers; empty leaves it to the browser, the device or the role.
    locale = models.CharField(max_length=10, blank=True, default="")
    theme = models.CharField(max_length=12, choices=Theme, blank=True, default="")
    density = models.CharField(max_length=12, choices=Density, blank=True, default="")
    landing = models.CharField(max_length=40, blank=True, default="")
    has_single_keys = models.BooleanField("single keys act", default=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField("may use the admin", default=False)
    date_joined = models.DateTimeField(default=now)

    objects = UserManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_any_case"),
            models.CheckConstraint(
                condition=models.Q(theme__in=["", *Theme.values]), name="user_theme_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(density__in=["", *Density.values]), name="user_density_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def roles(self) -> frozenset[Role]:
        """Return the roles given by the user's groups."""
        return frozenset(role for role in Role if role in self._policies)

    @cached_property
    def _policies(self) -> dict[str, bool]:
        """Return the user's groups, and which of them ask for a second factor, in one query."""
        return dict(self.groups.values_list("name", "policy__requires_second_factor"))

    @property
    def must_have_second_factor(self) -> bool:
        """Tell whether one of the user's roles asks for a second factor.

        A superuser has all roles, whatever the groups: of them the strictest counts.
        """
        if self.is_superuser:
            return Group.objects.filter(policy__requires_second_factor=True).exists()
        return any(self._policies.values())

    @property
    def is_desk(self) -> bool:
        """Tell whether the person works for the carrier."""
        return self.is_superuser or bool(self.roles & STAFF_ROLES)

    def has_role(self, *roles: Role) -> bool:
        """Tell whether the person has one of `roles`; a superuser has all."""
        return self.is_superuser or bool(self.roles & set(roles))

    @cached_property
    def customer_ids(self) -> frozenset[int] | None:
        """Return the customers the person may see: None (all) for staff, else its memberships."""
        if not self.is_active:
            return frozenset()
        if self.is_desk:
            return None
        return frozenset(self.memberships.values_list("customer_id", flat=True))

    @cached_property
    def administered_ids(self) -> frozenset[int]:
        """Return the customers whose people the person invites and removes; none for staff."""
        if not self.customer_ids:
            return frozenset()
        led = self.memberships.filter(is_administrator=True)
        return frozenset(led.values_list("customer_id", flat=True))

    @property
    def initials(self) -> str:
        """Return one or two letters for the avatar."""
        words = self.name.split() or [self.email]
        return (words[0][:1] + (words[-1][:1] if len(words) > 1 else "")).upper()

    @property
    def actor(self) -> str:
        """Return the user's name in the journal."""
        return f"user:{self.pk}"
