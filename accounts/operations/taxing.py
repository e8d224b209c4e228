"""What a customer is to the tax authorities: a change decides what its invoices charge."""

from datetime import date, datetime
from typing import Any

from accounts.models import Customer, ExemptionCertificate, TaxProfile
from journal.operations.recording import record

# Two states write their VAT ids with other letters than their country code.
VAT_PREFIXES = {"GR": "EL"}


class VatIdOfAnotherState(Exception):
    """The VAT id does not begin with the letters of the country of establishment."""

    status = 400
    code = "vat_id_of_another_state"
    field = "vat_id"


def check_vat_id(vat_id: str, *, country: str) -> str:
    """Return the id without spaces, in capitals. Raises VatIdOfAnotherState."""
    plain = "".join(vat_id.split()).upper()
    prefix = VAT_PREFIXES.get(country, country)
    if plain and not plain.startswith(prefix):
        raise VatIdOfAnotherState(f"A VAT id of {country} begins with {prefix}, not {plain[:2]}.")
    return plain


def save_tax_profile(
    customer: Customer,
    *,
    country: str,
    by: str,
    at: datetime,
    vat_id: str = "",
    is_business: bool = True,
    is_carrier: bool = False,
) -> TaxProfile:
    """Keep where the customer is established and its VAT id; another id is unchecked again.

    Raises VatIdOfAnotherState.
    """
    vat_id = check_vat_id(vat_id, country=country)
    profile = TaxProfile.objects.select_for_update().filter(customer=customer).first()
    profile = profile or TaxProfile(customer=customer)
    fields: dict[str, Any] = {
        "country": country,
        "vat_id": vat_id,
        "is_business": is_business,
        "is_carrier": is_carrier,
    }
    if profile.vat_id != vat_id:
        fields |= {"vat_check": "", "vat_checked_at": None, "vat_check_reference": ""}
    return _write(profile, fields, by=by, at=at)


def record_vat_check(
    profile: TaxProfile, *, result: TaxProfile.VatCheck, reference: str = "", by: str, at: datetime
) -> TaxProfile:
    """Keep what VIES answered about the customer's VAT id, and when."""
    held = TaxProfile.objects.select_for_update().get(pk=profile.pk)
    fields = {"vat_check": result, "vat_checked_at": at, "vat_check_reference": reference}
    return _write(held, fields, by=by, at=at)


def add_certificate(
    customer: Customer,
    *,
    jurisdiction: str,
    number: str,
    valid_from: date,
    valid_to: date | None = None,
    by: str,
    at: datetime,
) -> ExemptionCertificate:
    """Keep a certificate that exempts the customer in a country or a part of it."""
    certificate = ExemptionCertificate.objects.create(
        customer=customer,
        jurisdiction=jurisdiction,
        number=number,
        valid_from=valid_from,
        valid_to=valid_to,
        recorded_by=by,
        recorded_at=at,
    )
    told = {"jurisdiction": jurisdiction, "certificate": number}
    _tell(customer, old={}, new=told, by=by, at=at)
    return certificate


def _write(profile: TaxProfile, fields: dict[str, Any], *, by: str, at: datetime) -> TaxProfile:
    is_new = profile.pk is None
    old = {
        name: getattr(profile, name)
        for name, value in fields.items()
        if is_new or getattr(profile, name) != value
    }
    if not old:
        return profile
    for name, value in fields.items():
        setattr(profile, name, value)
    profile.changed_at = at
    profile.save()
    new = {name: fields[name] for name in old}
    _tell(profile.customer, old={} if is_new else old, new=new, by=by, at=at)
    return profile


def _tell(
    customer: Customer, *, old: dict[str, Any], new: dict[str, Any], by: str, at: datetime
) -> None:
    """Tell as a change of the customer: what waits for it is looked at again."""
    record(
        "customer.changed", subject=customer, customer_id=customer.pk, by=by, at=at,
        old=old, new=new,
    )  # fmt: skip
