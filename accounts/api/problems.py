"""How every refusal is answered: RFC 9457, one clear sentence, and the field to mend."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, JsonResponse
from rest_framework import exceptions, status
from rest_framework.response import Response
from structlog.contextvars import get_contextvars

from journal.operations.lifecycle import IllegalMove

PROBLEM = "application/problem+json"

# One thing that is wrong with a request: its field, a code, a sentence.
Told = tuple[str | None, str, str]


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    field: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> JsonResponse:
    """Return one refusal as RFC 9457 `application/problem+json`."""
    return JsonResponse(
        problem_body(status, code, detail, field=field),
        status=status,
        content_type=PROBLEM,
        headers=dict(headers or {}),
    )


def problem_body(
    status: int,
    code: str,
    detail: str,
    *,
    field: str | None = None,
    errors: Sequence[Told] = (),
) -> dict[str, Any]:
    """Return the body of a refusal: what, why, where, and the id to quote.

    `errors` tells of every field that is wrong, where a body has several.
    """
    return {
        "type": "about:blank",
        "status": status,
        "code": code,
        "title": code.replace("_", " ").capitalize(),
        "detail": detail,
        "field": field,
        "errors": [{"field": name, "code": each, "detail": text} for name, each, text in errors],
        "request_id": get_contextvars().get("request_id"),
    }


def problem_handler(error: Exception, _context: Mapping[str, Any]) -> Response | None:
    """Answer every API error as problem+json and undo the request's writes.

    Errors of operations carry their own `status` and `code`; what is unknown stays a 500.
    """
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    refusal = _refusal(error)
    if refusal is None:
        return None
    if transaction.get_connection().in_atomic_block:
        transaction.set_rollback(True)
    headers = {}
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait))
    if header := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = header
    return Response(refusal, status=refusal["status"], headers=headers, content_type=PROBLEM)


def _refusal(error: Exception) -> dict[str, Any] | None:
    """Return the body for an error of the framework or of an operation; None for any other."""
    if isinstance(error, IllegalMove):
        return problem_body(status.HTTP_409_CONFLICT, "wrong_status", str(error))
    if isinstance(error, exceptions.APIException):
        told = list(_every(error.get_full_details()))
        field, code, detail = told[0]
        errors = told if field else ()
        return problem_body(error.status_code, code, detail, field=field, errors=errors)
    answered, known_as = getattr(error, "status", None), getattr(error, "code", None)
    if isinstance(answered, int) and isinstance(known_as, str):
        field = getattr(error, "field", None) or None
        return problem_body(answered, known_as, str(error), field=field)
    return None


def _every(details: Any, field: str | None = None) -> Iterator[Told]:
    """Give each (field, code, sentence) of the framework's nested details, one for a field.

    Of a list of rows, those that are right are empty.
    """
    if isinstance(details, list):
        rows = [each for each in details if each]
        told = rows if rows and "message" not in rows[0] else rows[:1]
        for each in told:
            yield from _every(each, field)
    elif "message" in details and "code" in details:
        yield field, str(details["code"]), str(details["message"])
    else:
        for name, inner in details.items():
            yield from _every(inner, f"{field}.{name}" if field else name)
