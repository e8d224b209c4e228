"""A customer's tax profile: kept with its history, told of, and checked again when it changes."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction

from accounts.models import TaxProfile
from accounts.operations.taxing import (
    VatIdOfAnotherState,
    add_certificate,
    record_vat_check,
    save_tax_profile,
)
from journal.models import Event
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db

BY = "user:5"
LATER = datetime(2026, 11, 20, 8, tzinfo=UTC)


@pytest.fixture
def customer():
    return CustomerFactory(country="BE")


def test_a_profile_is_made_and_told_of_as_a_change_of_the_customer(customer, now):
    profile = save_tax_profile(customer, country="BE", vat_id=" be 0123456749 ", by=BY, at=now)

    told = Event.objects.get(name="customer.changed")
    assert profile.vat_id == "BE0123456749"
    assert (told.subject_id, told.customer_id) == (customer.pk, customer.pk)
    assert told.new["vat_id"] == "BE0123456749"


def test_saying_the_same_again_changes_nothing(customer, now):
    for _ in range(2):
        save_tax_profile(customer, country="BE", vat_id="BE0123456749", by=BY, at=now)

    assert Event.objects.filter(name="customer.changed").count() == 1


def test_the_answer_of_vies_is_kept_with_its_day_and_falls_with_another_id(customer, now):
    profile = save_tax_profile(customer, country="BE", vat_id="BE0123456749", by=BY, at=now)

    checked = record_vat_check(
        profile, result=TaxProfile.VatCheck.VALID, reference="W-1", by="system:vies", at=now
    )
    same = save_tax_profile(
        customer, country="BE", vat_id="BE0123456749", is_carrier=True, by=BY, at=LATER
    )
    other = save_tax_profile(customer, country="BE", vat_id="BE0987654312", by=BY, at=LATER)

    assert (checked.vat_check, checked.vat_checked_at) == ("VALID", now)
    assert (same.vat_check, same.is_carrier) == ("VALID", True)
    assert (other.vat_check, other.vat_checked_at, other.vat_check_reference) == ("", None, "")
    assert profile.history.count() == 4


@pytest.mark.parametrize(
    ("country", "vat_id", "is_right"),
    [("BE", "BE0123456749", True), ("GR", "EL123456789", True), ("BE", "NL1", False)],
)
def test_a_vat_id_begins_with_the_letters_of_its_state(customer, now, country, vat_id, is_right):
    if is_right:
        assert save_tax_profile(customer, country=country, vat_id=vat_id, by=BY, at=now).vat_id
        return
    with pytest.raises(VatIdOfAnotherState, match="A VAT id of BE begins with BE, not NL"):
        save_tax_profile(customer, country=country, vat_id=vat_id, by=BY, at=now)


def test_a_check_without_an_id_is_refused_by_the_database(customer, now):
    profile = save_tax_profile(customer, country="BE", by=BY, at=now)

    with pytest.raises(IntegrityError, match="tax_profile_check"), transaction.atomic():
        record_vat_check(profile, result=TaxProfile.VatCheck.VALID, by=BY, at=now)


def test_a_certificate_is_kept_and_told_of(customer, now):
    certificate = add_certificate(
        customer, jurisdiction="CA", number="X-7", valid_from=date(2026, 1, 1), by=BY, at=now
    )

    assert str(certificate) == "CA X-7"
    assert Event.objects.get(name="customer.changed").new["certificate"] == "X-7"
