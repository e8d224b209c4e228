"""Who works for the customer: its administrators invite and remove people of their own company.

The invited person gets a link by e-mail, by which a password is chosen; the administrator sees one,
too, and can hand it over. It works once, and only until the person has signed in.
"""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Customer, Membership, User
from accounts.operations.inviting import invite_person, remove_person
from accounts.operations.resetting import password_path
from web.access import portal, signed_in
from web.refusals import Refusal, attempt


class InvitationForm(forms.Form):
    """Whom to invite; with several companies, to which one."""

    name = forms.CharField(label="Name", max_length=120)
    email = forms.EmailField(label="Work email", max_length=254)
    customer: "forms.ModelChoiceField[Customer]" = forms.ModelChoiceField(
        label="Company", queryset=Customer.objects.none(), empty_label=None
    )
    is_administrator = forms.BooleanField(
        label="Administrator: may invite and remove people", required=False
    )

    def __init__(self, *args: Any, customers: QuerySet[Customer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["customer"].queryset = customers  # type: ignore[attr-defined]
        self.fields["customer"].label_from_instance = lambda customer: customer.name  # type: ignore[attr-defined]
        if len(customers) == 1:
            self.fields["customer"].widget = forms.HiddenInput()
            self.fields["customer"].initial = customers[0].pk


@portal
@require_safe
def people_page(request: HttpRequest) -> HttpResponse:
    """List the people of the companies that the reader administers."""
    return _answer(request, administrator(request))


@portal
@require_POST
def invite(request: HttpRequest) -> HttpResponse:
    """Make the person and show the link to be copied, once."""
    user = administrator(request)
    form = InvitationForm(request.POST, customers=_customers(user))
    if not form.is_valid():
        return _answer(request, user, form=form, status=422)
    asked, now = form.cleaned_data, timezone.now()
    result = attempt(lambda: invite_person(asked["email"], by=user, at=now, **_told(asked)))
    if isinstance(result, Refusal):
        form.add_error(result.field or None, result.sentence)
        return _answer(request, user, form=form, status=result.status)
    return _answer(request, user, invited=result.user)


@portal
@require_POST
def link(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a new link for somebody who has not signed in yet."""
    user = administrator(request)
    person = find_membership(user, pk).user
    if person.last_login is not None or not person.is_active:
        messages.error(request, f"{person.name} has signed in already and needs no link.")
        return redirect("portal:people")
    if person.memberships.exclude(customer__in=user.administered_ids).exists():
        # Whoever has the link has the sign-in, and it would open another company's invoices too.
        messages.error(request, f"Please ask us for {person.name}'s link: we send it ourselves.")
        return redirect("portal:people")
    return _answer(request, user, invited=person)


@portal
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """End a person's access at once."""
    user = administrator(request)
    membership = find_membership(user, pk)
    name = membership.user.name
    result = attempt(lambda: remove_person(membership, by=user, at=timezone.now()))
    if isinstance(result, Refusal):
        messages.error(request, result.sentence)
    else:
        messages.success(request, f"{name} can no longer sign in for your company")
    return redirect("portal:people")


def administrator(request: HttpRequest) -> User:
    """Return the reader, or refuse who administers no company."""
    user = signed_in(request)
    if not user.administered_ids:
        raise PermissionDenied("An administrator of your company keeps its people.")
    return user


def find_membership(user: User, pk: int) -> Membership:
    """Return a membership of the user's companies; any other is not found."""
    rows = Membership.objects.select_related("user", "customer")
    membership = rows.filter(pk=pk, customer__in=user.administered_ids).first()
    if membership is None:
        raise Http404
    return membership


def password_link(request: HttpRequest, person: User) -> str:
    """Return the address at which a person chooses a password, once."""
    return request.build_absolute_uri(password_path(person))


def _customers(user: User) -> QuerySet[Customer]:
    return Customer.objects.filter(pk__in=user.administered_ids).order_by("name")


def _told(asked: dict[str, Any]) -> dict[str, Any]:
    return {name: asked[name] for name in ("name", "customer", "is_administrator")}


@never_cache
def _answer(
    request: HttpRequest,
    user: User,
    *,
    form: InvitationForm | None = None,
    invited: User | None = None,
    status: int = 200,
) -> HttpResponse:
    """Draw the page; `invited` is somebody whose link is shown this once."""
    rows = Membership.objects.filter(customer__in=user.administered_ids)
    context = {
        "memberships": rows.select_related("user", "customer").order_by("customer", "user__name"),
        "form": form or InvitationForm(customers=_customers(user)),
        "invited": invited,
        "link": password_link(request, invited) if invited else "",
    }
    return render(request, "portal/people.html", context, status=status)
