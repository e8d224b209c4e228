"""What the list of invoices can be narrowed by."""

from django_filters import rest_framework as filters

from billing.models import Charge, Invoice, InvoiceState, LoadBilling


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


class BillingFilters(filters.FilterSet):  # type: ignore[misc]  # comes without types
    """The parameters of `GET /api/v1/billings/`; several values of a status are alternatives."""

    status = filters.MultipleChoiceFilter(choices=LoadBilling.Status.choices, distinct=False)
    customer = filters.CharFilter(field_name="customer__code", help_text="Our code of a customer.")
    is_held = filters.BooleanFilter(field_name="held_at", lookup_expr="isnull", exclude=True)


class ChargeFilters(filters.FilterSet):  # type: ignore[misc]  # comes without types
    """The parameters of the charges of a load."""

    status = filters.MultipleChoiceFilter(choices=Charge.Status.choices, distinct=False)
    code = filters.CharFilter()
