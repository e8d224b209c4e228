"""Pages for what went wrong, each with a way back."""

import structlog
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.http import url_has_allowed_host_and_scheme

log = structlog.get_logger(__name__)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400: the address or form cannot be read."""
    log.info("bad_request", path=request.path, reason=str(exception))
    return render(request, "errors/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403 with the sentence the door gave."""
    return render(request, "errors/403.html", {"reason": str(exception)}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404; asked for by somebody signed in, it is worth a line in the log."""
    if request.user.is_authenticated:
        log.warning(
            "page_not_found", path=request.path, user=request.user.pk, reason=str(exception)[:200]
        )
    return render(request, "errors/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500 without asking the database for anything."""
    page = get_template("errors/500.html").render({"request_id": getattr(request, "id", "")})
    return HttpResponse(page, status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 for a form whose token is missing or old, with the way back to it."""
    log.warning("csrf_refused", path=request.path, reason=reason)
    back = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
    return render(request, "errors/csrf.html", {"back": back if is_ours else ""}, status=403)
