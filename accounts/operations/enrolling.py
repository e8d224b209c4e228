"""Make customers and the people who work with them."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import Group

from accounts.models import Customer, Membership, User
from accounts.rules import Role
from journal.operations.recording import record


def create_customer(code: str, *, name: str, by: str, at: datetime, **terms: Any) -> Customer:
    """Create a customer; `terms` are the remaining fields of the model."""
    terms.setdefault("bill_to_name", name)
    customer = Customer.objects.create(code=code, name=name, created_at=at, **terms)
    record(
        "customer.created", subject=customer, by=by, at=at, customer_id=customer.pk,
        new={"code": code, "name": name},
    )  # fmt: skip
    return customer


def create_person(
    email: str,
    *,
    name: str,
    role: Role,
    by: str,
    at: datetime,
    password: str | None = None,
    customers: tuple[Customer, ...] = (),
    timezone: str = "America/Chicago",
    is_administrator: bool = False,
) -> User:
    """Create a person with one role and, for a customer's people, its memberships.

    `is_administrator` lets the person invite and remove the people of these customers.
    """
    user = User.objects.create_user(email, password, name=name, timezone=timezone, date_joined=at)
    user.groups.add(Group.objects.get_or_create(name=role)[0])
    for customer in customers:
        Membership.objects.create(
            user=user, customer=customer, is_administrator=is_administrator, created_at=at
        )
    record("person.created", subject=user, by=by, at=at, new={"email": user.email, "role": role})
    return user
