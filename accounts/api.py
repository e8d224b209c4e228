"""How a partner system proves who it is, and how every refusal is answered."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.http import Http404, JsonResponse
from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from structlog.contextvars import get_contextvars

from accounts.models import APIKey
from accounts.operations.answering import claim_answer, keep_answer
from accounts.operations.keying import note_use
from accounts.operations.scoping import enter_scope
from accounts.queries.keys import presented_key

if TYPE_CHECKING:
    # The framework imports this module while it makes its views.
    from rest_framework.views import APIView

PROBLEM = "application/problem+json"
LONGEST_KEY = 80

# One thing that is wrong with a request: its field, a code, a sentence.
Told = tuple[str | None, str, str]


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer lk_...`; the key's customer limits the rows of the transaction."""

    def authenticate(self, request: Request) -> tuple[APIKey, str] | None:
        """Return the live key of the request, or None when it carries none."""
        kind, _, secret = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer" or not secret:
            return None
        key, at = presented_key(secret.strip()), timezone.now()
        if key is None:
            raise exceptions.AuthenticationFailed("The API key is unknown.")
        if not key.is_live(at):
            raise exceptions.AuthenticationFailed(_ended(key))
        note_use(key, on=at.date())
        enter_scope(key)
        return key, secret

    def authenticate_header(self, request: Request) -> str:
        """Ask for a bearer key."""
        return "Bearer"


def _ended(key: APIKey) -> str:
    """Say why a key opens nothing any more: whoever holds its secret may know."""
    if key.revoked_at is not None:
        return f"The API key {key.prefix}… was revoked on {key.revoked_at:%Y-%m-%d}."
    return f"The API key {key.prefix}… expired on {key.expires_at:%Y-%m-%d}."


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Describes the key in the schema."""

    target_class = KeyAuthentication
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """Return the OpenAPI security scheme."""
        return {"type": "http", "scheme": "bearer", "bearerFormat": "lk_…"}


class HasScope(BasePermission):
    """The key must carry the view's `scope` (a name, or one per method)."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Tell whether the request may go on; a view without a scope is closed."""
        if not isinstance(request.user, APIKey):
            return False
        wanted: str | Mapping[str, str] | None = getattr(view, "scope", None)
        if isinstance(wanted, Mapping):
            wanted = wanted.get("GET" if request.method == "HEAD" else request.method or "")
        if wanted is None or wanted not in request.user.scopes:
            raise exceptions.PermissionDenied(
                f"The key lacks the scope {wanted or 'for this call'}.", code="scope"
            )
        return True


class IdempotencyKeyMissing(exceptions.APIException):
    """Money is moved by a request that could not be told from its repetition."""

    status_code = 400
    default_code = "idempotency_key_required"
    default_detail = "Send an Idempotency-Key header of 1 to 80 characters, new for each request."


def answer_once(request: Request, act: Callable[[], Response]) -> Response:
    """Answer a request by `act`, and its repetition by the same answer.

    Raises:
        IdempotencyKeyMissing: the header is missing, or too long.
        KeyReused: the key came before with another request.
    """
    asked = request.headers.get("Idempotency-Key", "").strip()
    if not 0 < len(asked) <= LONGEST_KEY or not isinstance(request.user, APIKey):
        raise IdempotencyKeyMissing
    said = json.dumps([request.method, request.path, request.data], sort_keys=True, default=str)
    answer, is_first = claim_answer(
        request.user, asked, fingerprint=sha256(said.encode()).hexdigest(), at=timezone.now()
    )
    if not is_first:
        return Response(answer.body, status=answer.status)
    response = act()
    keep_answer(
        answer,
        status=response.status_code,
        body=json.loads(json.dumps(response.data, cls=DjangoJSONEncoder)),
    )
    return response


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
    status = refusal["status"]
    return Response(refusal, status=status, headers=headers, content_type=PROBLEM)


def _refusal(error: Exception) -> dict[str, Any] | None:
    """Return the body for an error of the framework or of an operation; None for any other."""
    if isinstance(error, exceptions.APIException):
        told = list(_every(error.get_full_details()))
        field, code, detail = told[0]
        errors = told if field else ()
        return problem_body(error.status_code, code, detail, field=field, errors=errors)
    status, known_as = getattr(error, "status", None), getattr(error, "code", None)
    if isinstance(status, int) and isinstance(known_as, str):
        return problem_body(status, known_as, str(error), field=getattr(error, "field", None))
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
