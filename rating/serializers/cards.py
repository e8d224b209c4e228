"""Cards, versions, lanes, imports and test cases, on their way in and out."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from journal.api import PlainDecimalField, PlainIntegerField, StrictSerializer
from rating.engine.choices import (
    Anchor,
    ClassSource,
    DeemedFor,
    FloorSpace,
    Precedence,
    WhenNoLane,
)
from rating.engine.money import Rounding
from rating.models import (
    DensityScale,
    FuelProgramme,
    Lane,
    RateCard,
    RateCardVersion,
    RateImport,
    RateTestCase,
)
from rating.queries.cells.lanes import LANE_COLUMNS, lane_cells
from rating.serializers.quotes import QuoteRequestSerializer

LARGEST_ID = 2**63 - 1


class CardSerializer(serializers.ModelSerializer[RateCard]):
    """A rate card; without a customer it is for everybody."""

    customer = serializers.CharField(
        source="customer.code", default=None, read_only=True, allow_null=True
    )

    class Meta:
        model = RateCard
        fields = [
            "id", "name", "customer", "currency", "equipment", "shipment_type", "rated_on",
            "when_no_lane", "created_at",
        ]  # fmt: skip


class NewCardSerializer(StrictSerializer):
    """A card without a version yet."""

    name = serializers.CharField(max_length=80)
    currency = serializers.CharField(min_length=3, max_length=3)
    customer = serializers.CharField(max_length=20, required=False)
    equipment = serializers.CharField(max_length=20, required=False)
    shipment_type = serializers.CharField(max_length=20, required=False)
    rated_on = serializers.ChoiceField(choices=[each.value for each in Anchor], required=False)
    when_no_lane = serializers.ChoiceField(
        choices=[each.value for each in WhenNoLane], required=False
    )


class VersionSerializer(serializers.ModelSerializer[RateCardVersion]):
    """One dated state of a card."""

    card_name = serializers.CharField(source="card.name", read_only=True)
    fuel = serializers.CharField(source="fuel.name", default=None, read_only=True, allow_null=True)
    density_scale = serializers.CharField(
        source="density_scale.name", default=None, read_only=True, allow_null=True
    )

    class Meta:
        model = RateCardVersion
        fields = [
            "id", "card", "card_name", "number", "status", "effective_from", "effective_to",
            "fuel", "precedence", "rounding", "rounding_places", "minimum_charge",
            "discount_percent", "allows_deficit", "cost_per_mile", "class_source",
            "density_scale", "deemed_for", "unstackable_height_in", "wide_from_in",
            "wide_width_in", "floor_space", "trailer_width_in", "stacked_pieces", "note",
            "drafted_by",
            "drafted_at", "edited_by", "edited_at", "submitted_by", "submitted_at",
            "floor_reason", "approved_by", "approved_at", "published_by", "published_at",
        ]  # fmt: skip


class PeriodSerializer(StrictSerializer):
    """From when to when a draft is to be in force."""

    effective_from = serializers.DateField()
    effective_to = serializers.DateField(required=False, allow_null=True)


class NewVersionSerializer(PeriodSerializer):
    """A draft: empty, or with everything of the version it is `copy_of`."""

    copy_of = PlainIntegerField(min_value=1, max_value=LARGEST_ID, required=False)
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class SettingsSerializer(StrictSerializer):
    """Settings of a draft to change; what is left out stays."""

    effective_from = serializers.DateField(required=False)
    effective_to = serializers.DateField(required=False, allow_null=True)
    precedence = serializers.ChoiceField(
        choices=[each.value for each in Precedence], required=False
    )
    rounding = serializers.ChoiceField(choices=[each.value for each in Rounding], required=False)
    minimum_charge = PlainDecimalField(14, 4, min_value=0, required=False, allow_null=True)
    discount_percent = PlainDecimalField(7, 4, min_value=0, required=False)
    allows_deficit = serializers.BooleanField(required=False)
    cost_per_mile = PlainDecimalField(16, 6, min_value=0, required=False, allow_null=True)
    rounding_places = PlainIntegerField(min_value=0, max_value=4, required=False, allow_null=True)
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    fuel = serializers.SlugRelatedField[FuelProgramme](
        slug_field="name", queryset=FuelProgramme.objects.all(), required=False, allow_null=True
    )
    density_scale = serializers.SlugRelatedField[DensityScale](
        slug_field="name", queryset=DensityScale.objects.all(), required=False, allow_null=True
    )
    class_source = serializers.ChoiceField(
        choices=[each.value for each in ClassSource], required=False
    )
    deemed_for = serializers.ChoiceField(choices=[each.value for each in DeemedFor], required=False)
    unstackable_height_in = PlainDecimalField(6, 2, min_value=0, required=False, allow_null=True)
    wide_from_in = PlainDecimalField(6, 2, min_value=0, required=False, allow_null=True)
    wide_width_in = PlainDecimalField(6, 2, min_value=0, required=False, allow_null=True)
    floor_space = serializers.ChoiceField(
        choices=[each.value for each in FloorSpace], required=False
    )
    trailer_width_in = PlainDecimalField(6, 2, min_value=1, required=False)
    stacked_pieces = PlainIntegerField(min_value=1, max_value=20, required=False)


class ReasonSerializer(StrictSerializer):
    """Why."""

    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class LaneSerializer(serializers.Serializer[Lane]):
    """A lane in the words of a sheet; `breaks` such as "0: 14.38; 500: 10.29"."""

    row = serializers.IntegerField(read_only=True)
    origin = serializers.CharField(read_only=True)
    destination = serializers.CharField(read_only=True)
    basis = serializers.CharField(read_only=True)
    rate = serializers.CharField(read_only=True)
    minimum = serializers.CharField(read_only=True)
    maximum = serializers.CharField(read_only=True)
    discount_percent = serializers.CharField(read_only=True)
    cost_floor = serializers.CharField(read_only=True)
    equipment = serializers.CharField(read_only=True)
    commodity = serializers.CharField(read_only=True)
    shipment_type = serializers.CharField(read_only=True)
    priority = serializers.CharField(read_only=True)
    breaks = serializers.CharField(read_only=True)

    def to_representation(self, instance: Lane) -> dict[str, Any]:
        """Show the cells of a lane."""
        return {"row": instance.row, **lane_cells(instance)}


class LaneCellsSerializer(StrictSerializer):
    """Cells of a lane, in the words of a sheet."""

    def get_fields(self) -> dict[str, Any]:
        """One text for each column of a lane."""
        return {
            name: serializers.CharField(required=False, allow_blank=True, max_length=4000)
            for name in LANE_COLUMNS
        }


class LaneChangeSerializer(StrictSerializer):
    """Cells to change, and what was `seen` in them: another value there now refuses the change."""

    changes = LaneCellsSerializer()
    seen = LaneCellsSerializer(required=False)


class ImportSerializer(serializers.ModelSerializer[RateImport]):
    """A sheet on its way into a draft: how far it was read, and what it would change."""

    class Meta:
        model = RateImport
        fields = [
            "id", "version", "status", "mode", "filename", "size", "sha256", "layout", "sheet",
            "rows_total", "rows_read", "lanes_read", "questions", "faults", "fault_count",
            "counts", "previewed_at", "created_by", "created_at", "applied_by", "applied_at",
        ]  # fmt: skip


class NewImportSerializer(serializers.Serializer[None]):
    """A sheet to upload, with answers that are known beforehand."""

    file = serializers.FileField()
    mode = serializers.ChoiceField(choices=RateImport.Mode.choices, default="REPLACE")
    sheet = serializers.CharField(max_length=80, required=False)
    separator = serializers.CharField(max_length=1, required=False, trim_whitespace=False)
    decimal = serializers.CharField(max_length=1, required=False)
    discount = serializers.CharField(max_length=6, required=False)
    country = serializers.CharField(max_length=2, required=False)
    basis = serializers.CharField(max_length=20, required=False)
    equipment = serializers.CharField(max_length=20, required=False)
    commodity = serializers.CharField(max_length=120, required=False)
    shipment_type = serializers.CharField(max_length=20, required=False)
    minimum = serializers.CharField(max_length=20, required=False)


class AnswersSerializer(StrictSerializer):
    """Answers to the questions of an import; it is read again with them."""

    mode = serializers.ChoiceField(choices=RateImport.Mode.choices, required=False)
    options: Any = serializers.DictField(child=serializers.CharField(max_length=120), default=dict)


class CellChangeSerializer(serializers.Serializer[Any]):
    """One cell before and after."""

    column = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()
    percent = serializers.DecimalField(9, 1, allow_null=True)


class RowChangeSerializer(serializers.Serializer[Any]):
    """A lane that was added, changed or removed."""

    row = serializers.IntegerField(allow_null=True)
    label: Any = serializers.CharField()
    kind = serializers.CharField(help_text="ADDED, CHANGED or REMOVED.")
    cells = CellChangeSerializer(many=True)


class ComparisonSerializer(serializers.Serializer[Any]):
    """What a version changes of another: counts, and a page of lanes."""

    added = serializers.IntegerField()
    changed = serializers.IntegerField()
    removed = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    settings = CellChangeSerializer(many=True)
    rules = RowChangeSerializer(many=True)
    lanes = RowChangeSerializer(many=True)
    removed_lanes = RowChangeSerializer(many=True)
    next_row = serializers.IntegerField(allow_null=True)


class CheckSerializer(serializers.Serializer[Any]):
    """One thing that is looked at before approval."""

    name = serializers.CharField()
    passes = serializers.BooleanField()
    sentence = serializers.CharField()
    rows: Any = serializers.ListField(child=serializers.IntegerField())


class TestCaseSerializer(serializers.ModelSerializer[RateTestCase]):
    """What a card promises about a load."""

    class Meta:
        model = RateTestCase
        fields = [
            "id", "card", "name", "facts", "expected", "expected_total", "currency", "created_by",
            "created_at", "changed_by", "changed_at",
        ]  # fmt: skip


class NewTestCaseSerializer(StrictSerializer):
    """A load and what it costs under a version, to be kept as what the card must charge."""

    name = serializers.CharField(max_length=120)
    ask = QuoteRequestSerializer(help_text="The load, and the version that prices it.")


class LineDifferenceSerializer(serializers.Serializer[Any]):
    """One charge that is not as expected; null where there is no such line."""

    code = serializers.CharField()
    stop_sequence = serializers.IntegerField(allow_null=True)
    occurrence = serializers.IntegerField()
    description = serializers.CharField()
    expected = serializers.DecimalField(14, 4, allow_null=True)
    actual = serializers.DecimalField(14, 4, allow_null=True)


class CaseResultSerializer(serializers.Serializer[Any]):
    """A test case under a version."""

    name = serializers.CharField(source="case.name")
    passes = serializers.BooleanField()
    expected_total = serializers.DecimalField(14, 4)
    total = serializers.DecimalField(14, 4)
    differences = LineDifferenceSerializer(many=True)
    new_problems: Any = serializers.ListField(child=serializers.CharField())
    gone_problems: Any = serializers.ListField(child=serializers.CharField())


def given(values: Mapping[str, Any]) -> dict[str, str]:
    """The options of an import that a body names."""
    return {name: str(value) for name, value in values.items() if name not in ("file", "mode")}
