"""What is one's own: zone, manner of dates and money, look, first page, single keys."""

from functools import cache
from zoneinfo import available_timezones

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Density, Theme, User
from accounts.operations.preferring import PREFERENCES, save_preferences
from web.access import person, signed_in
from web.home import landings
from web.locales import LOCALES
from web.templatetags.clocks import zone_of

REGIONS = ("America", "Europe", "Atlantic", "Pacific", "Asia", "Australia", "Africa")
# What a device may have switched for itself gives way to what is saved.
SWITCHED = ("theme", "density")


@cache
def zone_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return every zone by region; America first, since freight moves there."""
    names = sorted(available_timezones())
    regions = [(r, [name for name in names if name.startswith(f"{r}/")]) for r in REGIONS]
    named = [(r, [(name, _zone_words(name)) for name in found]) for r, found in regions]
    return [*named, ("Universal", [("UTC", "UTC")])]


def _zone_words(name: str) -> str:
    return name.partition("/")[2].replace("_", " ")


class PersonalForm(forms.Form):
    """A person's preferences; the choice of the first page is among the pages open to them."""

    timezone = forms.ChoiceField(label="Time zone", choices=zone_choices)
    locale = forms.ChoiceField(
        label="Dates and money as in",
        required=False,
        choices=[("", "As my browser says"), *LOCALES.items()],
    )
    theme = forms.ChoiceField(required=False, choices=[("", "As my device says"), *Theme.choices])
    density = forms.ChoiceField(
        label="Rows", required=False, choices=[("", "As usual"), *Density.choices]
    )
    landing = forms.ChoiceField(label="First page", required=False)
    has_single_keys = forms.BooleanField(label="Single keys act", required=False)

    def __init__(self, data: QueryDict | None = None, *, user: User) -> None:
        super().__init__(data, initial={name: getattr(user, name) for name in PREFERENCES})
        pages = [("", "Where my role works"), *landings(user).items()]
        self.fields["landing"].choices = pages  # type: ignore[attr-defined]
        self.fields[
            "timezone"
        ].help_text = f"Now {zone_of(user.timezone)}. Times at a stop stay on the stop's own clock."
        self.fields["has_single_keys"].help_text = (
            "Off, letters and signs do nothing outside fields; Ctrl or Cmd with K, Tab, Enter, "
            "arrows and Esc stay."
        )


@person
@require_http_methods(["GET", "HEAD", "POST"])
def personal_page(request: HttpRequest) -> HttpResponse:
    """Show and save what the signed-in person prefers."""
    user = signed_in(request)
    template = "desk/settings/personal.html" if user.is_desk else "portal/personal.html"
    form = PersonalForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        save_preferences(user, told=form.cleaned_data, at=timezone.now())
        messages.success(request, "Your preferences are saved")
        response = redirect("me")
        for cookie in SWITCHED:
            response.delete_cookie(cookie)
        return response
    return render(request, template, {"form": form}, status=422 if form.errors else 200)


@person
@require_POST
def switch_keys(request: HttpRequest) -> HttpResponse:
    """Switch single keys on or off from the help that lists them."""
    told = {"has_single_keys": "has_single_keys" in request.POST}
    save_preferences(signed_in(request), told=told, at=timezone.now())
    return HttpResponse(status=204)
