"""Each request once, and none on something that changed since it was read."""

import json
from collections.abc import Callable
from hashlib import sha256

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter
from rest_framework import exceptions, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import APIKey
from accounts.operations.answering import claim_answer, keep_answer
from accounts.queries.changes import last_change

LONGEST_KEY = 80
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key", {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY},
    OpenApiParameter.HEADER, required=True,
    description="New for each request; the same one again gets the same answer.",
)  # fmt: skip
IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER,
    description="The ETag of what you saw; 409 when it changed since.",
)  # fmt: skip
ONCE = [IDEMPOTENCY_KEY, IF_MATCH]
MAY_BE_ONCE = OpenApiParameter(
    "Idempotency-Key", {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY},
    OpenApiParameter.HEADER,
    description="With it, the same request again gets the same answer.",
)  # fmt: skip


class IdempotencyKeyMissing(exceptions.APIException):
    """Money is moved by a request that could not be told from its repetition."""

    status_code = 400
    default_code = "idempotency_key_required"
    default_detail = "Send an Idempotency-Key header of 1 to 80 characters, new for each request."


def answer_once(
    request: Request,
    act: Callable[[], Response],
    *,
    content: bytes = b"",
    is_optional: bool = False,
) -> Response:
    """Answer a request by `act`, and its repetition by the same answer.

    `content` is that of a file in the body, which makes it another request too. Where something
    else keeps a repetition from doing harm the header `is_optional`.

    Raises:
        IdempotencyKeyMissing: the header is missing, or too long.
        KeyReused: the key came before with another request.
    """
    asked = request.headers.get("Idempotency-Key", "").strip()
    if is_optional and not asked:
        return act()
    if not 0 < len(asked) <= LONGEST_KEY or not isinstance(request.user, APIKey):
        raise IdempotencyKeyMissing
    said = json.dumps([request.method, request.path, request.data], sort_keys=True, default=str)
    fingerprint = sha256(said.encode() + content).hexdigest()
    answer, is_first = claim_answer(request.user, asked, fingerprint=fingerprint, at=timezone.now())
    if not is_first:
        is_empty = answer.status == status.HTTP_204_NO_CONTENT
        return Response(None if is_empty else answer.body, status=answer.status)
    response = act()
    keep_answer(
        answer,
        status=response.status_code,
        body=json.loads(json.dumps(response.data, cls=DjangoJSONEncoder)) or {},
    )
    return response


class StaleWrite(exceptions.APIException):
    """Something is no longer as the caller saw it; says who changed it, and when."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "stale"

    def __init__(self, what: str, *subjects: Model) -> None:
        change = last_change(*subjects)
        told = f" by {change.name} at {change.at:%Y-%m-%d %H:%M} UTC" if change else ""
        super().__init__(f"{what} was changed{told} since you read it. Read it again.")


def tag_of(*subjects: Model) -> str:
    """Return an HTTP entity tag that changes with every change of one of these rows.

    Taken before the rows are shown it is at worst older than they are, and then refuses.
    """
    change = last_change(*subjects)
    return f'"{change.number if change else 0}"'


def require_unchanged(request: Request, *subjects: Model, what: str) -> None:
    """Refuse a request on what changed since; the caller holds its lock.

    Raises:
        StaleWrite: the request names another state than the one that stands.
    """
    if not is_expected(request, lambda: tag_of(*subjects)):
        raise StaleWrite(what, *subjects)


def is_expected(request: Request, tag: Callable[[], str]) -> bool:
    """Tell whether `If-Match`, if it is sent, names this tag; a proxy may have weakened it."""
    told = request.headers.get("If-Match", "").strip()
    named = [each.strip().removeprefix("W/") for each in told.split(",")]
    return not told or told == "*" or tag() in named
