"""What lists of versions and lanes can be narrowed by."""

from django_filters import rest_framework as filters

from rating.engine.choices import Basis
from rating.models import RateCardVersion


class VersionFilters(filters.FilterSet):  # type: ignore[misc]  # comes without types
    """The parameters of the versions of a card."""

    status = filters.MultipleChoiceFilter(choices=RateCardVersion.Status.choices, distinct=False)


class FuelValueFilters(filters.FilterSet):  # type: ignore[misc]  # comes without types
    """The parameters of the values of an index."""

    survey_from = filters.DateFilter(field_name="survey_on", lookup_expr="gte")
    survey_to = filters.DateFilter(field_name="survey_on", lookup_expr="lte")


class LaneFilters(filters.FilterSet):  # type: ignore[misc]  # comes without types
    """The parameters of the lanes of a version."""

    row = filters.NumberFilter(min_value=1, max_value=2**31 - 1)
    basis = filters.ChoiceFilter(choices=[(each.value, each.value) for each in Basis])
    origin = filters.CharFilter(field_name="origin_value", lookup_expr="iexact")
    destination = filters.CharFilter(field_name="destination_value", lookup_expr="iexact")
    equipment = filters.CharFilter(field_name="equipment")
