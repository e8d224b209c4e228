"""Money on its way out of the API; amounts are decimal text, the currency beside them."""

from typing import Any

from rest_framework import serializers

from billing.models import Blocker, Charge, Invoice, InvoiceLine, LoadBilling


class ChargeSerializer(serializers.ModelSerializer[Charge]):
    """One charge of a load, with the steps that end in its amount."""

    stop = serializers.IntegerField(source="stop.sequence", read_only=True, allow_null=True)

    class Meta:
        model = Charge
        fields = (
            "code", "stop", "occurrence", "description", "basis", "quantity", "unit", "rate",
            "amount", "currency", "status", "origin", "reason", "explanation",
        )  # fmt: skip
        read_only_fields = fields


class BlockerSerializer(serializers.ModelSerializer[Blocker]):
    """One thing that a load lacks: what, whose, until when, what it is worth."""

    class Meta:
        model = Blocker
        fields = (
            "rule", "subject_key", "enforcement", "message", "action", "owner_group",
            "value_amount", "currency", "opened_at", "due_at",
        )  # fmt: skip
        read_only_fields = fields


class LoadBillingSerializer(serializers.ModelSerializer[LoadBilling]):
    """Where a load stands on its way to an invoice."""

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

    def get_invoices(self, billing: LoadBilling) -> list[str]:
        """Return the numbers of the live documents the load is on."""
        return sorted(claim.invoice.number for claim in billing.load.claims.all())


class InvoiceSerializer(serializers.ModelSerializer[Invoice]):
    """An issued document as lists show it."""

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


class InvoiceLineSerializer(serializers.ModelSerializer[InvoiceLine]):
    """One line of a document."""

    load = serializers.SlugRelatedField[Any](slug_field="number", read_only=True)
    stop = serializers.IntegerField(source="charge.stop.sequence", read_only=True, default=None)

    class Meta:
        model = InvoiceLine
        fields = (
            "position", "load", "code", "stop", "description", "basis", "quantity", "unit",
            "rate", "amount", "currency", "tax_category", "tax_rate", "tax_amount",
        )  # fmt: skip
        read_only_fields = fields


class InvoiceDetailSerializer(InvoiceSerializer):
    """An issued document with its lines."""

    lines = InvoiceLineSerializer(many=True, read_only=True)

    class Meta(InvoiceSerializer.Meta):
        fields = (*InvoiceSerializer.Meta.fields, "lines")
        read_only_fields = fields
