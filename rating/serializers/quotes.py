"""Questions for a price on their way in, and explained prices on their way out."""

from typing import Any

from rest_framework import serializers

from dispatch.models import Load
from dispatch.serializers.loads import NewItemSerializer
from journal.api import PlainDecimalField, PlainIntegerField, StrictSerializer
from rating.engine.facts import Item, Service, to_json
from rating.engine.quote import Quote
from rating.operations.asking import ASKED, QuoteRequest

MOST_STOPS, MOST_MINUTES, MOST_ROWS = 50, 30 * 24 * 60, 100


class EndSerializer(StrictSerializer):
    """Where freight comes from or goes to: a postal code, a city with its state, or a dock."""

    postal_code = serializers.CharField(max_length=12, required=False)
    city = serializers.CharField(max_length=80, required=False)
    state = serializers.CharField(max_length=3, required=False)
    country = serializers.CharField(min_length=2, max_length=2, required=False)
    location_code = serializers.CharField(max_length=20, required=False)


class AskedServiceSerializer(StrictSerializer):
    """Something done beyond carrying, by the name that the rules of the card listen to."""

    code = serializers.CharField(max_length=20)
    quantity = PlainDecimalField(10, 3, min_value=0, required=False)
    unit = serializers.CharField(max_length=20, required=False)
    stop_sequence = PlainIntegerField(min_value=1, max_value=999, required=False)


class QuoteRequestSerializer(StrictSerializer):
    """A load to be priced: one that is there, by its number, or one as it might be.

    `customer` may be left out by a key that belongs to one. Quantities that are left out are
    unknown, never 0. `detention_minutes` are those over the free time. `version` prices by that
    version of a card; the carrier's own keys may name a draft.
    """

    customer = serializers.CharField(max_length=20, required=False)
    load = serializers.CharField(max_length=20, required=False)
    version = PlainIntegerField(min_value=1, max_value=2**63 - 1, required=False)
    origin = EndSerializer(required=False)
    destination = EndSerializer(required=False)
    extra_stops = PlainIntegerField(min_value=0, max_value=MOST_STOPS, required=False)
    pickup_on = serializers.DateField(required=False)
    delivery_on = serializers.DateField(required=False)
    tendered_on = serializers.DateField(required=False)
    equipment = serializers.ChoiceField(choices=Load.Equipment.choices, required=False)
    shipment_type = serializers.ChoiceField(choices=Load.ShipmentType.choices, required=False)
    commodity = serializers.CharField(max_length=120, required=False)
    weight_lb = PlainDecimalField(10, 2, min_value=0, required=False)
    items: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=NewItemSerializer(), required=False, max_length=MOST_ROWS
    )
    pieces = PlainDecimalField(9, 0, min_value=0, required=False)
    pallets = PlainDecimalField(9, 0, min_value=0, required=False)
    cubic_feet = PlainDecimalField(9, 2, min_value=0, required=False)
    linear_feet = PlainDecimalField(6, 2, min_value=0, required=False)
    miles = PlainDecimalField(9, 2, min_value=0, required=False)
    quoted_amount = PlainDecimalField(12, 2, min_value=0, required=False)
    detention_minutes = PlainIntegerField(min_value=0, max_value=MOST_MINUTES, required=False)
    services: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=AskedServiceSerializer(), required=False, max_length=MOST_ROWS
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Ask for a load, or for what makes one."""
        alone = {"load", "version"}
        if "load" in attrs and (more := attrs.keys() - alone):
            text = "A load that is there is priced by what is known of it."
            raise serializers.ValidationError({name: [text] for name in sorted(more)}, "not_both")
        needed = () if "load" in attrs else ("origin", "destination", "pickup_on")
        if missing := [name for name in needed if name not in attrs]:
            text = "Name a load, or tell this."
            raise serializers.ValidationError({name: [text] for name in missing}, "required")
        return attrs

    def to_request(self, *, customer_id: int) -> QuoteRequest:
        """Return the validated body as the question that the pricing code takes."""
        told = dict(self.validated_data)
        told.pop("customer", None)
        ends = {
            f"{end}_{part}": value
            for end in ("origin", "destination")
            for part, value in told.pop(end).items()
        }
        return QuoteRequest(
            customer_id=customer_id,
            card_version_id=told.pop("version", None),
            items=tuple(Item(**item) for item in told.pop("items", ())),
            services=tuple(Service(**each, source=ASKED) for each in told.pop("services", ())),
            **ends,
            **told,
        )


class StepSerializer(serializers.Serializer[Any]):
    """One step of a calculation, numbered as it was taken; the last one is the amount."""

    number = serializers.IntegerField()
    text = serializers.CharField()
    value = serializers.CharField()


class QuoteEvidenceSerializer(serializers.Serializer[Any]):
    """A fact that a line rests on, and who said so."""

    kind = serializers.CharField()
    text = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]  # a field of that name
    reference = serializers.CharField()
    at = serializers.CharField()


class QuoteLineSerializer(serializers.Serializer[Any]):
    """One charge with its whole explanation."""

    code = serializers.CharField()
    description = serializers.CharField()
    summary = serializers.CharField()
    basis = serializers.CharField()
    stop_sequence = serializers.IntegerField(allow_null=True)
    occurrence = serializers.IntegerField()
    quantity = serializers.CharField()
    unit = serializers.CharField()
    rate = serializers.CharField()
    amount = serializers.CharField()
    currency = serializers.CharField()
    rule = serializers.CharField()
    needs_approval = serializers.BooleanField()
    approval_reason = serializers.CharField()
    steps = serializers.SerializerMethodField()
    evidence = QuoteEvidenceSerializer(many=True)

    def get_steps(self, line: Any) -> list[dict[str, Any]]:
        """Number the steps."""
        return [
            {"number": number, "text": step.text, "value": step.value}
            for number, step in enumerate(line.steps, start=1)
        ]


class QuoteProblemSerializer(serializers.Serializer[Any]):
    """Why a part of the price cannot be told."""

    code = serializers.CharField()
    message = serializers.CharField()
    subject_key = serializers.CharField()
    stop_sequence = serializers.IntegerField(allow_null=True)


class NoChargeSerializer(serializers.Serializer[Any]):
    """A rule that looked and rightly charged nothing."""

    rule = serializers.CharField()
    code = serializers.CharField()
    reason = serializers.CharField()
    stop_sequence = serializers.IntegerField(allow_null=True)


class CandidateSerializer(serializers.Serializer[Any]):
    """A lane that covered the load: the one that won, and why the others lost."""

    row = serializers.IntegerField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field of that name
    score = serializers.IntegerField()
    reason = serializers.CharField()
    is_winner = serializers.BooleanField()


class QuoteSerializer(serializers.Serializer[Quote]):
    """A price with all it rests on. `facts` is what was priced; stored, it rates the same again."""

    customer = serializers.CharField(source="facts.customer")
    version = serializers.IntegerField(source="card_version_id", allow_null=True)
    version_label = serializers.CharField()
    currency = serializers.CharField()
    total = serializers.CharField()
    is_complete = serializers.BooleanField()
    lines = QuoteLineSerializer(many=True)
    problems = QuoteProblemSerializer(many=True)
    no_charges = NoChargeSerializer(many=True)
    candidates = CandidateSerializer(many=True)
    facts = serializers.SerializerMethodField()

    def get_facts(self, quote: Quote) -> dict[str, Any]:
        """Return the facts as they would be stored."""
        return to_json(quote.facts)
