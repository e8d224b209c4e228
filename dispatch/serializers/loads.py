"""Loads on their way out of the API, and new ones on their way in."""

from collections.abc import Mapping
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.serializers import GuardedSerializer
from dispatch.events import ItemFacts, LoadFacts, Purpose, StopFacts
from dispatch.models import Document, Load, LoadCost, LoadItem, Milestone, Reference, Stop
from dispatch.queries.histories import overruled
from journal.api import InstantField, PlainDecimalField, PlainIntegerField, StrictSerializer

# What dispatchers note for each other; a customer is told of none.
AMONG_OURSELVES = (Milestone.Kind.CHECK_CALL, Milestone.Kind.EXCEPTION, Milestone.Kind.PAUSED)


class ReferenceSerializer(serializers.ModelSerializer[Reference]):
    """One number by which somebody knows a load."""

    class Meta:
        model = Reference
        fields = ("kind", "value")


class LoadSerializer(GuardedSerializer):
    """A load as lists show it; who drives is not told to a customer."""

    WITHHELD: ClassVar[Mapping[str, Any]] = {"carrier": None, "driver": None, "truck": ""}

    customer = serializers.SlugRelatedField[Load](slug_field="code", read_only=True)
    carrier = serializers.SlugRelatedField[Load](slug_field="scac", read_only=True, allow_null=True)
    driver = serializers.SlugRelatedField[Load](slug_field="name", read_only=True, allow_null=True)
    references = ReferenceSerializer(many=True, read_only=True)

    class Meta:
        model = Load
        fields: tuple[str, ...] = (
            "number", "customer", "references", "status", "shipment_type", "equipment", "trailer",
            "commodity", "weight_lb", "reweighed_lb", "pieces", "piece_unit", "cubic_feet",
            "linear_feet", "miles", "miles_source", "quoted_amount", "currency", "carrier",
            "driver", "truck", "origin_city", "origin_state", "destination_city",
            "destination_state", "stop_count", "pickup_from", "delivery_from", "respond_by",
            "picked_up_at", "delivered_at", "ended_at", "last_milestone_at", "created_at",
            "changed_at",
        )  # fmt: skip
        read_only_fields = fields


class StopSerializer(serializers.ModelSerializer[Stop]):
    """A stop with its appointment and its clock."""

    class Meta:
        model = Stop
        fields = (
            "sequence", "kind", "name", "address", "city", "state", "postal_code", "country",
            "timezone", "appointment_from", "appointment_to", "is_fcfs", "status", "arrived_at",
            "departed_at", "receiving_hours", "weight_lb", "truck_weight_lb", "pieces",
        )  # fmt: skip
        read_only_fields = fields


class ItemSerializer(serializers.ModelSerializer[LoadItem]):
    """Pieces of one kind: their weight together, and the size in inches of each of them."""

    class Meta:
        model = LoadItem
        fields = (
            "line", "description", "freight_class", "weight_lb", "pieces", "length_in", "width_in",
            "height_in", "is_stackable",
        )  # fmt: skip
        read_only_fields = fields


class MilestoneSerializer(GuardedSerializer):
    """Something that was told about a load, and whether it still stands.

    Of a customer's load it hears what happened and when, not who said so and in which words.
    """

    WITHHELD: ClassVar[Mapping[str, Any]] = {
        "source": "", "source_reference": "", "supersedes_reference": "", "detail": {},
    }  # fmt: skip

    stop = serializers.IntegerField(source="stop.sequence", read_only=True, allow_null=True)
    stands = serializers.SerializerMethodField(help_text="False when corrected or withdrawn.")

    class Meta:
        model = Milestone
        fields = (
            "kind", "stop", "occurred_at", "received_at", "source_offset_minutes", "source",
            "source_reference", "supersedes_reference", "is_retraction", "stands", "detail",
        )  # fmt: skip
        read_only_fields = fields

    def get_stands(self, milestone: Milestone) -> bool:
        """Tell whether nothing has replaced or taken back the fact."""
        return not milestone.is_retraction and milestone.pk not in self.context["overruled"]


class LoadDetailSerializer(LoadSerializer):
    """A load with its stops, its items and everything that was told about it."""

    stops = StopSerializer(many=True, read_only=True)
    items = ItemSerializer(many=True, read_only=True)
    milestones = serializers.SerializerMethodField()

    class Meta(LoadSerializer.Meta):
        fields = (*LoadSerializer.Meta.fields, "stops", "items", "milestones")

    @extend_schema_field(MilestoneSerializer(many=True))
    def get_milestones(self, load: Load) -> list[dict[str, Any]]:
        """Return the facts in the order in which they happened."""
        told = list(load.milestones.all())
        if self.is_for_customer:
            told = [each for each in told if each.kind not in AMONG_OURSELVES]
        context = {**self.context, "overruled": overruled(told)}
        return list(MilestoneSerializer(told, many=True, context=context).data)


class DocumentSerializer(GuardedSerializer):
    """A paper of a load."""

    WITHHELD: ClassVar[Mapping[str, Any]] = {"source": "", "reason": ""}

    stop = serializers.IntegerField(source="stop.sequence", read_only=True, allow_null=True)

    class Meta:
        model = Document
        fields: tuple[str, ...] = (
            "id", "kind", "stop", "filename", "content_type", "pages", "size", "sha256", "status",
            "reason", "amount", "currency", "receipt_number", "signed_by", "source", "received_at",
        )  # fmt: skip
        read_only_fields = fields


class NewReferenceSerializer(StrictSerializer):
    """One number of a new load."""

    kind = serializers.ChoiceField(choices=Reference.Kind.choices)
    value = serializers.CharField(max_length=60)


class NewStopSerializer(StrictSerializer):
    """One stop of a new load; the zone may be left out where location or state tell it."""

    sequence = PlainIntegerField(min_value=1, max_value=999)
    kind = serializers.ChoiceField(choices=Stop.Kind.choices)
    location_code = serializers.CharField(max_length=20, required=False)
    name = serializers.CharField(max_length=120, required=False)
    address = serializers.CharField(max_length=160, required=False)
    city = serializers.CharField(max_length=80, required=False)
    state = serializers.CharField(max_length=3, required=False)
    postal_code = serializers.CharField(max_length=12, required=False)
    country = serializers.CharField(min_length=2, max_length=2, required=False)
    timezone = serializers.CharField(max_length=40, required=False)
    appointment_from = InstantField(required=False)
    appointment_to = InstantField(required=False)
    is_fcfs = serializers.BooleanField(required=False)
    receiving_hours = serializers.CharField(max_length=160, required=False)
    weight_lb = PlainDecimalField(10, 2, min_value=0, required=False)
    truck_weight_lb = PlainDecimalField(10, 2, min_value=0, required=False)
    pieces = PlainIntegerField(min_value=0, required=False)


class NewItemSerializer(StrictSerializer):
    """One item of a new load: pieces of one kind, the weight that of all of them."""

    description = serializers.CharField(max_length=120, required=False)
    freight_class = serializers.CharField(max_length=8, required=False)
    weight_lb = PlainDecimalField(10, 2, min_value=0)
    pieces = PlainIntegerField(min_value=1, required=False)
    length_in = PlainDecimalField(6, 2, min_value=0, required=False)
    width_in = PlainDecimalField(6, 2, min_value=0, required=False)
    height_in = PlainDecimalField(6, 2, min_value=0, required=False)
    is_stackable = serializers.BooleanField(required=False)


class NewLoadSerializer(StrictSerializer):
    """A new load. `customer` may be left out by a key that belongs to one."""

    customer = serializers.CharField(max_length=20, required=False)
    references = NewReferenceSerializer(many=True)
    stops: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=NewStopSerializer(), min_length=2
    )
    shipment_type = serializers.ChoiceField(choices=Load.ShipmentType.choices, required=False)
    equipment = serializers.ChoiceField(choices=Load.Equipment.choices, required=False)
    trailer = serializers.CharField(max_length=20, required=False)
    commodity = serializers.CharField(max_length=120, required=False)
    weight_lb = PlainDecimalField(10, 2, min_value=0, required=False)
    pieces = PlainIntegerField(min_value=0, required=False)
    piece_unit = serializers.CharField(max_length=10, required=False)
    items: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=NewItemSerializer(), required=False
    )
    cubic_feet = PlainDecimalField(9, 2, min_value=0, required=False)
    linear_feet = PlainDecimalField(6, 2, min_value=0, required=False)
    miles = PlainDecimalField(9, 2, min_value=0, required=False)
    miles_source = serializers.CharField(max_length=60, required=False)
    quoted_amount = PlainDecimalField(12, 2, min_value=0, required=False)
    currency = serializers.RegexField("^[A-Z]{3}$", required=False)
    respond_by = InstantField(required=False)

    def to_facts(self) -> LoadFacts:
        """Return the validated body as the facts that planning takes."""
        told = dict(self.validated_data)
        told.pop("customer", None)
        return self.read(told, purpose=Purpose.ORIGINAL)

    def read(self, told: dict[str, Any], *, purpose: Purpose) -> LoadFacts:
        """Return what was told as the facts of a plan."""
        references = tuple((told["kind"], told["value"]) for told in told.pop("references"))
        stops = tuple(StopFacts(**stop) for stop in told.pop("stops"))
        items = tuple(ItemFacts(**item) for item in told.pop("items", ()))
        return LoadFacts(references=references, stops=stops, items=items, purpose=purpose, **told)


class LoadCostSerializer(serializers.ModelSerializer[LoadCost]):
    """One cost of a load, for the carrier's own systems."""

    class Meta:
        model = LoadCost
        fields = ("kind", "amount", "currency", "source", "note", "recorded_at")
        read_only_fields = fields


class NewLoadCostSerializer(StrictSerializer):
    """A cost to keep; the newest of its kind counts."""

    kind = serializers.ChoiceField(choices=LoadCost.Kind.choices)
    amount = PlainDecimalField(14, 2, min_value=0)
    currency = serializers.RegexField("^[A-Z]{3}$")
    note = serializers.CharField(max_length=160, required=False)
