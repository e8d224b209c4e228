"""The webhook door: believe the sender, keep the message, answer."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import msgspec
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from accounts.api.problems import problem
from accounts.operations.scoping import staff_transaction
from integrations import adapters
from integrations.events import Problem, Reading
from integrations.models import Source
from integrations.operations.receiving import Receipt, Received, receive, receive_first
from integrations.queries.sources import find_source, remembered_source
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


@dataclass(frozen=True, slots=True)
class _Letter:
    """What came: the raw body, and what its headers say of it."""

    body: bytes
    content_type: str
    message_id: str
    timestamp: str
    signatures: str

    @property
    def told(self) -> dict[str, str]:
        """Return what is kept beside the body."""
        return {"door": "webhook", "sent": self.timestamp}


@csrf_exempt
@_answers_in_problems
def receive_webhook(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep one signed message of the source `slug`; what it means is found out afterwards."""
    if request.method != "POST":
        raise _RefusedError(
            HTTPStatus.METHOD_NOT_ALLOWED, "method_not_allowed", "Messages are sent by POST."
        )
    letter = _open(request)
    return _take_at_once(letter, slug) or _take(letter, slug)


def _open(request: HttpRequest) -> _Letter:
    meta = request.META
    length = meta.get("CONTENT_LENGTH") or ""
    if length.isdecimal() and int(length) > LIMIT_BYTES:
        raise _RefusedError(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body_too_large",
            f"A message has at most {LIMIT_BYTES:,} bytes.",
        )  # fmt: skip
    return _Letter(
        request.body,
        request.content_type or "",
        meta.get("HTTP_WEBHOOK_ID", ""),
        meta.get("HTTP_WEBHOOK_TIMESTAMP", ""),
        meta.get("HTTP_WEBHOOK_SIGNATURE", ""),
    )


def _take_at_once(letter: _Letter, slug: str) -> HttpResponse | None:
    """Keep a sound message, new to us, of a source we know, in one statement; or leave it.

    What is remembered of the source may be old, and so may the connection: nothing is refused
    by it. The statement itself acts only while the source still is what it was.
    """
    known = remembered_source(slug)
    if known is None:
        return None
    try:
        reading = _judge(letter, known.source)
        is_kept = receive_first(
            known,
            external_id=letter.message_id,
            body=letter.body,
            content_type=letter.content_type,
            headers=letter.told,
            at=timezone.now(),
        )
    except _RefusedError:
        return None
    except OperationalError:
        connection.close_if_unusable_or_obsolete()
        return None
    return _accepted(letter.message_id, reading) if is_kept else None


def _take(letter: _Letter, slug: str) -> HttpResponse:
    with staff_transaction():
        source = _source(slug)
        reading = _judge(letter, source)
        received = receive(
            source,
            external_id=letter.message_id,
            body=letter.body,
            content_type=letter.content_type,
            headers=letter.told,
            at=timezone.now(),
        )
    return _answer(received, reading)


def _source(slug: str) -> Source:
    source = find_source(slug)
    if source is None:
        raise _RefusedError(
            HTTPStatus.NOT_FOUND, "unknown_source", "There is no source of this name."
        )
    return source


def _judge(letter: _Letter, source: Source) -> Reading:
    """Return what a believed message says; what no reader could understand is refused."""
    _authenticate(letter, source)
    return _inspect(letter, source)


def _authenticate(letter: _Letter, source: Source) -> None:
    now = timezone.now()
    try:
        verify_signature(
            letter.body,
            message_id=letter.message_id,
            timestamp=letter.timestamp,
            signatures=letter.signatures,
            secrets=source.live_secrets(now),
            at=now,
        )
    except SignatureError as error:
        raise _RefusedError(HTTPStatus.UNAUTHORIZED, error.code, str(error)) from error


def _inspect(letter: _Letter, source: Source) -> Reading:
    if letter.body and letter.content_type != "application/json":
        raise _RefusedError(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type",
            "Messages are application/json.",
        )  # fmt: skip
    reading = adapters.inspect(source, letter.body, external_id=letter.message_id)
    found = refusal_of(reading.problems) or _wrong_id(letter.body, letter.message_id)
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
    name = received.message.external_id
    if received.status == Receipt.CONFLICT:
        return problem(
            HTTPStatus.CONFLICT, "message_conflict",
            "This id came before with another body; a person will look at both.",
            field="webhook-id",
        )  # fmt: skip
    if received.status == Receipt.DUPLICATE:
        return JsonResponse({"id": name, "status": "duplicate"})
    return _accepted(name, reading)


def _accepted(name: str, reading: Reading) -> HttpResponse:
    told: dict[str, Any] = {"id": name, "status": "accepted"}
    if reading.ignored:
        told |= {"status": "ignored", "reason": reading.ignored.code}
    told["warnings"] = [warning.message for warning in reading.warnings]
    return HttpResponse(
        msgspec.json.encode(told), status=HTTPStatus.ACCEPTED, content_type="application/json"
    )
