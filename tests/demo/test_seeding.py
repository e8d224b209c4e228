"""The demonstration is made through the operations, in its own time, and holds together."""

import json
import stat
from decimal import Decimal

import pytest
from django.core.management import call_command

from billing.models import Invoice, InvoiceLineTax, LoadBilling
from demo.management.commands import demo
from demo.world.abroad import ABROAD
from dispatch.models import Load
from journal.models import Delivery

LOADS = 30


@pytest.mark.django_db(transaction=True)
def test_a_carrier_is_seeded_whole_once_and_keeps_every_invariant(settings, tmp_path):
    settings.VAR_DIR = tmp_path

    call_command("demo", loads=LOADS, verbosity=0)
    people = json.loads((tmp_path / "demo" / "people.json").read_text())
    call_command("demo", loads=LOADS, verbosity=0)

    assert Load.objects.count() == LOADS + len(ABROAD)
    assert_bills_abroad_are_taxed()
    assert_each_role_can_sign_in(people)
    assert_invoices_are_dated_as_they_would_have_been()
    assert_only_papers_and_postings_wait()
    call_command("check_invariants", verbosity=0)


def assert_each_role_can_sign_in(people):
    roles = [person["role"] for person in people]
    assert roles == ["dispatcher", "biller", "billing manager", "administrator", "customer"]


def assert_bills_abroad_are_taxed():
    taxes = InvoiceLineTax.objects.order_by("pk")
    assert list(taxes.values_list("name", "rate", "base_amount", "tax_amount")) == [
        ("HST ON", Decimal(13), Decimal("3150.00"), Decimal("409.50")),
        ("Reverse charge", Decimal(0), Decimal("1480.00"), Decimal(0)),
    ]


def assert_invoices_are_dated_as_they_would_have_been():
    days = list(Invoice.objects.order_by("sequence").values_list("issued_on", flat=True))
    assert len(days) == LoadBilling.objects.filter(status="INVOICED").count() > LOADS / 2
    assert days == sorted(days)
    assert len(set(days)) > 10


def assert_only_papers_and_postings_wait():
    waiting = Delivery.objects.filter(status__in=["PENDING", "LEASED", "DEAD"])
    assert set(waiting.values_list("queue", flat=True)) <= {"render", "outbound", "housekeeping"}
    housekeeping = waiting.filter(queue="housekeeping").values_list("event__name", flat=True)
    assert list(housekeeping) == ["backtest.started"]


def test_passwords_are_for_this_user_alone(tmp_path, settings):
    settings.VAR_DIR = tmp_path

    path = demo.write_private("people.json", [])

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
