"""What lists of findings may be narrowed by."""

from django_filters import CharFilter, ChoiceFilter, FilterSet

from insights.models import BacktestDifference, BacktestProblem


class DifferenceFilters(FilterSet):  # type: ignore[misc]  # comes without types
    """Differences of one charge code, or of one load."""

    code = CharFilter()
    load = CharFilter(field_name="load__number")

    class Meta:
        model = BacktestDifference
        fields = ("code", "load")


class ProblemFilters(FilterSet):  # type: ignore[misc]  # comes without types
    """Problems of one side, or of one load."""

    side = ChoiceFilter(choices=BacktestProblem.Side.choices)
    load = CharFilter(field_name="load__number")

    class Meta:
        model = BacktestProblem
        fields = ("side", "load")
