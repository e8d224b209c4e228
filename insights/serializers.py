"""Simulations and figures on their way in and out of the API."""

from datetime import date
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Customer
from insights.models import Backtest, BacktestDifference, BacktestProblem
from insights.rules.figures import Figure, Reading
from insights.rules.frames import Span
from journal.api import PlainIntegerField, StrictSerializer

LARGEST_ID = 2**63 - 1


class NewBacktestSerializer(StrictSerializer):
    """A period to re-rate under `version`, beside what is stored or `against` another version."""

    version = PlainIntegerField(min_value=1, max_value=LARGEST_ID)
    against = PlainIntegerField(min_value=1, max_value=LARGEST_ID, required=False)
    customer = serializers.CharField(max_length=20, required=False)
    first_on = serializers.DateField()
    last_on = serializers.DateField()


class BacktestSerializer(serializers.ModelSerializer[Backtest]):
    """A run: how far it is, and what it adds up to."""

    version_label = serializers.CharField(source="version", read_only=True)
    customer = serializers.SlugRelatedField[Any](slug_field="code", read_only=True, allow_null=True)
    difference_amount = serializers.SerializerMethodField()

    class Meta:
        model = Backtest
        fields = (
            "id", "version", "version_label", "against", "customer", "first_on", "last_on",
            "status", "reason", "total_count", "done_count", "changed_count", "unrated_count",
            "currency", "before_amount", "after_amount", "difference_amount", "unrated_amount",
            "months", "started_by", "started_at", "finished_at",
        )  # fmt: skip
        read_only_fields = fields

    def get_difference_amount(self, backtest: Backtest) -> str:
        """Return what the period would have brought more."""
        return str(backtest.after_amount - backtest.before_amount)


class DifferenceSerializer(serializers.ModelSerializer[BacktestDifference]):
    """A line that differs, and why."""

    load = serializers.SlugRelatedField[Any](slug_field="number", read_only=True)

    class Meta:
        model = BacktestDifference
        fields = (
            "load", "code", "stop_sequence", "occurrence", "description", "before_amount",
            "after_amount", "difference_amount", "currency", "reason",
        )  # fmt: skip
        read_only_fields = fields


class BacktestProblemSerializer(serializers.ModelSerializer[BacktestProblem]):
    """Why a load could not be priced in full, and on which side."""

    load = serializers.SlugRelatedField[Any](slug_field="number", read_only=True)

    class Meta:
        model = BacktestProblem
        fields = ("load", "code", "subject_key", "message", "side")
        read_only_fields = fields


class FrameSerializer(StrictSerializer):
    """What part of the house a figure is asked for."""

    period = serializers.ChoiceField([span.value for span in Span], required=False)
    first_on = serializers.DateField(required=False)
    last_on = serializers.DateField(required=False)
    customer = serializers.CharField(max_length=20, required=False)
    lane = serializers.RegexField(r"^[A-Z]{0,3}-[A-Z]{0,3}$", required=False)


class SplitFrameSerializer(FrameSerializer):
    """The same, read for each customer or lane too."""

    by = serializers.ChoiceField(["customer", "lane"], required=False)


class FigureSerializer(serializers.Serializer[Figure]):
    """What a figure means."""

    key = serializers.CharField()
    name = serializers.CharField()
    sentence = serializers.CharField()
    formula = serializers.CharField()
    unit = serializers.CharField()
    basis = serializers.CharField()
    rows = serializers.CharField()
    owner = serializers.CharField()
    better = serializers.CharField()
    by_customer = serializers.BooleanField()
    by_lane = serializers.BooleanField()


class ReadingSerializer(serializers.Serializer[Reading]):
    """One value with the number of rows behind it; null where those are too few to tell one.

    Its `unit` is null where it is the figure's own.
    """

    part = serializers.CharField()
    words = serializers.CharField()
    currency = serializers.CharField()
    unit = serializers.CharField(allow_null=True)
    n = serializers.IntegerField()
    value = serializers.CharField(allow_null=True)
    more = serializers.DictField(child=serializers.CharField(allow_null=True), allow_null=True)


class GroupSerializer(serializers.Serializer[Any]):
    """The readings of one customer (by code) or one lane."""

    group = serializers.CharField()
    readings = ReadingSerializer(many=True)


class ToldSerializer(serializers.Serializer[Any]):
    """A figure as it was asked for; days are whole ones on the clock of `zone`."""

    figure = serializers.CharField(source="told.figure.key")
    unit = serializers.CharField(source="told.figure.unit")
    first_on = serializers.DateField(source="told.frame.period.first_on")
    last_on = serializers.DateField(source="told.frame.period.last_on")
    before_first_on = serializers.SerializerMethodField()
    before_last_on = serializers.SerializerMethodField()
    zone = serializers.CharField(source="told.frame.period.zone")
    customer = serializers.CharField(allow_null=True)
    lane = serializers.CharField(source="told.frame.lane")
    readings = ReadingSerializer(many=True, source="told.readings")
    before = ReadingSerializer(many=True, source="told.before")
    by = serializers.SerializerMethodField()

    def get_before_first_on(self, told: dict[str, Any]) -> date:
        """Return the first day of the period that is compared with."""
        first: date = told["told"].frame.before().period.first_on
        return first

    def get_before_last_on(self, told: dict[str, Any]) -> date:
        """Return the last day of the period that is compared with."""
        last: date = told["told"].frame.before().period.last_on
        return last

    @extend_schema_field(GroupSerializer(many=True))
    def get_by(self, told: dict[str, Any]) -> Any:
        """Return the readings of each customer or lane, where they were asked for."""
        names = dict(Customer.objects.values_list("pk", "code")) if told["by"] == "customer" else {}
        groups = [
            {"group": names.get(each.group, each.group), "readings": each.readings}
            for each in told["splits"]
        ]
        return GroupSerializer(groups, many=True).data


class FigureRowSerializer(serializers.Serializer[Any]):
    """A row behind a figure: what it is called, its load and its customer."""

    id = serializers.IntegerField(source="pk")
    number = serializers.SerializerMethodField()
    load = serializers.SerializerMethodField()
    customer = serializers.SerializerMethodField()

    def get_number(self, row: Any) -> str:
        """Return the number of a case or document, the id of a message, else that of the load."""
        own = getattr(row, "number", "") or getattr(row, "external_id", "")
        return own or self.get_load(row) or ""

    def get_load(self, row: Any) -> str | None:
        """Return the number of the load, where the row has one."""
        load = getattr(row, "load", None)
        return load.number if load else None

    def get_customer(self, row: Any) -> str | None:
        """Return the code of the customer, where the row has one."""
        customer = getattr(row, "customer", None)
        return customer.code if customer else None
