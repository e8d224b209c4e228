"""What people tell an invoice: money that came in, and what is taken back."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import uuid4

from django import forms

from billing.models import Invoice, Payment
from billing.operations.paying import Received
from billing.queries.credits import Creditable
from web.numbers import PlainDecimalField


class PaymentForm(forms.Form):
    """A payment by hand, for the balance and today unless told otherwise.

    The key is drawn with the form, so that sending it twice is one payment.
    """

    amount = PlainDecimalField(max_digits=12, decimal_places=2)
    method = forms.ChoiceField(choices=Payment.Method.choices)
    reference = forms.CharField(max_length=60, required=False, label="Reference")
    received_on = forms.DateField(
        label="Received on", widget=forms.DateInput(attrs={"type": "date"})
    )
    note = forms.CharField(max_length=240, required=False)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, invoice: Invoice, today: date) -> None:
        initial = {
            "amount": invoice.state.balance_amount,
            "received_on": today.isoformat(),
            "key": uuid4(),
        }
        super().__init__(data, initial=initial, auto_id="payment_%s")
        self.fields["amount"].label = f"Amount, {invoice.currency}"
        self.fields["amount"].help_text = (
            f"More than {invoice.state.balance_amount:,.2f} is more than is owed: the rest stays"
            " as unapplied cash of the customer."
        )
        self.fields["reference"].help_text = "Trace, check or wire number"

    @property
    def received(self) -> Received:
        """Return the payment as it was told."""
        told = self.cleaned_data
        return Received(
            amount=told["amount"],
            method=told["method"],
            received_on=told["received_on"],
            reference=told["reference"],
            note=told["note"],
        )


class How(StrEnum):
    """How an invoice is taken back."""

    WHOLE = "whole"
    LINES = "lines"
    REBILL = "rebill"


class CreditForm(forms.Form):
    """What to take back, and the reason that the credit note prints."""

    how = forms.ChoiceField(
        choices=[(each.value, each.value) for each in How],
        initial=How.WHOLE.value,
        required=False,
    )
    lines = forms.TypedMultipleChoiceField(coerce=int, required=False, label="Lines")
    reason = forms.CharField(max_length=1000)

    def __init__(self, data: Any = None, *, lines: Sequence[Creditable]) -> None:
        super().__init__(data, auto_id="credit_%s")
        self.creditable = list(lines)
        field = self.fields["lines"]
        assert isinstance(field, forms.TypedMultipleChoiceField)  # noqa: S101  tells the checker
        field.choices = [(it.line.position, it.line.description) for it in self.creditable]

    @property
    def how_asked(self) -> str:
        """Return what is chosen, also in a form that was refused; all of it when nothing is."""
        return str(self["how"].value() or How.WHOLE)

    @property
    def ticked(self) -> set[str]:
        """Return the lines that are chosen, also in a form that was refused."""
        return {str(value) for value in self["lines"].value() or ()}
