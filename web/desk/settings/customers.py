"""Customers and what is agreed with them: a list, a page for each, a history of every change."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Customer, TaxProfile, User
from accounts.operations.changing import save_customer
from accounts.operations.enrolling import create_customer
from accounts.operations.taxing import record_vat_check, save_tax_profile
from accounts.rules import APPROVING_ROLES
from billing.models import ReadinessPolicy
from web.access import desk, signed_in
from web.desk.settings.changes import (
    StandingForm,
    Wording,
    history_of,
    newest_change,
    wording_of,
)
from web.desk.settings.customer_forms import NewCustomerForm, TaxForm, TermsForm
from web.lists.addresses import address_with
from web.lists.keyset import Ordering, paginate
from web.lists.searching import matching_customers
from web.refusals import Refusal, attempt

BY_NAME = Ordering("name", is_descending=False)
EVENTS = {
    "customer.created": "made the customer",
    "customer.changed": "changed",
}
PROFILE = ("country", "vat_id", "is_business", "is_carrier")
CHECK = ("vat_check", "vat_check_reference")


class CustomerFilters(forms.Form):
    """The filters of the list, read from the address."""

    STATUSES: ClassVar[list[tuple[str, str]]] = [
        ("", "Any"), ("ACTIVE", "Active"), ("ON_HOLD", "On hold"), ("CLOSED", "Closed"),
    ]  # fmt: skip

    q = forms.CharField(required=False, max_length=60)
    status = forms.ChoiceField(required=False, choices=STATUSES)
    after = forms.CharField(required=False, max_length=400)


@desk(*APPROVING_ROLES)
@require_safe
def customer_list(request: HttpRequest) -> HttpResponse:
    """Show a page of customers by name; a search finds the start of a name or code."""
    filters = CustomerFilters(request.GET)
    if not filters.is_valid():
        raise BadRequest(f"Cannot read {', '.join(filters.errors)}.")
    asked = filters.cleaned_data
    rows = matching_customers(asked["q"].strip()).for_user(request.user)  # type: ignore[attr-defined]
    if asked["status"]:
        rows = rows.filter(status=asked["status"])
    page = paginate(rows, ordering=BY_NAME, cursor=asked["after"])
    context = {
        "filters": filters,
        "page": page,
        "next_href": address_with(request, after=page.next) if page.next else "",
        "previous_href": address_with(request, after=page.previous) if page.previous else "",
    }
    return render(request, "desk/settings/customers.html", context)


@desk(*APPROVING_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def new_customer(request: HttpRequest) -> HttpResponse:
    """Make a customer."""
    if request.method != "POST":
        blank = Customer()
        form = NewCustomerForm(initial={name: getattr(blank, name) for name in _terms()})
        return _new(request, form)
    form = NewCustomerForm(request.POST)
    if not form.is_valid():
        return _new(request, form, status=422)
    terms, by = form.terms(), signed_in(request).actor
    customer = create_customer(terms.pop("code"), by=by, at=timezone.now(), **terms)
    messages.success(request, f"{customer.name} can have loads now")
    return redirect("desk:settings_customer", customer.code)


@desk(*APPROVING_ROLES)
@require_safe
def customer_page(request: HttpRequest, code: str) -> HttpResponse:
    """Show what is agreed with a customer."""
    return _page(request, _customer(request, code))


@desk(*APPROVING_ROLES)
@require_POST
def save_terms(request: HttpRequest, code: str) -> HttpResponse:
    """Change a customer's terms."""
    customer = _customer(request, code)
    form = TermsForm(request.POST, auto_id="id_%s")
    return _save(request, customer, form, lambda held: _write_terms(held, form, request), "terms")


@desk(*APPROVING_ROLES)
@require_POST
def save_tax(request: HttpRequest, code: str) -> HttpResponse:
    """Change what a customer is to the tax authorities."""
    customer = _customer(request, code)
    form = TaxForm(request.POST, auto_id="tax_%s")
    return _save(request, customer, form, lambda held: _write_tax(held, form, request), "tax")


def _save(
    request: HttpRequest,
    customer: Customer,
    form: StandingForm,
    write: Callable[[Customer], None],
    name: str,
) -> HttpResponse:
    """Write what a valid form says unless somebody was faster, and go back to the page."""
    if not form.is_valid():
        return _page(request, customer, forms_given={name: form}, status=422)
    result = attempt(lambda: _write(request, customer, form, write))
    if isinstance(result, Refusal):
        form.add_error(result.field or None, result.sentence)
        return _page(request, customer, forms_given={name: form}, status=result.status)
    messages.success(request, f"{customer.name}: saved")
    return redirect("desk:settings_customer", customer.code)


def _write(
    request: HttpRequest,
    customer: Customer,
    form: StandingForm,
    write: Callable[[Customer], None],
) -> None:
    held = Customer.objects.select_for_update().get(pk=customer.pk)
    form.check_unseen(held, zone=signed_in(request).timezone)
    write(held)


def _write_terms(customer: Customer, form: TermsForm, request: HttpRequest) -> None:
    terms = form.terms()
    changed = [name for name, value in terms.items() if getattr(customer, name) != value]
    for name in changed:
        setattr(customer, name, terms[name])
    save_customer(customer, changed=changed, by=signed_in(request).actor, at=timezone.now())


def _write_tax(customer: Customer, form: TaxForm, request: HttpRequest) -> None:
    told, by, at = form.cleaned_data, signed_in(request).actor, timezone.now()
    before = TaxProfile.objects.filter(customer=customer).values_list(*CHECK).first()
    profile = save_tax_profile(customer, by=by, at=at, **{name: told[name] for name in PROFILE})
    answer = (told["vat_check"], told["vat_check_reference"])
    # The answer about the id before is none about another id.
    if answer not in (before or ("", ""), (profile.vat_check, profile.vat_check_reference)):
        record_vat_check(
            profile, result=told["vat_check"], reference=told["vat_check_reference"], by=by, at=at
        )


def _terms() -> list[str]:
    return [name for name in TermsForm.base_fields if name != "seen"]


def _customer(request: HttpRequest, code: str) -> Customer:
    return get_object_or_404(Customer.objects.for_user(request.user), code=code)


def _new(request: HttpRequest, form: NewCustomerForm, *, status: int = 200) -> HttpResponse:
    return render(request, "desk/settings/customer_new.html", {"form": form}, status=status)


def _page(
    request: HttpRequest,
    customer: Customer,
    *,
    forms_given: Mapping[str, StandingForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    given, newest = forms_given or {}, newest_change(customer)
    seen = newest.pk if newest else None
    for form in given.values():
        form.show_seen(customer)
    context = {
        "customer": customer,
        "terms": given.get("terms") or TermsForm(initial=_terms_of(customer) | {"seen": seen}),
        "tax": given.get("tax") or _tax_form(customer, seen),
        "policies": _policies(customer),
        "people": User.objects.filter(memberships__customer=customer, is_active=True).count(),
        "history": history_of([customer], _wording()),
    }
    return render(request, "desk/settings/customer.html", context, status=status)


def _terms_of(customer: Customer) -> dict[str, Any]:
    return {name: getattr(customer, name) for name in _terms()}


def _tax_form(customer: Customer, seen: int | None) -> TaxForm:
    """Return the form of the tax profile; without one it says what counts all the same."""
    profile = TaxProfile.objects.filter(customer=customer).first()
    profile = profile or TaxProfile(customer=customer, country=customer.country)
    told = {name: getattr(profile, name) for name in (*PROFILE, *CHECK)}
    return TaxForm(initial=told | {"seen": seen}, auto_id="tax_%s")


def _policies(customer: Customer) -> list[ReadinessPolicy]:
    """Return the customer's own policies in force, and its drafts."""
    standing = (ReadinessPolicy.Status.ACTIVE, ReadinessPolicy.Status.DRAFT)
    rows = ReadinessPolicy.objects.filter(customer=customer, status__in=standing)
    return list(rows.select_related("customer").order_by("shipment_type", "version"))


def _wording() -> Wording:
    terms, tax = (wording_of(form, events=EVENTS) for form in (TermsForm, TaxForm))
    own = {"vat_checked_at": "Checked at", "jurisdiction": "Exempt in"}
    return Wording(EVENTS, {**tax.labels, **own, **terms.labels}, {**tax.values, **terms.values})
