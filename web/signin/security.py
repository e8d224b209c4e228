"""One's own security page: password, second factor, and where one is signed in."""

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.operations.securing import end_other_sessions
from web.access import person, signed_in

BROWSERS = ("Edg", "OPR", "Firefox", "Chrome", "Safari")
NAMES = {"Edg": "Edge", "OPR": "Opera"}
SYSTEMS = ("Windows", "Android", "iPhone", "iPad", "Mac OS", "Linux")
MOST_SESSIONS = 50


@dataclass(frozen=True, slots=True)
class Session:
    """One place where somebody is signed in."""

    browser: str
    address: str
    since: datetime
    is_current: bool


@person
@require_safe
@never_cache
def security_page(request: HttpRequest) -> HttpResponse:
    """Show how the reader comes in, and where they are signed in."""
    user = signed_in(request)
    context = {
        "factor": Authenticator.objects.filter(user=user, type="totp").first(),
        "codes_left": codes_left(user),
        "sessions": sessions_of(user, current=request.session.session_key or ""),
    }
    template = "desk/settings/security.html" if user.is_desk else "portal/security.html"
    return render(request, template, context)


@person
@require_POST
def end_sessions(request: HttpRequest) -> HttpResponse:
    """Sign the reader out everywhere else."""
    user = signed_in(request)
    ended = end_other_sessions(
        user, but=request.session.session_key or "", by=user.actor, at=timezone.now()
    )
    words = {0: "You were signed in here only", 1: "One other session was ended"}
    messages.success(request, words.get(ended, f"{ended} other sessions were ended"))
    return redirect("mfa_index")


def codes_left(user: User) -> int:
    """Count the recovery codes that still open."""
    kept = Authenticator.objects.filter(user=user, type="recovery_codes").first()
    return len(kept.wrap().get_unused_codes()) if kept else 0


def sessions_of(user: User, *, current: str) -> list[Session]:
    """Return where the user is signed in, this browser first."""
    rows = UserSession.objects.purge_and_list(user)[:MOST_SESSIONS]
    sessions = [
        Session(browser_name(row.user_agent), row.ip, row.created_at, row.session_key == current)
        for row in rows
    ]
    return sorted(sessions, key=lambda one: (not one.is_current, one.since))


def browser_name(agent: str) -> str:
    """Name a browser as people do: Firefox on Windows."""
    found = next((NAMES.get(word, word) for word in BROWSERS if word in agent), "A browser")
    system = next((word for word in SYSTEMS if word in agent), "")
    return f"{found} on {system}" if system else found
