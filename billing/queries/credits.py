"""Which lines of an invoice were credited by themselves, and which can still be."""

from collections.abc import Collection

from billing.models import BillingClaim, Invoice, InvoiceLine


def credited_charges(invoice: Invoice) -> frozenset[int]:
    """Return the charges of the invoice whose line a credit note mirrors."""
    billed = InvoiceLine.objects.filter(invoice=invoice).values("charge_id")
    mirrored = InvoiceLine.objects.filter(invoice__corrects=invoice, charge_id__in=billed)
    return frozenset(mirrored.values_list("charge_id", flat=True))


def returned_charges(charge_ids: Collection[int]) -> frozenset[int]:
    """Return those of some billed charges whose line was taken back while its invoice lives."""
    live = BillingClaim.objects.filter(charge__in=charge_ids).values("invoice_id")
    mirrored = InvoiceLine.objects.filter(charge__in=charge_ids, invoice__corrects__in=live)
    return frozenset(mirrored.values_list("charge_id", flat=True))


def creditable_lines(invoice: Invoice) -> list[InvoiceLine]:
    """Return the lines that no credit note mirrors yet, in order, each with load and charge."""
    lines = InvoiceLine.objects.filter(invoice=invoice).select_related("load", "charge")
    gone = credited_charges(invoice)
    return [line for line in lines.order_by("position") if line.charge_id not in gone]
