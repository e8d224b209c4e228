"""The edge of every web request: one transaction that sees only the rows its user may see."""

from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from accounts.operations.scoping import enter_scope

# The ingest door authenticates by signature or key and opens transactions of its own;
# probes and files need no database at all.
OPEN_PREFIXES = ("/in/", "/healthz", "/readyz", "/static/")


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
