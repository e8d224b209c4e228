"""Where an administrator keeps what taxes are decided on: each through its operation."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.models import ExemptionCertificate, TaxProfile
from billing.models import TaxRegistration
from journal.models import Event
from rating.models import TaxRate
from tests.factories import CustomerFactory, UserFactory
from tests.factories.billing import found_carrier
from tests.factories.doors import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator():
    """Somebody with every right in the admin."""
    user = UserFactory(role="administrator")
    user.is_staff = user.is_superuser = True
    user.save()
    return sign_in(user)


def test_a_registration_is_added_and_told_of(administrator):
    entity = found_carrier()

    administrator.post(
        "/admin/billing/taxregistration/add/",
        {
            "entity": entity.pk, "scheme": "GST/HST", "jurisdiction": "CA",
            "number": "123 RT0001", "valid_from": "2026-01-01",
        },
    )  # fmt: skip

    assert TaxRegistration.objects.get().number == "123 RT0001"
    assert Event.objects.filter(name="entity.registered").exists()


HST = {
    "jurisdiction": "CA-ON", "area": "CA", "scheme": "GST/HST", "code": "HST",
    "name": "HST ON", "rate": "13", "effective_from": "2010-07-01", "source": "CRA",
}  # fmt: skip


def test_a_rate_is_added_once_and_a_second_for_the_same_days_is_refused(administrator):
    administrator.post("/admin/rating/taxrate/add/", HST)
    again = administrator.post("/admin/rating/taxrate/add/", HST | {"rate": "14"})

    row = TaxRate.objects.get()
    assert (row.rate, row.effective_from) == (Decimal(13), date(2010, 7, 1))
    assert "withdraw that one first" in again.content.decode()


def test_a_rate_that_changes_ends_the_one_before_it(administrator):
    administrator.post("/admin/rating/taxrate/add/", HST)
    changed = HST | {"rate": "14", "effective_from": "2027-01-01"}
    administrator.post("/admin/rating/taxrate/add/", changed)

    periods = TaxRate.objects.order_by("effective_from").values_list("rate", "effective_to")
    assert list(periods) == [(Decimal(13), date(2026, 12, 31)), (Decimal(14), None)]
    assert Event.objects.filter(name="tax_rate.ended").exists()


def test_a_rate_recorded_by_mistake_is_withdrawn_and_recorded_again(administrator):
    administrator.post("/admin/rating/taxrate/add/", HST | {"rate": "31"})
    wrong = TaxRate.objects.get()
    chosen = {"action": "withdraw", "_selected_action": [wrong.pk]}
    administrator.post("/admin/rating/taxrate/", chosen)
    administrator.post("/admin/rating/taxrate/add/", HST)

    wrong.refresh_from_db()
    assert wrong.withdrawn_at is not None
    assert TaxRate.objects.get(withdrawn_at=None).rate == Decimal(13)


def test_a_profile_is_kept_with_the_answer_of_vies(administrator):
    customer = CustomerFactory(country="BE")
    told = {"customer": customer.pk, "country": "BE", "is_business": "on"}

    refused = administrator.post(
        "/admin/accounts/taxprofile/add/", told | {"vat_id": "NL1", "vat_check": ""}
    )
    unasked = administrator.post(
        "/admin/accounts/taxprofile/add/", told | {"vat_id": "", "vat_check": "VALID"}
    )
    administrator.post(
        "/admin/accounts/taxprofile/add/",
        told | {"vat_id": "be 0123456749", "vat_check": "VALID", "vat_check_reference": "W-1"},
    )

    profile = TaxProfile.objects.get()
    assert "A VAT id of BE begins with BE" in refused.content.decode()
    assert "no VAT id that VIES could know" in unasked.content.decode()
    assert (profile.vat_id, profile.vat_check, profile.vat_check_reference) == (
        "BE0123456749", "VALID", "W-1",
    )  # fmt: skip


def test_a_certificate_is_added(administrator):
    customer = CustomerFactory()

    administrator.post(
        "/admin/accounts/exemptioncertificate/add/",
        {
            "customer": customer.pk, "jurisdiction": "CA-QC", "number": "X-7",
            "valid_from": "2026-01-01", "valid_to": "2026-12-31",
        },
    )  # fmt: skip

    certificate = ExemptionCertificate.objects.get()
    assert (certificate.number, certificate.valid_to) == ("X-7", date(2026, 12, 31))
    page = administrator.get(f"/admin/accounts/exemptioncertificate/{certificate.pk}/change/")
    assert 'name="_save"' not in page.content.decode()
