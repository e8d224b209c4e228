"""The edge of every web request: one transaction that sees only the rows its user may see.

Inside it stands the second factor: who must have one and has not shown it is led to it first.
Before both stands the door of partners' systems, which needs nothing of what pages need.
"""

from collections.abc import Callable
from functools import lru_cache
from uuid import uuid4

import structlog
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, ResolverMatch, resolve, reverse
from django_htmx.http import HttpResponseClientRedirect

from accounts.api.limits import address_of
from accounts.models import User
from accounts.operations.scoping import enter_scope
from accounts.queries.factors import has_second_factor
from web.signin.factors import has_shown_factor

log = structlog.get_logger(__name__)

DOORS = "/in/"
# The ingest door authenticates by signature or key and opens transactions of its own;
# probes and files need no database at all.
OPEN_PREFIXES = (DOORS, "/healthz", "/readyz", "/static/")
DOOR_HEADERS = (("Content-Security-Policy", "default-src 'none'"), ("X-Frame-Options", "DENY"))
# Coming in, enrolling and leaving; and the API, where keys speak and no session does.
FACTOR_PREFIXES = (*OPEN_PREFIXES, "/accounts/", "/api/")


class DoorMiddleware:
    """Lead a partner's message straight to its door: no session, cookie, form or page is near.

    Its answer carries the headers a page's does, as far as they say anything of JSON, and the log
    one line with its request id. What is no door goes the way of pages.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(DOORS):
            return self.get_response(request)
        try:
            view, args, kwargs = _door_at(request.path_info)
        except Resolver404:
            return self.get_response(request)
        request.get_host()  # Refuses a host that is not ours.
        with structlog.contextvars.bound_contextvars(
            request_id=str(uuid4()), ip=address_of(request.META)
        ):
            response: HttpResponse = view(request, *args, **kwargs)
            asked = f"{request.method} {request.path}"
            log.info("request_finished", request=asked, code=response.status_code)
        for name, value in DOOR_HEADERS:
            response.headers[name] = value
        response.headers["Content-Length"] = str(len(response.content))
        return response


@lru_cache(maxsize=256)
def _door_at(path: str) -> ResolverMatch:
    """Return the door at an address; partners ask at a few, again and again."""
    return resolve(path)


class RowScopeMiddleware:
    """Wrap a request in one transaction with its user's row-level setting.

    A view that raises, or answers 5xx, leaves nothing behind. A stranger's request sees no
    customer's rows, whatever its query says: the database refuses.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(OPEN_PREFIXES):
            return self.get_response(request)
        with transaction.atomic():
            enter_scope(request.user if request.user.is_authenticated else None)
            response = self.get_response(request)
            # A view's exception that another middleware answers with a redirect is no failure.
            worst = 400 if getattr(request, "view_raised", False) else 500
            if response.status_code >= worst:
                transaction.set_rollback(True)
            return response

    def process_exception(self, request: HttpRequest, _exception: Exception) -> None:
        """Remember that the view raised: a refusal then leaves none of its writes behind."""
        request.view_raised = True  # type: ignore[attr-defined]


class PlainTextMiddleware:
    """Refuse NUL wherever a page would read it: the database keeps no text that holds one.

    Bodies of the API are read strictly by themselves.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith((*OPEN_PREFIXES, "/api/")) and _holds_nul(request):
            raise BadRequest("A NUL character is no text.")
        return self.get_response(request)


def _holds_nul(request: HttpRequest) -> bool:
    values = [request.path_info]
    for told in (request.GET, request.POST):
        values += [text for name, texts in told.lists() for text in (name, *map(str, texts))]
    return any("\x00" in text for text in values)


class SecondFactorMiddleware:
    """Lead whoever must have a second factor to enrol it, or to show it, before anything else.

    Costs no query unless the person's role asks for a factor and the session has shown none.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if request.path.startswith(FACTOR_PREFIXES) or not isinstance(user, User):
            return self.get_response(request)
        if not user.must_have_second_factor or has_shown_factor(request):
            return self.get_response(request)
        step = "mfa_reauthenticate" if has_second_factor(user) else "mfa_activate_totp"
        back = request.get_full_path() if request.method == "GET" else "/"
        response = redirect_to_login(back, reverse(step))
        if request.headers.get("HX-Request"):
            return HttpResponseClientRedirect(response.url)
        return response
