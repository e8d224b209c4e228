"""What a version holds beside its lanes: rules, zones, freight; and fuel, on its way in and out."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from dispatch.models import Document
from journal.api import InstantField, StrictSerializer
from rating.engine import book, freight
from rating.engine.classes import CLASSES
from rating.engine.money import Rounding
from rating.models import (
    AccessorialRule,
    AccessorialTier,
    DetentionTerms,
    FakRange,
    FreeTime,
    FuelIndexSeries,
    FuelIndexValue,
    FuelProgramme,
    FuelTableRow,
    SpaceRule,
)
from rating.queries.books import programme_of
from rating.queries.translation import from_columns
from rating.serializers.engine import EngineSerializer, NumberField

MOST_PLACES = 5000


class FreeTimeSerializer(EngineSerializer):
    """Minutes at a stop that cost nothing, by kind of stop and by weight."""

    KIND, MODEL = book.FreeTime, FreeTime


class TierSerializer(EngineSerializer):
    """The rate from this count or quantity on."""

    KIND, MODEL = book.Tier, AccessorialTier


class DetentionSerializer(EngineSerializer):
    """How waiting becomes billable time, in whole minutes."""

    KIND, MODEL = book.DetentionTerms, DetentionTerms
    PARTS = {"free_times": FreeTimeSerializer}


class RuleSerializer(EngineSerializer):
    """One accessorial rule with all its terms; which fields count depends on its trigger."""

    KIND, MODEL = book.AccessorialRule, AccessorialRule
    PARTS = {"tiers": TierSerializer, "detention": DetentionSerializer}
    OWN = {
        "rule": serializers.RegexField(r"^[A-Z0-9][A-Z0-9-]{0,19}$", help_text="DET-4."),
        "code": serializers.RegexField("^[A-Z0-9]{2,8}$", help_text="The charge it makes: DET."),
        "receipt_kind": serializers.ChoiceField(
            choices=["", *Document.Kind.values], required=False
        ),
    }


class FakRangeSerializer(EngineSerializer):
    """Classes that are rated as one."""

    KIND, MODEL = freight.FakRange, FakRange
    OWN = {
        name: serializers.ChoiceField(choices=list(CLASSES))
        for name in ("min_class", "max_class", "rated_class")
    }


class FakSerializer(StrictSerializer):
    """All FAK ranges of a version; none: each class is rated as itself."""

    ranges: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=FakRangeSerializer(), max_length=20
    )


class SpaceRuleSerializer(EngineSerializer):
    """When space makes freight weigh more."""

    KIND, MODEL = freight.SpaceRule, SpaceRule
    OWN = {
        "floor_class": serializers.ChoiceField(choices=["", *CLASSES], required=False),
    }


class SpaceTermsSerializer(EngineSerializer):
    """The same without its measure, which the address names."""

    KIND, MODEL = freight.SpaceRule, SpaceRule
    OWN = {
        "floor_class": serializers.ChoiceField(choices=["", *CLASSES], required=False),
    }
    UNTOLD = ("measure",)


class ZoneTermsSerializer(StrictSerializer):
    """The places of a zone, as on a sheet: ZIPs, ZIP3s, ranges, towns with state, states."""

    members: serializers.ListField = serializers.ListField(
        child=serializers.CharField(max_length=90), min_length=1, max_length=MOST_PLACES
    )
    is_region = serializers.BooleanField(required=False, help_text="It ranks behind states.")


class ZoneSerializer(serializers.Serializer[book.Zone]):
    """A zone of a version."""

    name = serializers.CharField()
    is_region = serializers.BooleanField()
    members = serializers.SerializerMethodField()

    def get_members(self, zone: book.Zone) -> list[str]:
        """Return its places as a sheet has them."""
        return sorted(place.label for place in zone.members)


class FuelRowSerializer(EngineSerializer):
    """A row of a fuel table; both ends belong to it."""

    KIND, MODEL = book.FuelRow, FuelTableRow


class FuelTimingSerializer(EngineSerializer):
    """Which published price counts on a load's day."""

    KIND, MODEL = book.FuelTiming, FuelProgramme
    UNTOLD = ("survey_weekday",)


class NewProgrammeSerializer(EngineSerializer):
    """A fuel programme; it is never changed, and frozen once an approved version uses it."""

    KIND, MODEL = book.FuelProgramme, FuelProgramme
    PARTS = {"rows": FuelRowSerializer, "timing": FuelTimingSerializer}
    UNTOLD = ("series_name",)
    OWN = {
        "series": serializers.CharField(max_length=40, help_text="The code of an index."),
        "rounding": serializers.ChoiceField(
            choices=[each.value for each in Rounding], required=False, allow_null=True
        ),
    }


class ProgrammeSerializer(serializers.Serializer[FuelProgramme]):
    """A fuel programme that is kept."""

    id = serializers.IntegerField(source="pk")
    created_by = serializers.CharField()
    created_at = serializers.DateTimeField()
    terms = serializers.SerializerMethodField()

    @extend_schema_field(NewProgrammeSerializer)
    def get_terms(self, row: FuelProgramme) -> dict[str, Any]:
        """Return it as it was told."""
        rows = tuple(from_columns(book.FuelRow, each) for each in row.rows.order_by("from_price"))
        return dict(NewProgrammeSerializer(programme_of(row, rows)).data)


class FuelIndexSerializer(serializers.ModelSerializer[FuelIndexSeries]):
    """A published index that fuel programmes go by."""

    source_url = serializers.CharField(help_text="Empty where none is known.")

    class Meta:
        model = FuelIndexSeries
        fields = ("code", "name", "unit", "survey_weekday", "timezone", "source_url")
        read_only_fields = fields


class FuelValueSerializer(serializers.ModelSerializer[FuelIndexValue]):
    """A value as it was published; a later one for the same survey corrects it."""

    value = NumberField(10, 4)

    class Meta:
        model = FuelIndexValue
        fields = (
            "survey_on", "value", "published_at", "effective_from", "source", "recorded_by",
            "recorded_at",
        )  # fmt: skip
        read_only_fields = fields


class NewFuelValueSerializer(StrictSerializer):
    """A published value to keep; `effective_from` only where the publisher named the day."""

    survey_on = serializers.DateField()
    value = NumberField(10, 4, min_value=0)
    published_at = InstantField()
    effective_from = serializers.DateField(required=False, allow_null=True)
    source = serializers.CharField(max_length=80)  # type: ignore[assignment]  # a key of the body
