"""What the list of loads can be narrowed by."""

from django.db.models import QuerySet
from django_filters import rest_framework as filters

from dispatch.models import Load, Reference
from dispatch.models.reference import reference_key


class LoadFilters(filters.FilterSet):  # type: ignore[misc]  # comes without types
    """The parameters of `GET /api/v1/loads/`; several values of a status are alternatives."""

    status = filters.MultipleChoiceFilter(choices=Load.Status.choices, distinct=False)
    shipment_type = filters.ChoiceFilter(choices=Load.ShipmentType.choices)
    customer = filters.CharFilter(field_name="customer__code", help_text="Our code of a customer.")
    reference = filters.CharFilter(
        method="by_reference", help_text="Any number of the load, however it is written."
    )
    pickup_from = filters.IsoDateTimeFilter(
        field_name="pickup_from", lookup_expr="gte", help_text="Picked up at this time or later."
    )
    pickup_before = filters.IsoDateTimeFilter(
        field_name="pickup_from", lookup_expr="lt", help_text="Picked up before this time."
    )

    def by_reference(self, loads: QuerySet[Load], _name: str, value: str) -> QuerySet[Load]:
        """Keep the loads one of whose references is `value`, whatever its punctuation."""
        named = Reference.objects.filter(value_key=reference_key(value))
        return loads.filter(pk__in=named.values("load"))
