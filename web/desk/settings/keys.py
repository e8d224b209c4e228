"""Keys of partner systems: made with a secret that is shown once, limited, and ended."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import APIKey, Customer
from accounts.models.key import REQUESTS_PER_MINUTE
from accounts.operations.keying import create_key, limit_key, revoke_key
from accounts.rules import ADMINISTRATING_ROLES, Scope
from web.access import desk, signed_in
from web.actors import Cast
from web.desk.settings.changes import Wording, history_of
from web.templatetags.clocks import zone

SOON = timedelta(days=30)
MOST_A_MINUTE = 100_000
EVENTS = {
    "key.created": "made the key",
    "key.limited": "changed the limit",
    "key.revoked": "revoked the key",
}


class LimitForm(forms.Form):
    """How often a key may ask."""

    requests_per_minute = forms.IntegerField(
        label="Requests a minute",
        min_value=1,
        max_value=MOST_A_MINUTE,
        initial=REQUESTS_PER_MINUTE,
        help_text="Beyond it the partner is told to wait; counts from the next request on.",
    )


class KeyForm(LimitForm):
    """A key that is made."""

    name = forms.CharField(
        max_length=80, help_text="Who holds it: histories name it as the one who acted."
    )
    scopes = forms.MultipleChoiceField(
        choices=[(scope.value, scope.value) for scope in Scope],
        widget=forms.CheckboxSelectMultiple,
        help_text="What is not ticked is refused with 403.",
    )
    customer: "forms.ModelChoiceField[Customer]" = forms.ModelChoiceField(
        Customer.objects.order_by("name"),
        required=False,
        empty_label="The carrier's own systems: all customers",
        help_text="A customer's key sees that customer's rows and no other.",
    )
    expires_on = forms.DateField(
        label="Last day",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Refused from the day after, on your clock. Empty: until it is revoked.",
    )
    field_order = ("name", "scopes", "customer", "expires_on", "requests_per_minute")

    def __init__(self, *args: Any, at: datetime, zone_name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._at, self._zone = at, zone(zone_name)

    def clean_expires_on(self) -> datetime | None:
        """Return the instant after the last day; refuse a day that is over."""
        on = self.cleaned_data["expires_on"]
        if on is None:
            return None
        end = datetime.combine(on + timedelta(days=1), time(), tzinfo=self._zone)
        if end <= self._at:
            raise forms.ValidationError("That day is over: the key would open nothing.")
        return end.astimezone(UTC)


class RevokeForm(forms.Form):
    """Why a key ends."""

    reason = forms.CharField(max_length=200, help_text="Stands in the history.")


@dataclass(frozen=True, slots=True)
class Line:
    """A key as the list shows it."""

    key: APIKey
    state: str
    maker: str


@desk(*ADMINISTRATING_ROLES)
@require_safe
def key_list(request: HttpRequest) -> HttpResponse:
    """Show every key, live ones first, and the form of a new one."""
    return _list(request, _form(request))


@desk(*ADMINISTRATING_ROLES)
@require_POST
def make_key(request: HttpRequest) -> HttpResponse:
    """Make a key and show its secret, this once."""
    form = _form(request, request.POST)
    if not form.is_valid():
        return _list(request, form, status=422)
    told = form.cleaned_data
    key, secret = create_key(
        told["name"],
        scopes=[Scope(scope) for scope in told["scopes"]],
        by=signed_in(request).actor,
        at=timezone.now(),
        customer=told["customer"],
        expires_at=told["expires_on"],
        requests_per_minute=told["requests_per_minute"],
    )
    return _list(request, _form(request), made=key, secret=secret)


@desk(*ADMINISTRATING_ROLES)
@require_safe
def key_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one key: what it opens, until when, and what was done to it."""
    return _page(request, get_object_or_404(APIKey, pk=pk))


@desk(*ADMINISTRATING_ROLES)
@require_POST
def save_limit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change how often a key may ask."""
    key, form = get_object_or_404(APIKey, pk=pk), LimitForm(request.POST)
    if not form.is_valid():
        return _page(request, key, form=form, status=422)
    by, most = signed_in(request).actor, form.cleaned_data["requests_per_minute"]
    limit_key(key, requests_per_minute=most, by=by, at=timezone.now())
    messages.success(request, f"{key.name} may ask {most:,} times a minute")
    return redirect("desk:settings_key", pk)


@desk(*ADMINISTRATING_ROLES)
@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Refuse a key from now on."""
    key, form = get_object_or_404(APIKey, pk=pk), RevokeForm(request.POST)
    if not form.is_valid():
        return _page(request, key, revoking=form, status=422)
    reason = form.cleaned_data["reason"]
    revoke_key(key, by=signed_in(request).actor, at=timezone.now(), reason=reason)
    messages.success(request, f"{key.name} is refused from now on")
    return redirect("desk:settings_key", pk)


def state_of(key: APIKey, *, at: datetime) -> str:
    """Return whether a key is live, ends soon, or how it ended."""
    if key.revoked_at is not None:
        return "REVOKED"
    if not key.is_live(at):
        return "EXPIRED"
    return "ENDING" if key.expires_at and key.expires_at - at <= SOON else "LIVE"


def _form(request: HttpRequest, data: Any = None) -> KeyForm:
    return KeyForm(data, at=timezone.now(), zone_name=signed_in(request).timezone)


@never_cache
def _list(
    request: HttpRequest,
    form: KeyForm,
    *,
    made: APIKey | None = None,
    secret: str = "",
    status: int = 200,
) -> HttpResponse:
    keys, now = (
        list(APIKey.objects.select_related("customer").order_by("name", "pk")),
        timezone.now(),
    )
    cast = Cast(key.created_by for key in keys)
    lines = [Line(key, state_of(key, at=now), cast.actor(key.created_by).name) for key in keys]
    context = {
        "lines": sorted(lines, key=lambda line: line.state in {"REVOKED", "EXPIRED"}),
        "form": form,
        "made": made,
        "secret": secret,
    }
    return render(request, "desk/settings/keys.html", context, status=status)


def _page(
    request: HttpRequest,
    key: APIKey,
    *,
    form: LimitForm | None = None,
    revoking: RevokeForm | None = None,
    status: int = 200,
) -> HttpResponse:
    limit = {"requests_per_minute": key.requests_per_minute}
    context = {
        "line": Line(
            key, state_of(key, at=timezone.now()), Cast([key.created_by]).actor(key.created_by).name
        ),
        "form": form or LimitForm(initial=limit),
        "revoking": revoking or RevokeForm(),
        "history": history_of([key], Wording(EVENTS)),
    }
    return render(request, "desk/settings/key.html", context, status=status)
