"""Runs of simulations on their way in and out of the API."""

from typing import Any

from rest_framework import serializers

from insights.models import Backtest, BacktestDifference, BacktestProblem
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
