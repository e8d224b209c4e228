"""The carrier's own people: who signs in, with which role, and what each role may do."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import APIKey, User
from accounts.operations.staffing import change_role, deactivate, invite_staff, reactivate
from accounts.queries.keys import live_keys_of
from accounts.queries.people import staff
from accounts.rules import ADMINISTRATING_ROLES, STAFF_ROLES, Role
from web.access import desk, signed_in
from web.desk.settings.changes import Wording, history_of
from web.portal.people import password_link
from web.refusals import Refusal, attempt

EVENTS = {
    "person.created": "made the account",
    "person.invited": "invited",
    "person.role_changed": "changed the role",
    "person.deactivated": "ended the sign-in",
    "person.reactivated": "opened the sign-in again",
}
ROLES = [(role.value, role.value.capitalize()) for role in Role if role in STAFF_ROLES]


class InvitationForm(forms.Form):
    """Whom to invite, to which work."""

    name = forms.CharField(max_length=120, help_text="What pages and histories call the person.")
    email = forms.EmailField(
        label="Work email", max_length=254, help_text="What the person signs in with."
    )
    role = forms.ChoiceField(
        choices=ROLES, help_text="What the person may do: see “What each role may do”."
    )


class RoleForm(forms.Form):
    """The one role of a member of the staff."""

    role = forms.ChoiceField(
        choices=ROLES, help_text="Counts from the person's next page on, without signing in again."
    )


class EndForm(forms.Form):
    """Which of a person's keys end with the sign-in."""

    keys = forms.ModelMultipleChoiceField(
        label="Revoke with it",
        queryset=APIKey.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Whoever knows these keys' secrets can go on with what is not ticked.",
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keys = live_keys_of(person.actor, at=timezone.now())
        self.fields["keys"].queryset = keys  # type: ignore[attr-defined]
        self.fields["keys"].initial = [key.pk for key in keys]


@dataclass(frozen=True, slots=True)
class Member:
    """One of the staff as the list shows them."""

    person: User
    role: str
    state: str


@desk(*ADMINISTRATING_ROLES)
@require_safe
def staff_list(request: HttpRequest) -> HttpResponse:
    """Show everybody who works, or worked, for the carrier."""
    return _list(request, InvitationForm())


@desk(*ADMINISTRATING_ROLES)
@require_POST
def invite(request: HttpRequest) -> HttpResponse:
    """Invite somebody and show the link by which the person chooses a password, once."""
    form, user = InvitationForm(request.POST), signed_in(request)
    if not form.is_valid():
        return _list(request, form, status=422)
    told, now = form.cleaned_data, timezone.now()
    result = attempt(
        lambda: invite_staff(
            told["email"], name=told["name"], role=Role(told["role"]), by=user, at=now
        )
    )
    if isinstance(result, Refusal):
        form.add_error(result.field or None, result.sentence)
        return _list(request, form, status=result.status)
    return _list(request, InvitationForm(), invited=result)


@desk(*ADMINISTRATING_ROLES)
@require_safe
def person_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one of the staff: role, sign-in, keys, and what was done to the account."""
    return _page(request, _person(pk))


@desk(*ADMINISTRATING_ROLES)
@require_POST
def save_role(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a person another role."""
    person, user, form = _person(pk), signed_in(request), RoleForm(request.POST)
    if not form.is_valid():
        return _page(request, person, form=form, status=422)
    role = Role(form.cleaned_data["role"])
    result = attempt(lambda: change_role(person, role, by=user, at=timezone.now()))
    if isinstance(result, Refusal):
        form.add_error(None, result.sentence)
        return _page(request, person, form=form, status=result.status)
    messages.success(request, f"{person.name} is {role} now")
    return redirect("desk:settings_person", pk)


@desk(*ADMINISTRATING_ROLES)
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a person's sign-in everywhere at once."""
    person, user = _person(pk), signed_in(request)
    form = EndForm(request.POST, person=person)
    if not form.is_valid():
        return _page(request, person, ending=form, status=422)
    keys = list(form.cleaned_data["keys"])
    result = attempt(lambda: deactivate(person, revoked=keys, by=user, at=timezone.now()))
    if isinstance(result, Refusal):
        form.add_error(None, result.sentence)
        return _page(request, person, ending=form, status=result.status)
    messages.success(request, f"{person.name} is signed out everywhere")
    return redirect("desk:settings_person", pk)


@desk(*ADMINISTRATING_ROLES)
@require_POST
def open_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a person in again; the link by which to choose a password is shown once."""
    person, user = _person(pk), signed_in(request)
    result = attempt(lambda: reactivate(person, by=user, at=timezone.now()))
    if isinstance(result, Refusal):
        messages.error(request, result.sentence)
        return redirect("desk:settings_person", pk)
    return _page(request, _person(pk), invited=result)


@desk(*ADMINISTRATING_ROLES)
@require_POST
def new_link(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a new link for somebody who has not signed in yet."""
    person = _person(pk)
    if person.last_login is not None or not person.is_active:
        messages.error(request, f"{person.name} needs no link.")
        return redirect("desk:settings_person", pk)
    return _page(request, person, invited=person)


def member_of(person: User) -> Member:
    """Return how somebody stands: signs in, was invited, or ended."""
    roles = sorted(group.name.capitalize() for group in person.groups.all())
    role = "Superuser" if person.is_superuser else ", ".join(roles)
    has_come = person.last_login is not None or person.has_usable_password()
    state = ("ACTIVE" if has_come else "INVITED") if person.is_active else "ENDED"
    return Member(person, role, state)


def _person(pk: int) -> User:
    person = staff().filter(pk=pk).first()
    if person is None:
        raise Http404
    return person


@never_cache
def _list(
    request: HttpRequest,
    form: InvitationForm,
    *,
    invited: User | None = None,
    status: int = 200,
) -> HttpResponse:
    members = [member_of(person) for person in staff().prefetch_related("groups")]
    context = {
        "members": sorted(members, key=lambda member: member.state == "ENDED"),
        "form": form,
        "invited": invited,
        "link": password_link(request, invited) if invited else "",
    }
    return render(request, "desk/settings/staff.html", context, status=status)


@never_cache
def _page(
    request: HttpRequest,
    person: User,
    *,
    form: RoleForm | None = None,
    ending: EndForm | None = None,
    invited: User | None = None,
    status: int = 200,
) -> HttpResponse:
    role = min(person.roles, default=None)
    context = {
        "member": member_of(person),
        "is_self": person == request.user,
        "form": form or RoleForm(initial={"role": role}),
        "ending": ending or EndForm(person=person),
        "keys": list(live_keys_of(person.actor, at=timezone.now())),
        "invited": invited,
        "link": password_link(request, invited) if invited else "",
        "history": history_of([person], Wording(EVENTS)),
    }
    return render(request, "desk/settings/person.html", context, status=status)
