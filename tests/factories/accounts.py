"""Customers and people."""

from datetime import UTC, datetime
from functools import cache

import factory
from django.contrib.auth.hashers import get_hasher, make_password
from django.contrib.auth.models import Group
from factory.django import DjangoModelFactory

from accounts.models import Customer, Membership, User
from accounts.rules import Role

LONG_AGO = datetime(2026, 1, 5, 9, tzinfo=UTC)


PASSWORD = "correct horse"


@cache
def hashed_password(algorithm: str) -> str:
    """Hash everybody's password once a hasher: half a second each is its point, not ours."""
    return make_password(PASSWORD, hasher=algorithm)


class CustomerFactory(DjangoModelFactory):
    """A paying customer, net 30, straight through."""

    class Meta:
        model = Customer

    code = factory.Sequence(lambda n: f"CUST-{n:04}")
    name = factory.Sequence(lambda n: f"Customer {n}")
    bill_to_name = factory.SelfAttribute("name")
    bill_to_lines = "AP Center, PO Box 1180\nJoliet, IL 60434"
    email = factory.LazyAttribute(lambda o: f"ap@{o.code.lower()}.example")
    created_at = LONG_AGO


class UserFactory(DjangoModelFactory):
    """A person; `role` puts them in its group, `customers` makes memberships."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@lading.example")
    name = factory.Sequence(lambda n: f"Person {n}")
    date_joined = LONG_AGO

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        role = kwargs.pop("role", Role.DISPATCHER)
        customers = kwargs.pop("customers", ())
        user = model_class.objects.create_user(kwargs.pop("email"), **kwargs)
        user.password = hashed_password(get_hasher().algorithm)
        user.save(update_fields=["password"])
        user.groups.add(Group.objects.get_or_create(name=role)[0])
        for customer in customers:
            Membership.objects.create(user=user, customer=customer, created_at=LONG_AGO)
        return user
