"""What a customer's portal shows: an invoice with its PO, its PDF and its proof."""

from django.utils import timezone

from billing.models import Invoice
from billing.operations.printing import print_invoice
from dispatch.models import Document, Load, Reference
from dispatch.operations.filing import store_bytes

PO = "4500870731"
PROOF = b"%PDF-1.7 signed by J. Alvarez"


def refer(invoice: Invoice, kind: str = "PO", value: str = PO) -> None:
    """Give the load of an invoice a number."""
    load = Load.objects.filter(invoice_lines__invoice=invoice).distinct().get()
    key = "".join(letter for letter in value.upper() if letter.isalnum())
    Reference.objects.create(
        load=load, customer=invoice.customer, kind=kind, value=value, value_key=key
    )


def draw(invoice: Invoice) -> Invoice:
    """Draw and store the PDF."""
    print_invoice(invoice.pk, by="system:printer", at=timezone.now())
    return invoice


def store_proof(invoice: Invoice, content: bytes = PROOF) -> Document:
    """Store the bytes of the proof of delivery."""
    proof = Document.objects.get(load__claims__invoice=invoice, kind="POD")
    proof.sha256 = store_bytes(content)
    proof.save(update_fields=["sha256"])
    return proof
