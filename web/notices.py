"""What one is told by e-mail, and how soon; and the link in a letter that ends it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.operations.subscribing import choose_notices
from accounts.queries.subscribers import preferences_of
from accounts.rules.notices import (
    CADENCES,
    DAILY_LETTER,
    Cadence,
    find_notice,
    notices_for,
    read_mute_token,
)
from web.access import person, public, signed_in


class NoticesForm(forms.Form):
    """One choice for each topic that concerns the person."""

    def __init__(self, data: QueryDict | None = None, *, user: User) -> None:
        super().__init__(data)
        said = preferences_of(user)
        for notice in notices_for(user.roles):
            self.fields[notice.topic] = forms.ChoiceField(
                label=notice.title,
                help_text=notice.explanation,
                choices=CADENCES,
                initial=said.get(notice.topic, notice.default),
            )


@person
@require_http_methods(["GET", "HEAD", "POST"])
def notices_page(request: HttpRequest) -> HttpResponse:
    """Show and save how soon the reader is told of what."""
    user = signed_in(request)
    template = "desk/settings/notifications.html" if user.is_desk else "portal/notifications.html"
    form = NoticesForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        told = {topic: Cadence(cadence) for topic, cadence in form.cleaned_data.items()}
        choose_notices(user, told=told, by=user.actor, at=timezone.now())
        messages.success(request, "Your notifications are saved")
        return redirect("notifications")
    return render(request, template, {"form": form}, status=422 if form.errors else 200)


@csrf_exempt
@public
@require_http_methods(["GET", "HEAD", "POST"])
def mute(request: HttpRequest, token: str) -> HttpResponse:
    """End letters of one kind for the reader of a letter, who need not sign in.

    The token is the proof. Opening the link only asks, since mail programs open links by
    themselves; their own button posts (RFC 8058), which is why no other token is asked for.
    """
    user, topic = _read(token)
    context: dict[str, Any] = {"words": _words(topic), "is_done": request.method == "POST"}
    if request.method == "POST":
        told = dict.fromkeys(_muted(user, topic), Cadence.OFF)
        choose_notices(user, told=told, by=user.actor, at=timezone.now())
    return render(request, "account/mute.html", context)


def _read(token: str) -> tuple[User, str]:
    try:
        pk, topic = read_mute_token(token)
    except LookupError as error:
        raise Http404 from error
    user = User.objects.filter(pk=pk, is_active=True).first()
    if user is None:
        raise Http404
    return user, topic


def _muted(user: User, topic: str) -> list[str]:
    """Return the topics that end: the one, or all that come with the daily letter."""
    if topic != DAILY_LETTER:
        return [topic]
    said = preferences_of(user)
    offered = notices_for(user.roles)
    return [n.topic for n in offered if said.get(n.topic, n.default) is Cadence.DAILY]


def _words(topic: str) -> str:
    return "Daily letter" if topic == DAILY_LETTER else find_notice(topic).title
