"""Who belongs to which customer."""

from django.db import models

from accounts.models.customer import Customer
from accounts.models.user import User


class Membership(models.Model):
    """A person who may see one customer's loads and invoices.

    An administrator invites and removes the people of that customer, and no other.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="memberships")
    is_administrator = models.BooleanField("invites and removes people", default=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "customer"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.user_id} of {self.customer_id}"
