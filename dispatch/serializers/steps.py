"""What is told of a load over the API, one thing at a time."""

from datetime import datetime
from typing import Any

from rest_framework import serializers

from dispatch.events import LoadFacts, MilestoneFacts, Purpose
from dispatch.models import Carrier, Document, Driver, Load, Milestone, Stop
from dispatch.rules.details import NEEDS_NOTE, NEEDS_STOP, find_fault
from dispatch.serializers.loads import (
    DocumentSerializer,
    NewLoadSerializer,
    NewReferenceSerializer,
    NewStopSerializer,
)
from journal.api import InstantField, PlainDecimalField, PlainIntegerField, StrictSerializer

Kind = Milestone.Kind
# What systems of the carrier tell as people do; a tender comes as a message or with a new load.
TOLD_KINDS = (
    Kind.ARRIVED, Kind.DEPARTED, Kind.DELIVERED, Kind.ACCEPTED, Kind.DISPATCHED, Kind.IN_TRANSIT,
    Kind.CHECK_CALL, Kind.ETA, Kind.DELAYED, Kind.EXCEPTION, Kind.SERVICE, Kind.PAUSED,
    Kind.REWEIGHED, Kind.RECLASSED, Kind.CANCELLED, Kind.TRUCK_NOT_USED,
)  # fmt: skip
DETAILS = (
    "note", "service", "quantity", "unit", "authorised_by", "reason", "minutes", "weight_lb",
    "freight_class", "certificate",
)  # fmt: skip


class WallInstantField(InstantField):
    """A time that keeps the offset in which it was told."""

    def enforce_timezone(self, value: datetime) -> datetime:
        """Refuse a time without an offset."""
        super().enforce_timezone(value)
        return value


class LoadChangeSerializer(NewLoadSerializer):
    """What changes of a load. What is left out stays; stops or items, when told, are all of them.

    `reason` goes into the journal.
    """

    references = NewReferenceSerializer(many=True, required=False)
    stops: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=NewStopSerializer(), min_length=2, required=False
    )
    reason = serializers.CharField(max_length=1000, required=False)
    customer = None  # type: ignore[assignment]  # a load stays its customer's

    def to_facts(self) -> LoadFacts:
        """Return the validated body as a change of the plan."""
        told = dict(self.validated_data)
        told.pop("reason", None)
        told.setdefault("references", [])
        told.setdefault("stops", [])
        return self.read(told, purpose=Purpose.CHANGE)


class StopChangeSerializer(NewStopSerializer):
    """What changes of a stop; null takes its appointment away."""

    sequence = None  # type: ignore[assignment]  # the address says it
    kind = serializers.ChoiceField(choices=Stop.Kind.choices, required=False)
    appointment_from = InstantField(required=False, allow_null=True)
    appointment_to = InstantField(required=False, allow_null=True)


class NewMilestoneSerializer(StrictSerializer):
    """Something that happened. The stop is named by its sequence.

    A SERVICE tells `service` and `quantity`, a PAUSED `reason` and `minutes`, a REWEIGHED
    `weight_lb`, a RECLASSED `freight_class`. `reference` is your own id of the fact, by which a
    later one may correct it (`corrects`) or take it back (`is_withdrawal`).
    """

    kind = serializers.ChoiceField(choices=[(kind.value, kind.label) for kind in TOLD_KINDS])
    occurred_at = WallInstantField()
    stop = PlainIntegerField(min_value=1, max_value=999, required=False)
    city = serializers.CharField(max_length=80, required=False)
    state = serializers.CharField(max_length=3, required=False)
    reference = serializers.CharField(max_length=240, required=False)
    corrects = serializers.CharField(max_length=240, required=False)
    is_withdrawal = serializers.BooleanField(required=False)
    note = serializers.CharField(max_length=500, required=False)
    service = serializers.CharField(max_length=20, required=False)
    quantity = PlainDecimalField(9, 2, min_value=0, required=False)
    unit = serializers.CharField(max_length=12, required=False)
    authorised_by = serializers.CharField(max_length=80, required=False)
    reason = serializers.CharField(max_length=8, required=False)
    minutes = PlainIntegerField(min_value=1, max_value=44_640, required=False)
    weight_lb = PlainDecimalField(9, 2, min_value=0, required=False)
    freight_class = serializers.CharField(max_length=8, required=False)
    certificate = serializers.CharField(max_length=80, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Ask for the stop, the word and the particulars that the kind cannot do without."""
        kind = attrs["kind"]
        if attrs.get("is_withdrawal"):
            if "corrects" not in attrs:
                raise serializers.ValidationError({"corrects": ["Say what is taken back."]})
            return attrs
        if kind in NEEDS_STOP and "stop" not in attrs:
            raise serializers.ValidationError({"stop": ["Say at which stop."]})
        if kind in NEEDS_NOTE and "note" not in attrs:
            raise serializers.ValidationError({"note": ["Say why: it stays with the load."]})
        if fault := find_fault(kind, detail_of(attrs)):
            raise serializers.ValidationError({"kind": [fault]})
        return attrs

    def to_facts(self) -> MilestoneFacts:
        """Return the validated body as the canonical fact."""
        told = self.validated_data
        offset = told["occurred_at"].utcoffset()
        return MilestoneFacts(
            kind=told["kind"],
            occurred_at=told["occurred_at"],
            source_offset_minutes=int(offset.total_seconds() // 60),
            stop_sequence=told.get("stop"),
            city=told.get("city", ""),
            state=told.get("state", "").upper(),
            source_reference=told.get("reference", ""),
            supersedes_reference=told.get("corrects", ""),
            is_retraction=told.get("is_withdrawal", False),
            detail=detail_of(told),
        )


def detail_of(told: dict[str, Any]) -> dict[str, str]:
    """Return the particulars of a milestone as texts."""
    return {name: str(told[name]) for name in DETAILS if name in told}


class CheckCallSerializer(StrictSerializer):
    """What a driver said; an `eta` is that of a `stop`."""

    note = serializers.CharField(max_length=500, required=False)
    city = serializers.CharField(max_length=80, required=False)
    state = serializers.CharField(max_length=3, required=False)
    eta = WallInstantField(required=False)
    stop = PlainIntegerField(min_value=1, max_value=999, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Ask for the stop of an estimate."""
        if "eta" in attrs and "stop" not in attrs:
            raise serializers.ValidationError({"stop": ["Say for which stop."]})
        return attrs


class DriverSerializer(serializers.ModelSerializer[Driver]):
    """Somebody who drives for a carrier."""

    class Meta:
        model = Driver
        fields = ("id", "name", "truck")
        read_only_fields = fields


class CarrierSerializer(serializers.ModelSerializer[Carrier]):
    """A carrier that loads can be given to, with its drivers."""

    drivers = DriverSerializer(many=True, read_only=True)

    class Meta:
        model = Carrier
        fields = ("scac", "name", "mc_number", "drivers")
        read_only_fields = fields


class WhoDrivesSerializer(StrictSerializer):
    """Who drives: a driver, whose carrier is known, or a carrier alone.

    The truck is the driver's usual one unless told.
    """

    carrier = serializers.SlugRelatedField[Carrier](
        slug_field="scac", queryset=Carrier.objects.filter(is_active=True), required=False
    )
    driver = serializers.PrimaryKeyRelatedField[Driver](
        queryset=Driver.objects.filter(carrier__is_active=True).select_related("carrier"),
        required=False, pk_field=PlainIntegerField(min_value=1, max_value=2**63 - 1),
    )  # fmt: skip
    truck = serializers.CharField(max_length=20, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Ask for somebody."""
        if "driver" in attrs:
            attrs.setdefault("carrier", attrs["driver"].carrier)
        if "carrier" not in attrs:
            raise serializers.ValidationError({"carrier": ["Name a driver or a carrier."]})
        return attrs


class NewDocumentSerializer(StrictSerializer):
    """A paper to file; what it is follows from its bytes. Receipts tell number and amount."""

    content = serializers.FileField()
    kind = serializers.ChoiceField(choices=Document.Kind.choices)
    stop = PlainIntegerField(min_value=1, max_value=999, required=False)
    signed_by = serializers.CharField(max_length=120, required=False)
    receipt_number = serializers.CharField(max_length=40, required=False)
    amount = PlainDecimalField(12, 2, min_value=0, required=False)


class DocumentDetailSerializer(DocumentSerializer):
    """A paper, and whose it is."""

    load = serializers.SlugRelatedField[Document](slug_field="number", read_only=True)

    class Meta(DocumentSerializer.Meta):
        fields = ("load", *DocumentSerializer.Meta.fields)
        read_only_fields = fields


class TenderSerializer(serializers.ModelSerializer[Load]):
    """A load that a customer offers, and by when an answer is wanted."""

    customer = serializers.SlugRelatedField[Load](slug_field="code", read_only=True)

    class Meta:
        model = Load
        fields = (
            "number", "customer", "respond_by", "source", "equipment", "commodity", "weight_lb",
            "miles", "quoted_amount", "currency", "origin_city", "origin_state",
            "destination_city", "destination_state", "stop_count", "pickup_from", "delivery_from",
        )  # fmt: skip
        read_only_fields = fields
