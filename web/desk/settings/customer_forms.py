"""What is agreed with a customer, and what each of it decides."""

from typing import Any, ClassVar

from babel import Locale
from babel.numbers import is_currency
from django import forms
from django.core.exceptions import ValidationError

from accounts.models import Customer, TaxProfile
from accounts.operations.taxing import VatIdOfAnotherState, check_vat_id
from web.desk.settings.changes import StandingForm
from web.personal import zone_choices

COUNTRIES = Locale("en", "US").territories


def known_country(code: str) -> str:
    """Return an ISO country code in capitals, or refuse."""
    if len(code) != 2 or code.upper() not in COUNTRIES:
        raise ValidationError("Not a country code: write two letters, such as US.")
    return code.upper()


class TermsForm(StandingForm):
    """Customer and terms; each hint says what a change does and what it leaves alone."""

    status = forms.ChoiceField(
        choices=[("ACTIVE", "Active"), ("ON_HOLD", "On hold"), ("CLOSED", "Closed")],
        help_text="Unless active, nothing is billed: waiting loads are blocked at once, and "
        "looked at again when it is active again.",
    )
    name = forms.CharField(
        max_length=120,
        help_text="What pages and the ERP call the customer. The code stays.",
    )
    bill_to_name = forms.CharField(
        label="Bill to",
        max_length=120,
        help_text="Printed on the next invoices; issued ones keep what they say.",
    )
    bill_to_lines = forms.CharField(
        label="Address, one line each",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Printed below the name on the next invoices.",
    )
    email = forms.EmailField(
        label="Accounts payable email",
        help_text="Where invoices go by e-mail, and the link “Write to” on each invoice's page.",
    )
    invoice_letters = forms.ChoiceField(
        label="Accounts payable get by e-mail",
        choices=Customer.InvoiceLetters.choices,
        help_text="From the next invoice or credit note on, one letter for each, when its PDF is "
        "drawn. Any one can be sent by hand from its page.",
    )
    country = forms.CharField(
        max_length=2,
        help_text="Without a tax profile the customer is a business of this country to the "
        "taxes of loads not yet billed.",
    )
    tax_number = forms.CharField(
        label="Tax number",
        max_length=30,
        required=False,
        help_text="Printed on the next invoices when the tax profile has no VAT id.",
    )
    terms_days = forms.IntegerField(
        label="Terms, days",
        min_value=0,
        max_value=365,
        help_text="From issue to due, on the next invoices; 0 is due on receipt.",
    )
    currency = forms.CharField(
        max_length=3,
        help_text="Of new loads and quotes; loads that exist keep theirs.",
    )
    timezone = forms.ChoiceField(
        label="Time zone",
        choices=zone_choices,
        help_text="Of new stops that name none, and of the week in which a delivery is billed.",
    )
    billing_mode = forms.ChoiceField(
        label="A load that is ready",
        choices=[
            ("STRAIGHT_THROUGH", "Is billed straight through"),
            ("REVIEW", "Waits for somebody to review it"),
        ],
        help_text="Waiting loads are judged again at once; invoices that were issued stay.",
    )
    invoice_grouping = forms.ChoiceField(
        label="Loads on one invoice",
        choices=Customer.InvoiceGrouping.choices,
        help_text="Other than one per load, invoices are made in the workbench, never by "
        "themselves.",
    )
    unanswered_tenders = forms.ChoiceField(
        label="A tender not answered in time",
        choices=Customer.UnansweredTender.choices,
        help_text="Dispatchers get a case in either way; a decline goes out as 990 to partners "
        "that want one.",
    )

    SECTIONS: ClassVar[tuple[tuple[str, tuple[str, ...]], ...]] = (
        ("Standing", ("status", "name", "email")),
        (
            "On the invoice",
            ("bill_to_name", "bill_to_lines", "country", "tax_number", "invoice_letters"),
        ),
        ("Terms", ("terms_days", "currency", "timezone", "billing_mode", "invoice_grouping")),
        ("Tenders", ("unanswered_tenders",)),
    )

    def clean_country(self) -> str:
        """Refuse what is no country."""
        return known_country(self.cleaned_data["country"])

    def clean_currency(self) -> str:
        """Refuse what is no currency."""
        code = str(self.cleaned_data["currency"]).upper()
        if not is_currency(code):
            raise ValidationError("Not a currency: write three letters, such as USD.")
        return code

    def clean_bill_to_lines(self) -> str:
        """Drop empty lines, and the carriage returns that browsers send."""
        lines = (line.strip() for line in self.cleaned_data["bill_to_lines"].splitlines())
        return "\n".join(line for line in lines if line)

    def terms(self) -> dict[str, Any]:
        """Return the fields of the customer."""
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}


class NewCustomerForm(TermsForm):
    """A customer that is billed from now on."""

    code = forms.RegexField(
        regex=r"^[A-Z0-9][A-Z0-9-]{1,19}$",
        max_length=20,
        error_messages={"invalid": "Capital letters, digits and hyphens, such as PRFD-0042."},
        help_text="What files and messages call the customer; it never changes.",
    )

    SECTIONS: ClassVar[tuple[tuple[str, tuple[str, ...]], ...]] = (
        ("New customer", ("code", *TermsForm.SECTIONS[0][1])),
        *TermsForm.SECTIONS[1:],
    )

    def clean_code(self) -> str:
        """Refuse the code of another customer."""
        code = str(self.cleaned_data["code"])
        if Customer.objects.filter(code=code).exists():
            raise ValidationError("Another customer has this code.")
        return code


class TaxForm(StandingForm):
    """What a customer is to the tax authorities."""

    country = forms.CharField(
        label="Country of establishment",
        max_length=2,
        help_text="Decides the place of supply, and so which tax the next invoices charge.",
    )
    vat_id = forms.CharField(
        label="VAT id",
        max_length=20,
        required=False,
        help_text="Lets the tax of another member state be reversed to the customer; printed on "
        "the next invoices. Another id is unchecked again.",
    )
    is_business = forms.BooleanField(
        label="A business",
        required=False,
        help_text="Inside the Union the freight of a consumer is taxed where it departs.",
    )
    is_carrier = forms.BooleanField(
        label="A carrier",
        required=False,
        help_text="It sells the carriage on: its loads are interlined freight.",
    )
    vat_check = forms.ChoiceField(
        label="VIES says",
        required=False,
        choices=TaxProfile.VatCheck.choices,
        help_text="An id that VIES calls invalid blocks loads whose tax rests on it.",
    )
    vat_check_reference = forms.CharField(
        label="Consultation number",
        max_length=40,
        required=False,
        help_text="Kept with the answer as the proof that was asked for.",
    )

    def clean_country(self) -> str:
        """Refuse what is no country."""
        return known_country(self.cleaned_data["country"])

    def clean(self) -> dict[str, Any]:
        """Refuse a VAT id of another state, and an answer about none."""
        told = super().clean() or {}
        try:
            told["vat_id"] = check_vat_id(told.get("vat_id", ""), country=told.get("country", ""))
        except VatIdOfAnotherState as error:
            raise ValidationError({"vat_id": str(error)}) from error
        if told.get("vat_check") and not told["vat_id"]:
            raise ValidationError({"vat_check": "There is no VAT id that VIES could know."})
        return told
