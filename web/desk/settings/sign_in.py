"""How the carrier's people come in: who needs a second factor, who has one, who is locked out."""

from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.operations.admitting import locked_among
from accounts.operations.securing import require_second_factor, reset_second_factor, unlock
from accounts.queries.factors import roles_with_factor
from accounts.queries.people import staff
from accounts.rules import ADMINISTRATING_ROLES, STAFF_ROLES, Role
from web.access import desk, signed_in
from web.refusals import Refusal, attempt

administrators = desk(*sorted(ADMINISTRATING_ROLES))
ROLES = sorted(STAFF_ROLES)


class FactorForm(forms.Form):
    """Which roles need a second factor."""

    roles = forms.MultipleChoiceField(
        label="Needs a second factor",
        required=False,
        choices=[(role.value, role.value.capitalize()) for role in ROLES],
        widget=forms.CheckboxSelectMultiple,
    )


class ResetForm(forms.Form):
    """Why somebody's second factor is taken away."""

    reason = forms.CharField(max_length=200)


@dataclass(frozen=True, slots=True)
class Member:
    """One of the staff as this page shows them."""

    person: User
    roles: str
    has_factor: bool
    must_have: bool
    is_locked: bool


@administrators
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_page(request: HttpRequest) -> HttpResponse:
    """Show how people come in; save which roles need a second factor."""
    user = signed_in(request)
    form = FactorForm(request.POST or None, initial={"roles": list(roles_with_factor())})
    if request.method == "POST":
        form = FactorForm(request.POST)
        if form.is_valid():
            chosen = [Role(name) for name in form.cleaned_data["roles"]]
            require_second_factor(chosen, by=user.actor, at=timezone.now())
            messages.success(request, "Saved; it holds from everybody's next click")
            return redirect("desk:settings_sign_in")
    context = {"form": form, "members": members()}
    return render(
        request, "desk/settings/sign_in.html", context, status=422 if form.errors else 200
    )


@administrators
@require_POST
def reset_factor(request: HttpRequest, pk: int) -> HttpResponse:
    """Take away the second factor of somebody who lost the device."""
    user, person = signed_in(request), get_object_or_404(staff(), pk=pk)
    form = ResetForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Say why: the reason stands in the journal.")
        return redirect("desk:settings_sign_in")
    result = attempt(
        lambda: reset_second_factor(
            person, by=user, at=timezone.now(), reason=form.cleaned_data["reason"]
        )
    )
    if isinstance(result, Refusal):
        messages.error(request, result.sentence)
    else:
        messages.success(request, f"{person.name} signs in by password and sets it up again")
    return redirect("desk:settings_sign_in")


@administrators
@require_POST
def unlock_person(request: HttpRequest, pk: int) -> HttpResponse:
    """Let somebody try again at once."""
    person = get_object_or_404(User, pk=pk)
    unlock(person, by=signed_in(request), at=timezone.now())
    messages.success(request, f"{person.name} can try again")
    return redirect("desk:settings_sign_in")


def members() -> list[Member]:
    """Return the active staff, and what stands between each and the house; four queries."""
    people = list(staff().filter(is_active=True).prefetch_related("groups"))
    holders = set(Authenticator.objects.filter(type="totp").values_list("user_id", flat=True))
    locked = locked_among([person.email for person in people], at=timezone.now())
    asked = roles_with_factor()
    return [_member(person, holders=holders, locked=locked, asked=asked) for person in people]


def _member(
    person: User, *, holders: set[int], locked: frozenset[str], asked: frozenset[Role]
) -> Member:
    names = [group.name for group in person.groups.all()]
    return Member(
        person=person,
        roles=", ".join(sorted(names)).capitalize() or "Superuser",
        has_factor=person.pk in holders,
        must_have=bool(asked & set(names)),
        is_locked=person.email in locked,
    )
