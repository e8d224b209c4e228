"""What part of the workbench somebody looks at, as it stands in the address."""

from django import forms
from django.core.exceptions import BadRequest
from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode

from accounts.models import Customer, User
from billing.queries.funnel import LoadRows, Stage, staged_loads


class WorkbenchFilters(forms.Form):
    """Stage, customer and place in the list."""

    stage = forms.ChoiceField(required=False, choices=[(each.value, each.value) for each in Stage])
    customer = forms.ModelChoiceField(
        Customer.objects.order_by("name"),
        required=False,
        empty_label="Any",
        widget=forms.Select(attrs={"data-key": "f"}),
    )
    after = forms.CharField(required=False, max_length=200)

    @property
    def stage_asked(self) -> Stage:
        """Return the stage; what can be billed unless another is asked for."""
        return Stage(self.cleaned_data["stage"] or Stage.READY)

    def loads(self, user: User) -> LoadRows:
        """Return the loads that are asked for."""
        loads = staged_loads(user, self.stage_asked)
        customer = self.cleaned_data["customer"]
        return loads.filter(customer=customer) if customer else loads


def address_of(filters: WorkbenchFilters, **changes: str) -> str:
    """Return the page's address with `changes` made; any but turning the page starts it again."""
    customer = filters.cleaned_data["customer"]
    told = {
        "stage": "" if filters.stage_asked is Stage.READY else filters.stage_asked.value,
        "customer": str(customer.pk) if customer else "",
        **changes,
    }
    query = urlencode({name: value for name, value in told.items() if value})
    return f"{reverse('desk:workbench')}?{query}" if query else reverse("desk:workbench")


def read_filters(told: QueryDict) -> WorkbenchFilters:
    """Read the filters; raises BadRequest when one of them is not among the choices."""
    filters = WorkbenchFilters(told)
    if not filters.is_valid():
        raise BadRequest(f"Cannot read {', '.join(filters.errors)}.")
    return filters
