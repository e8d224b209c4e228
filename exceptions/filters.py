"""What the list of cases can be narrowed by."""

from django_filters import rest_framework as filters

from accounts.rules import STAFF_ROLES
from exceptions.models import Case
from exceptions.rules.kinds import KINDS


class CaseFilters(filters.FilterSet):  # type: ignore[misc]  # comes without types
    """The parameters of `GET /api/v1/cases/`; several kinds are alternatives."""

    status = filters.ChoiceFilter(choices=Case.Status.choices)
    kind = filters.MultipleChoiceFilter(
        choices=[(name, name) for name in sorted(KINDS)], distinct=False
    )
    owner_group = filters.ChoiceFilter(choices=[(role, role) for role in sorted(STAFF_ROLES)])
    load = filters.CharFilter(field_name="load__number", help_text="Our number of a load.")
    customer = filters.CharFilter(field_name="customer__code", help_text="Our code of a customer.")
    is_blocking = filters.BooleanFilter()
    due_before = filters.IsoDateTimeFilter(
        field_name="due_at", lookup_expr="lt", help_text="To be decided before this time."
    )
