"""What a backtest is asked: a period, what to compare with, and whose loads."""

from datetime import date, timedelta
from typing import Any

from django import forms

from accounts.models import Customer
from rating.models import RateCardVersion
from web.desk.rates.forms import DAY_FORMAT, DayField

NINETY_DAYS = timedelta(days=89)


class VersionChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Another version of the card."""

    def label_from_instance(self, obj: Any) -> str:
        """Write the number of the version."""
        return f"v{obj.number}"


class BacktestForm(forms.Form):
    """A run of one version over the loads of a period."""

    first_on = DayField(label="Picked up from")
    last_on = DayField(label="To")
    against = VersionChoice(
        RateCardVersion.objects.none(),
        label="Compare with",
        required=False,
        empty_label="What each load was rated at",
    )
    customer = forms.ModelChoiceField(
        Customer.objects.order_by("name"), required=False, empty_label="Every customer of the card"
    )

    def __init__(self, *args: Any, version: RateCardVersion, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "backtest_%s")
        super().__init__(*args, **kwargs)
        others = RateCardVersion.objects.filter(card=version.card_id).exclude(pk=version.pk)
        against = self.fields["against"]
        if isinstance(against, VersionChoice):
            against.queryset = others.order_by("-number")
        if version.card.customer_id:
            del self.fields["customer"]

    @classmethod
    def of_last_days(cls, version: RateCardVersion, *, today: date) -> "BacktestForm":
        """Return a form that proposes the last 90 days: a run over them tells the impact."""
        first = today - NINETY_DAYS
        initial = {"first_on": first.strftime(DAY_FORMAT), "last_on": today.strftime(DAY_FORMAT)}
        return cls(initial=initial, version=version)
