"""What the pricing desk's people decide about a version: approve, return, publish, withdraw."""

from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST

from accounts.rules import APPROVING_ROLES
from rating.models import RateCardVersion
from rating.operations.approving import approve_version, return_version, submit_version
from rating.operations.publishing import publish_version, retire_version
from web.access import desk, signed_in
from web.desk.rates.page import VERSIONS
from web.refusals import Refusal, attempt


@desk(*APPROVING_ROLES)
@require_POST
def submit(request: HttpRequest, card: int, number: int) -> HttpResponse:
    """Freeze a draft and ask somebody else to approve it."""
    by, reason = signed_in(request).actor, request.POST.get("reason", "")[:1000]
    return _decide(
        request,
        card,
        number,
        lambda it: submit_version(it, by=by, at=timezone.now(), reason=reason),
        "sent for approval",
    )


@desk(*APPROVING_ROLES)
@require_POST
def approve(request: HttpRequest, card: int, number: int) -> HttpResponse:
    """Accept a version that somebody else drafted, as it stood on the page."""
    by, seen = signed_in(request).actor, _seen(request)
    return _decide(
        request,
        card,
        number,
        lambda it: approve_version(it, by=by, at=timezone.now(), seen=seen),
        "approved",
    )


@desk(*APPROVING_ROLES)
@require_POST
def publish(request: HttpRequest, card: int, number: int) -> HttpResponse:
    """Put an approved version in force on its dates."""
    by = signed_in(request).actor
    return _decide(
        request, card, number, lambda it: publish_version(it, by=by, at=timezone.now()), "published"
    )


@desk(*APPROVING_ROLES)
@require_POST
def send_back(request: HttpRequest, card: int, number: int) -> HttpResponse:
    """Open a version to change again, for a reason that its drafter reads."""
    by, reason = signed_in(request).actor, request.POST.get("reason", "")[:1000]
    return _decide(
        request,
        card,
        number,
        lambda it: return_version(it, by=by, at=timezone.now(), reason=reason),
        "returned",
    )


@desk(*APPROVING_ROLES)
@require_POST
def withdraw(request: HttpRequest, card: int, number: int) -> HttpResponse:
    """Let a published version price nothing new, for a reason that stays in the history."""
    by, reason = signed_in(request).actor, request.POST.get("reason", "")[:1000]
    return _decide(
        request,
        card,
        number,
        lambda it: retire_version(it, by=by, at=timezone.now(), reason=reason),
        "withdrawn",
    )


def _seen(request: HttpRequest) -> datetime | None:
    """Return when the version on the page had been submitted."""
    try:
        return parse_datetime(request.POST.get("seen", ""))
    except ValueError as error:
        raise BadRequest("What was seen cannot be read.") from error


def _decide(
    request: HttpRequest,
    card: int,
    number: int,
    move: Callable[[RateCardVersion], RateCardVersion],
    done: str,
) -> HttpResponse:
    version = get_object_or_404(VERSIONS, card=card, number=number)
    result = attempt(lambda: move(version))
    if isinstance(result, Refusal):
        messages.error(request, result.sentence)
    else:
        messages.success(request, f"{version} is {done}")
    return redirect("desk:rate_card", card, number)
