"""Cases on their way out of the API."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import User
from exceptions.models import Case, CaseEntry
from exceptions.queries.scoring import reasons_for
from exceptions.rules.kinds import find_kind
from journal.api import InstantField, StrictSerializer


class CaseSerializer(serializers.ModelSerializer[Case]):
    """A case as lists show it."""

    load = serializers.SlugRelatedField[Case](slug_field="number", read_only=True, allow_null=True)
    customer = serializers.SlugRelatedField[Case](
        slug_field="code", read_only=True, allow_null=True
    )
    assignee = serializers.SlugRelatedField[Case](
        slug_field="email", read_only=True, allow_null=True
    )
    risk = serializers.IntegerField(read_only=True, help_text="Points, at most 100.")

    class Meta:
        model = Case
        fields: tuple[str, ...] = (
            "number", "kind", "subject_key", "title", "severity", "is_blocking", "status", "risk",
            "value_amount", "currency", "owner_group", "assignee", "load", "customer",
            "correlation_id", "opened_at", "due_at", "closed_at", "closed_by", "resolution",
            "close_reason", "version",
        )  # fmt: skip
        read_only_fields = fields


class EvidenceSerializer(serializers.Serializer[Any]):
    """One fact that the case rests on."""

    fact = serializers.CharField()
    value = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]  # a key of the body
    check = serializers.CharField()


class PointSerializer(serializers.Serializer[Any]):
    """One reason why the case is urgent, and what it counts."""

    reason = serializers.CharField()
    points = serializers.IntegerField()


class EntrySerializer(serializers.ModelSerializer[CaseEntry]):
    """One step in the life of the case."""

    class Meta:
        model = CaseEntry
        fields = ("at", "by", "action", "comment", "before", "after")
        read_only_fields = fields


class CaseDetailSerializer(CaseSerializer):
    """A case with its evidence, what to do about it, and what was done."""

    advice = serializers.SerializerMethodField(help_text="What the person should do.")
    risk_points = serializers.SerializerMethodField(help_text="Add up to the risk.")
    evidence = serializers.SerializerMethodField()
    entries = EntrySerializer(many=True, read_only=True)

    class Meta(CaseSerializer.Meta):
        fields = (
            *CaseSerializer.Meta.fields, "advice", "risk_points", "evidence", "detail", "entries",
        )  # fmt: skip
        read_only_fields = fields

    def get_advice(self, case: Case) -> str:
        """Return the kind's advice."""
        return find_kind(case.kind).advice

    @extend_schema_field(PointSerializer(many=True))
    def get_risk_points(self, case: Case) -> list[dict[str, Any]]:
        """Return the reasons behind the risk."""
        points = reasons_for(case, at=timezone.now())
        return [{"reason": point.reason, "points": point.points} for point in points]

    @extend_schema_field(EvidenceSerializer(many=True))
    def get_evidence(self, case: Case) -> list[dict[str, Any]]:
        """Return each fact with all its keys, also those that the opener left out."""
        keys = ("fact", "value", "source", "check")
        return [{key: fact.get(key, "") for key in keys} for fact in case.evidence]


class AssignmentSerializer(StrictSerializer):
    """Whose a case becomes; null gives it back to its team."""

    to = serializers.SlugRelatedField[User](
        slug_field="email", queryset=User.objects.filter(is_active=True), allow_null=True
    )


class CommentSerializer(StrictSerializer):
    """What somebody wants others to know."""

    comment = serializers.CharField(max_length=2000)


class SnoozeSerializer(StrictSerializer):
    """Until when a case is put away; null takes it up again."""

    until = InstantField(allow_null=True)
    reason = serializers.CharField(max_length=1000, required=False, allow_blank=True)


class QuestionSerializer(StrictSerializer):
    """Who was asked for what."""

    whom = serializers.CharField(max_length=120, required=False)
    question = serializers.CharField(max_length=1000)


class DecisionSerializer(StrictSerializer):
    """One of the ways out of a case, by its name, with what it wants to be told."""

    action = serializers.CharField(max_length=40)
    reason = serializers.CharField(max_length=1000, required=False)
    values: Any = serializers.DictField(required=False)


class ProposedChangeSerializer(serializers.Serializer[Any]):
    """One thing as it is and as it would be."""

    field = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()


class WantedSerializer(serializers.Serializer[Any]):
    """One thing to be told; of a choice, `choices` are the values that it takes.

    An amount is a text, a date ISO 8601, a file an object with `filename` and `content_base64`.
    """

    name = serializers.CharField()
    label: Any = serializers.CharField()
    kind = serializers.ChoiceField(choices=["text", "amount", "date", "file", "choice"])
    required: Any = serializers.BooleanField()
    choices = serializers.SerializerMethodField()

    def get_choices(self, wanted: Any) -> list[str]:
        """Return the values that a choice takes."""
        return [value for value, _ in wanted.choices]


class WaySerializer(serializers.Serializer[Any]):
    """One thing that can be done about a case, before it is done."""

    action = serializers.CharField()
    label: Any = serializers.CharField()
    needs_reason = serializers.BooleanField()
    summary = serializers.CharField()
    changes = ProposedChangeSerializer(many=True)
    fields: Any = WantedSerializer(many=True)
