"""Pages for what went wrong, each with a way back; a swap that failed gets the same sentence."""

import json

import structlog
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.api.problems import problem
from accounts.models import Membership, User
from accounts.rules import Role
from web.access import WrongRole

log = structlog.get_logger(__name__)

ASKED = 3


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400: the address or form cannot be read."""
    log.info("bad_request", path=request.path, reason=str(exception))
    return _said(request, "That cannot be read.", render(request, "errors/400.html", status=400))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403 with the sentence the door gave, who may, and whom to ask."""
    roles = exception.roles if isinstance(exception, WrongRole) else ()
    context = {"reason": str(exception), "roles": roles, "keepers": keepers(request)}
    page = render(request, "errors/403.html", context, status=403)
    return _said(request, f"You may not do that. {exception}", page)


def keepers(request: HttpRequest) -> list[User]:
    """Return a few people who can open doors: of one's company, for staff the administrators."""
    user = request.user
    if not user.is_authenticated:
        return []
    people = User.objects.filter(is_active=True).exclude(pk=user.pk).order_by("name")
    if user.is_desk:
        return list(people.filter(groups__name=Role.ADMINISTRATOR)[:ASKED])
    led = Membership.objects.filter(customer__in=user.customer_ids or (), is_administrator=True)
    return list(people.filter(pk__in=led.values("user"))[:ASKED])


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404; asked for by somebody signed in, it is worth a line in the log."""
    if request.path.startswith("/api/"):
        return problem(404, "not_found", "There is nothing at this address.")
    if request.user.is_authenticated:
        log.warning(
            "page_not_found", path=request.path, user=request.user.pk, reason=str(exception)[:200]
        )
    page = render(request, "errors/404.html", status=404)
    return _said(request, "That is not there any more. Reload the page to see what is.", page)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500 without asking the database for anything."""
    number = getattr(request, "id", "")
    if request.path.startswith("/api/"):
        return problem(500, "server_error", "Something broke on our side; nothing was changed.")
    page = get_template("errors/500.html").render({"request_id": number})
    sentence = f"Something broke on our side; nothing was changed. Its number is {number}."
    return _said(request, sentence, HttpResponse(page, status=500))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 for a form whose token is missing or old, with the way back to it."""
    log.warning("csrf_refused", path=request.path, reason=reason)
    back = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
    page = render(request, "errors/csrf.html", {"back": back if is_ours else ""}, status=403)
    return _said(request, "This page is too old to send. Copy what you typed and reload it.", page)


def _said(request: HttpRequest, sentence: str, response: HttpResponse) -> HttpResponse:
    """Tell the script of a swap that failed what to say in a toast."""
    if request.headers.get("HX-Request"):
        response["HX-Trigger"] = json.dumps({"said": sentence})
    return response
