"""How people come in: what a role asks for, and who asked for a link."""

from django.contrib.auth.models import Group
from django.db import models


class RolePolicy(models.Model):
    """What people with a role must have to come in."""

    group = models.OneToOneField(
        Group, on_delete=models.CASCADE, primary_key=True, related_name="policy"
    )
    requires_second_factor = models.BooleanField(default=False)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.group_id}: {'second factor' if self.requires_second_factor else 'password'}"


class PasswordRequest(models.Model):
    """Somebody asked for a link to choose a password, for an address that may be nobody's.

    Kept a day, so that the asking costs the same whoever is meant, and is not repeated at will.
    """

    email = models.EmailField(db_index=True)
    address = models.GenericIPAddressField(null=True)
    asked_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"link for {self.email}"
