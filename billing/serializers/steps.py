"""What is decided about charges and loads over the API, and the invoices that come of it."""

from collections.abc import Mapping
from typing import Any, ClassVar

from rest_framework import serializers

from billing.models import Charge, InvoiceRequest, InvoiceRun, LoadBilling
from billing.queries.runs import progress_of, requests_of
from billing.serializers.documents import ChargeSerializer
from journal.api import PlainDecimalField, PlainIntegerField, StrictSerializer

MOST_LOADS = 500


class BillingRowSerializer(serializers.ModelSerializer[LoadBilling]):
    """Where a load stands on its way to an invoice, as lists show it."""

    load = serializers.SlugRelatedField[Any](slug_field="number", read_only=True)
    customer = serializers.SlugRelatedField[Any](slug_field="code", read_only=True)

    class Meta:
        model = LoadBilling
        fields = (
            "load", "customer", "status", "total_amount", "currency", "blocker_count",
            "review_reason", "held_at", "held_by", "hold_reason", "evaluated_at",
        )  # fmt: skip
        read_only_fields = fields


class ChargeDetailSerializer(ChargeSerializer):
    """A charge, whose load it is, and who made and decided it: not for a customer."""

    WITHHELD: ClassVar[Mapping[str, Any]] = {
        **ChargeSerializer.WITHHELD, "made_by": "", "decided_by": "",
    }  # fmt: skip

    load = serializers.SlugRelatedField[Charge](slug_field="number", read_only=True)

    class Meta(ChargeSerializer.Meta):
        fields = (
            "load", *ChargeSerializer.Meta.fields, "adjusts", "made_by", "decided_by",
            "created_at", "changed_at",
        )  # fmt: skip
        read_only_fields = fields


class NewChargeSerializer(StrictSerializer):
    """A charge that no rate card knows; somebody else approves it."""

    code = serializers.RegexField("^[A-Z0-9]{1,8}$")
    description = serializers.CharField(max_length=120)
    quantity = PlainDecimalField(12, 4, min_value=0)
    unit = serializers.CharField(max_length=12, required=False)
    rate = PlainDecimalField(12, 4)
    stop = PlainIntegerField(min_value=1, max_value=999, required=False)
    occurrence = PlainIntegerField(min_value=1, max_value=999, required=False)
    reason = serializers.CharField(max_length=1000)


class ChargeChangeSerializer(StrictSerializer):
    """What changes of a charge that was added by hand; what is left out stays."""

    description = serializers.CharField(max_length=120, required=False)
    quantity = PlainDecimalField(12, 4, min_value=0, required=False)
    unit = serializers.CharField(max_length=12, required=False, allow_blank=True)
    rate = PlainDecimalField(12, 4, required=False)
    reason = serializers.CharField(max_length=1000)


class ApprovalSerializer(StrictSerializer):
    """A word with an approval."""

    reason = serializers.CharField(max_length=1000, required=False)


class SelectionSerializer(StrictSerializer):
    """Loads to be billed, by their numbers."""

    loads: serializers.ListField = serializers.ListField(
        child=serializers.CharField(max_length=20), min_length=1, max_length=MOST_LOADS
    )


class ProposedSerializer(serializers.Serializer[Any]):
    """One invoice that would be issued now."""

    customer = serializers.CharField(source="customer.code")
    loads = serializers.SerializerMethodField()
    terms = serializers.CharField()
    tax_amount = serializers.DecimalField(source="tax", max_digits=14, decimal_places=2)
    total_amount = serializers.DecimalField(source="total", max_digits=14, decimal_places=2)
    currency = serializers.CharField()

    def get_loads(self, proposed: Any) -> list[str]:
        """Return the numbers of its loads."""
        return [load.number for load in proposed.loads]


class LeftOutSerializer(serializers.Serializer[Any]):
    """A load that would be on no invoice, and why."""

    load = serializers.CharField(source="number")
    reasons: serializers.ListField = serializers.ListField(child=serializers.CharField())


class PreviewSerializer(serializers.Serializer[Any]):
    """The invoices that a selection makes; `preview` has these and no others issued."""

    preview = serializers.CharField()
    invoices = ProposedSerializer(many=True)
    left_out = LeftOutSerializer(many=True)


class NewRunSerializer(StrictSerializer):
    """A preview that is to be issued; one older than an hour is refused."""

    preview = serializers.CharField(max_length=200_000)


class RequestSerializer(serializers.ModelSerializer[InvoiceRequest]):
    """One invoice of a run: what was seen, and what came of it; `note` says why not."""

    customer = serializers.SlugRelatedField[Any](slug_field="code", read_only=True)
    invoice = serializers.SlugRelatedField[Any](
        slug_field="number", read_only=True, allow_null=True
    )
    loads = serializers.SerializerMethodField()

    class Meta:
        model = InvoiceRequest
        fields = (
            "position", "customer", "loads", "seen_amount", "currency", "status", "invoice",
            "note", "settled_at",
        )  # fmt: skip
        read_only_fields = fields

    def get_loads(self, request: InvoiceRequest) -> list[str]:
        """Return the numbers of its loads."""
        return [each.load.number for each in request.request_loads.all()]


class RunSerializer(serializers.ModelSerializer[InvoiceRun]):
    """Invoices that are being issued, and how far that is."""

    class Meta:
        model = InvoiceRun
        fields: tuple[str, ...] = ("key", "asked_by", "asked_at")
        read_only_fields = fields


class ProgressSerializer(serializers.Serializer[Any]):
    """How far a run is."""

    total = serializers.IntegerField()
    issued = serializers.IntegerField()
    refused = serializers.IntegerField()
    is_over = serializers.BooleanField()


class RunDetailSerializer(serializers.Serializer[InvoiceRun]):
    """A run with its progress and a result for each invoice."""

    key = serializers.UUIDField()
    asked_by = serializers.CharField()
    asked_at = serializers.DateTimeField()
    progress = ProgressSerializer()
    requests = RequestSerializer(many=True)

    def to_representation(self, instance: InvoiceRun) -> dict[str, Any]:
        """Show the run as it is now."""
        return {
            **RunSerializer(instance).data,
            "progress": ProgressSerializer(progress_of(instance)).data,
            "requests": RequestSerializer(requests_of(instance), many=True).data,
        }
