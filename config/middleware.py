"""The edge of every web request: one transaction that sees only the rows its user may see.

Inside it stands the second factor: who must have one and has not shown it is led to it first.
"""

from collections.abc import Callable

from allauth.account.internal.flows.login import get_authentication_records
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from accounts.models import User
from accounts.operations.scoping import enter_scope
from accounts.queries.factors import has_second_factor

# The ingest door authenticates by signature or key and opens transactions of its own;
# probes and files need no database at all.
OPEN_PREFIXES = ("/in/", "/healthz", "/readyz", "/static/")
# Coming in, enrolling and leaving; and the API, where keys speak and no session does.
FACTOR_PREFIXES = (*OPEN_PREFIXES, "/accounts/", "/api/")


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
        if not user.must_have_second_factor or _has_shown_factor(request):
            return self.get_response(request)
        step = "mfa_reauthenticate" if has_second_factor(user) else "mfa_activate_totp"
        back = request.get_full_path() if request.method == "GET" else "/"
        response = redirect_to_login(back, reverse(step))
        if request.headers.get("HX-Request"):
            return HttpResponseClientRedirect(response.url)
        return response


def _has_shown_factor(request: HttpRequest) -> bool:
    records = get_authentication_records(request, request.user)
    return any(record["method"] == "mfa" for record in records)
