"""What the list of invoices can be narrowed by."""

from django_filters import rest_framework as filters

from billing.models import Invoice, InvoiceState


class InvoiceFilters(filters.FilterSet):  # type: ignore[misc]  # comes without types
    """The parameters of `GET /api/v1/invoices/`."""

    customer = filters.CharFilter(field_name="customer__code", help_text="Our code of a customer.")
    kind = filters.ChoiceFilter(choices=Invoice.Kind.choices)
    status = filters.ChoiceFilter(field_name="state__status", choices=InvoiceState.Status.choices)
    load = filters.CharFilter(
        field_name="load_claims__load__number", help_text="The number of a load that is billed."
    )
    issued_from = filters.DateFilter(field_name="issued_on", lookup_expr="gte")
    issued_to = filters.DateFilter(field_name="issued_on", lookup_expr="lte")
