"""The webhook door: believe the sender, keep the message, answer."""

from collections.abc import Callable
from http import HTTPStatus

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from accounts.api.problems import problem
from accounts.operations.scoping import staff_transaction
from integrations import adapters
from integrations.events import Problem, Reading
from integrations.models import Source
from integrations.operations.receiving import Receipt, Received, receive
from integrations.queries.sources import find_source
from integrations.rules.answers import refusal_of
from integrations.rules.signatures import SignatureError, verify_signature

LIMIT_BYTES = 1_000_000
LONGEST_ID = 120


class _RefusedError(Exception):
    """What came is not kept; carries the answer."""

    def __init__(self, status: HTTPStatus, code: str, detail: str, *, field: str = "") -> None:
        super().__init__(detail)
        self.status, self.code, self.detail, self.field = status, code, detail, field


def _answers_in_problems(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answer what a view refuses, and a database that is away, as problem+json."""

    def answered(request: HttpRequest, slug: str) -> HttpResponse:
        try:
            return view(request, slug)
        except _RefusedError as error:
            return problem(error.status, error.code, error.detail, field=error.field or None)
        except OperationalError:
            return problem(
                HTTPStatus.SERVICE_UNAVAILABLE, "unavailable",
                "We cannot keep the message now; send it again.",
                headers={"Retry-After": "10"},
            )  # fmt: skip

    return answered


@csrf_exempt
@_answers_in_problems
def receive_webhook(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep one signed message of the source `slug`; what it means is found out afterwards."""
    if request.method != "POST":
        raise _RefusedError(
            HTTPStatus.METHOD_NOT_ALLOWED, "method_not_allowed", "Messages are sent by POST."
        )
    body = _body(request)
    with staff_transaction():
        source = _source(slug)
        message_id = _authenticate(request, source, body)
        reading = _inspect(request, source, body, message_id)
        received = receive(
            source,
            external_id=message_id,
            body=body,
            content_type=request.content_type or "",
            headers={"door": "webhook", "sent": request.headers.get("webhook-timestamp", "")},
            at=timezone.now(),
        )
    return _answer(received, reading)


def _body(request: HttpRequest) -> bytes:
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > LIMIT_BYTES:
        raise _RefusedError(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body_too_large",
            f"A message has at most {LIMIT_BYTES:,} bytes.",
        )  # fmt: skip
    return request.body


def _source(slug: str) -> Source:
    source = find_source(slug)
    if source is None:
        raise _RefusedError(
            HTTPStatus.NOT_FOUND, "unknown_source", "There is no source of this name."
        )
    return source


def _authenticate(request: HttpRequest, source: Source, body: bytes) -> str:
    """Return the id of a message that is believed."""
    now = timezone.now()
    message_id = request.headers.get("webhook-id", "")
    try:
        verify_signature(
            body,
            message_id=message_id,
            timestamp=request.headers.get("webhook-timestamp", ""),
            signatures=request.headers.get("webhook-signature", ""),
            secrets=source.live_secrets(now),
            at=now,
        )
    except SignatureError as error:
        raise _RefusedError(HTTPStatus.UNAUTHORIZED, error.code, str(error)) from error
    return message_id


def _inspect(request: HttpRequest, source: Source, body: bytes, message_id: str) -> Reading:
    """Refuse what no reader could understand; the rest is kept and settled later."""
    if body and request.content_type != "application/json":
        raise _RefusedError(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type",
            "Messages are application/json.",
        )  # fmt: skip
    reading = adapters.inspect(source, body, external_id=message_id)
    found = refusal_of(reading.problems) or _wrong_id(body, message_id)
    if found:
        raise _RefusedError(HTTPStatus.BAD_REQUEST, found.code, found.message, field=found.field)
    return reading


def _wrong_id(body: bytes, message_id: str) -> Problem | None:
    """Return what is wrong with the id of the header: push and poll must agree on it."""
    if len(message_id) > LONGEST_ID or not (message_id.isascii() and message_id.isprintable()):
        text = f"webhook-id is not plain text of at most {LONGEST_ID} characters."
        return Problem("invalid_field", text, field="webhook-id")
    own = adapters.message_id(body)
    if own and own != message_id:
        return Problem("id_mismatch", "The id is not that of the header webhook-id.", field="id")
    return None


def _answer(received: Received, reading: Reading) -> HttpResponse:
    told = {"id": received.message.external_id}
    if received.status == Receipt.CONFLICT:
        return problem(
            HTTPStatus.CONFLICT, "message_conflict",
            "This id came before with another body; a person will look at both.",
            field="webhook-id",
        )  # fmt: skip
    if received.status == Receipt.DUPLICATE:
        return JsonResponse(told | {"status": "duplicate"})
    if reading.ignored:
        answer = {"status": "ignored", "reason": reading.ignored.code}
    else:
        answer = {"status": "accepted"}
    warnings = [warning.message for warning in reading.warnings]
    return JsonResponse(told | answer | {"warnings": warnings}, status=HTTPStatus.ACCEPTED)
