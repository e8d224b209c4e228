"""A customer's terms change with a word to whoever waits for them."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Customer
from accounts.operations.changing import save_customer
from journal.models import Delivery, Event
from tests.factories import CustomerFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_a_change_is_written_and_told_with_old_and_new(now):
    customer = CustomerFactory(status=Customer.Status.ON_HOLD)
    customer.status = Customer.Status.ACTIVE

    save_customer(customer, changed=["status"], by="user:1", at=now)

    event = Event.objects.get(name="customer.changed")
    assert (event.old, event.new) == ({"status": "ON_HOLD"}, {"status": "ACTIVE"})
    assert event.customer_id == customer.pk
    assert Customer.objects.get().status == Customer.Status.ACTIVE


def test_the_loads_that_wait_for_a_customer_are_asked_again(now):
    customer = CustomerFactory()

    save_customer(customer, changed=["terms_days"], by="user:1", at=now)

    assert Delivery.objects.get().subscriber == "billing.handlers.evaluate_loads"


def test_no_change_tells_nothing(now):
    save_customer(CustomerFactory(), changed=[], by="user:1", at=now)

    assert not Event.objects.exists()


def test_the_admin_changes_a_customer_through_the_operation():
    customer = CustomerFactory(terms_days=30)
    boss = UserFactory(is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(boss)
    page = reverse("admin:accounts_customer_change", args=[customer.pk])
    fields = {
        field.name: getattr(customer, field.name)
        for field in Customer._meta.fields
        if field.name not in {"id", "code", "created_at"}
    }

    client.post(page, {**fields, "terms_days": 45})

    assert Customer.objects.get().terms_days == 45
    event = Event.objects.get(name="customer.changed")
    assert (event.actor, event.new) == (boss.actor, {"terms_days": 45})
