"""Money on its way out of the API; amounts are decimal text, the currency beside them."""

from collections.abc import Mapping
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.serializers import GuardedSerializer
from billing.models import (
    Blocker,
    Charge,
    Invoice,
    InvoiceLine,
    InvoiceLineTax,
    LoadBilling,
    Payment,
)
from billing.queries.documents import taxes_of_document
from journal.api import PlainDecimalField, PlainIntegerField, StrictSerializer

TOLD_CUSTOMERS = (LoadBilling.Status.INVOICED, LoadBilling.Status.NOT_BILLABLE)


class ChargeSerializer(GuardedSerializer):
    """One charge of a load, with the steps that end in its amount.

    A customer is told the steps alone; what our people say of it stays here.
    """

    WITHHELD: ClassVar[Mapping[str, Any]] = {"reason": ""}

    stop = serializers.IntegerField(source="stop.sequence", read_only=True, allow_null=True)

    class Meta:
        model = Charge
        fields: tuple[str, ...] = (
            "id", "code", "stop", "occurrence", "description", "basis", "quantity", "unit", "rate",
            "amount", "currency", "status", "origin", "reason", "explanation",
        )  # fmt: skip
        read_only_fields = fields

    def narrow(self, told: dict[str, Any]) -> dict[str, Any]:
        """Leave the steps of the explanation."""
        steps = (told["explanation"] or {}).get("steps", [])
        return super().narrow(told) | {"explanation": {"steps": steps}}


class BlockerSerializer(serializers.ModelSerializer[Blocker]):
    """One thing that a load lacks: what, whose, until when, what it is worth."""

    class Meta:
        model = Blocker
        fields = (
            "rule", "subject_key", "enforcement", "message", "action", "owner_group",
            "value_amount", "currency", "opened_at", "due_at",
        )  # fmt: skip
        read_only_fields = fields


class LoadBillingSerializer(GuardedSerializer):
    """Where a load stands on its way to an invoice.

    To a customer a load waits until it is billed; what it lacks is between us.
    """

    load = serializers.SlugRelatedField[Any](slug_field="number", read_only=True)
    blockers = BlockerSerializer(source="load.blockers", many=True, read_only=True)
    charges = ChargeSerializer(source="load.charges", many=True, read_only=True)
    invoices = serializers.SerializerMethodField()

    class Meta:
        model = LoadBilling
        fields = (
            "load", "status", "total_amount", "currency", "evaluated_at", "blockers",
            "charges", "invoices",
        )  # fmt: skip
        read_only_fields = fields

    def narrow(self, told: dict[str, Any]) -> dict[str, Any]:
        """Leave what was billed."""
        if told["status"] in TOLD_CUSTOMERS:
            return told | {"blockers": []}
        waiting = LoadBilling.Status.WAITING
        return told | {"status": waiting, "total_amount": "0.00", "blockers": []}

    def get_invoices(self, billing: LoadBilling) -> list[str]:
        """Return the numbers of the live documents the load is on."""
        return sorted(claim.invoice.number for claim in billing.load.claims.all())


class InvoiceSerializer(GuardedSerializer):
    """An issued document as lists show it; our books are not told to a customer."""

    WITHHELD: ClassVar[Mapping[str, Any]] = {"erp_status": "", "erp_reference": ""}

    customer = serializers.SlugRelatedField[Any](slug_field="code", read_only=True)
    corrects = serializers.SlugRelatedField[Any](
        slug_field="number", read_only=True, allow_null=True
    )
    status = serializers.CharField(source="state.status", read_only=True)
    balance_amount = serializers.DecimalField(
        source="state.balance_amount", max_digits=14, decimal_places=2, read_only=True
    )
    erp_status = serializers.CharField(source="state.erp_status", read_only=True)
    erp_reference = serializers.CharField(source="state.erp_reference", read_only=True)
    pdf_sha256 = serializers.SerializerMethodField(help_text="Empty while the PDF is drawn.")

    class Meta:
        model = Invoice
        fields: tuple[str, ...] = (
            "number", "kind", "customer", "corrects", "issued_on", "due_on", "issued_at",
            "currency", "net_amount", "tax_amount", "total_amount", "load_count", "status",
            "balance_amount", "erp_status", "erp_reference", "pdf_sha256",
        )  # fmt: skip
        read_only_fields = fields

    def get_pdf_sha256(self, invoice: Invoice) -> str:
        """Return the hash of the stored PDF."""
        return invoice.document.sha256 if hasattr(invoice, "document") else ""


class LineTaxSerializer(serializers.ModelSerializer[InvoiceLineTax]):
    """One tax on a line, or on the share of it that is supplied in one place."""

    class Meta:
        model = InvoiceLineTax
        fields = (
            "name", "category", "code", "jurisdiction", "rate", "base_amount", "tax_amount",
        )  # fmt: skip
        read_only_fields = fields


class DocumentTaxSerializer(serializers.Serializer[Any]):
    """One tax of a document: what it is worked out on, and what it comes to."""

    name = serializers.CharField()
    category = serializers.CharField(help_text="UN/ECE 5305: S, Z, E, AE, O.")
    rate = serializers.DecimalField(max_digits=7, decimal_places=4)
    base = serializers.DecimalField(max_digits=14, decimal_places=2)
    amount = serializers.DecimalField(max_digits=14, decimal_places=2)


class InvoiceLineSerializer(serializers.ModelSerializer[InvoiceLine]):
    """One line of a document."""

    load = serializers.SlugRelatedField[Any](slug_field="number", read_only=True)
    stop = serializers.IntegerField(
        source="charge.stop.sequence", read_only=True, default=None, allow_null=True
    )
    taxes = LineTaxSerializer(many=True, read_only=True)

    class Meta:
        model = InvoiceLine
        fields = (
            "position", "load", "code", "stop", "description", "basis", "quantity", "unit",
            "rate", "amount", "currency", "tax_category", "tax_rate", "tax_amount",
            "taxes",
        )  # fmt: skip
        read_only_fields = fields


class InvoiceDetailSerializer(InvoiceSerializer):
    """An issued document with its lines."""

    lines = InvoiceLineSerializer(many=True, read_only=True)
    taxes = serializers.SerializerMethodField()
    tax_notes = serializers.SerializerMethodField(help_text="The sentences the law asks for.")

    class Meta(InvoiceSerializer.Meta):
        fields = (*InvoiceSerializer.Meta.fields, "lines", "taxes", "tax_notes")
        read_only_fields = fields

    @extend_schema_field(DocumentTaxSerializer(many=True))
    def get_taxes(self, invoice: Invoice) -> list[dict[str, Any]]:
        """Return each tax with its base, as the document prints it."""
        return list(DocumentTaxSerializer(taxes_of_document(invoice), many=True).data)

    def get_tax_notes(self, invoice: Invoice) -> list[str]:
        """Return what the document says about its taxes."""
        return list(invoice.snapshot.get("tax_notes", ()))


class PaymentSerializer(serializers.Serializer[Any]):
    """A payment, and how much of it is set against the invoice that is asked about."""

    uid = serializers.UUIDField(source="payment.uid")
    method = serializers.CharField(source="payment.method")
    reference = serializers.CharField(source="payment.reference")
    received_on = serializers.DateField(source="payment.received_on")
    amount = serializers.DecimalField(source="payment.amount", max_digits=14, decimal_places=2)
    currency = serializers.CharField(source="payment.currency")
    applied_amount = serializers.DecimalField(source="applied", max_digits=14, decimal_places=2)
    is_void = serializers.BooleanField()


class NewPaymentSerializer(StrictSerializer):
    """Money that came in, in the currency of the invoice."""

    amount = PlainDecimalField(max_digits=14, decimal_places=2)
    method = serializers.ChoiceField(choices=Payment.Method.choices)
    received_on = serializers.DateField()
    reference = serializers.CharField(max_length=60, required=False, allow_blank=True)
    note = serializers.CharField(max_length=240, required=False, allow_blank=True)


class PaidSerializer(serializers.Serializer[Any]):
    """What became of a payment: what is more than was owed stays the customer's."""

    uid = serializers.UUIDField(source="payment.uid")
    applied_amount = serializers.DecimalField(source="applied", max_digits=14, decimal_places=2)
    unapplied_amount = serializers.DecimalField(source="unapplied", max_digits=14, decimal_places=2)
    currency = serializers.CharField(source="payment.currency")


class VoidingSerializer(StrictSerializer):
    """Why something is taken back."""

    reason = serializers.CharField(max_length=1000)


class VoidedSerializer(serializers.Serializer[Any]):
    """The mirror of a payment that was taken back."""

    uid = serializers.UUIDField()
    voids = serializers.UUIDField(source="voids.uid")
    amount = serializers.DecimalField(max_digits=14, decimal_places=2)
    currency = serializers.CharField()


class NewCreditSerializer(StrictSerializer):
    """What of an invoice is taken back: `lines` names positions, for `how` = lines alone."""

    how = serializers.ChoiceField(choices=["whole", "lines", "rebill"])
    lines = serializers.ListField(child=PlainIntegerField(min_value=1), required=False)
    reason = serializers.CharField(max_length=1000)


class CreditedSerializer(serializers.Serializer[Any]):
    """The documents that were made; `invoice` is the one that bills the loads anew."""

    credit_note = serializers.CharField()
    invoice = serializers.CharField(allow_null=True)
