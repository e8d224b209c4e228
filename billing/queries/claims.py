"""Which live document bills what."""

from billing.models import Invoice, LoadClaim


def live_invoice_of(load_id: int) -> Invoice | None:
    """Return the live primary invoice of a load, None when it has none."""
    primary = LoadClaim.objects.filter(load_id=load_id, kind=LoadClaim.Kind.PRIMARY)
    return Invoice.objects.filter(load_claims__in=primary).first()
