"""Events in by API key: one message, or five hundred with a verdict for each."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, cast

import msgspec
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.problems import PROBLEM, problem_body
from accounts.models import APIKey
from accounts.operations.scoping import enter_staff_scope
from accounts.rules import Scope
from integrations import adapters
from integrations.events import Parcel, Problem, Reading
from integrations.models import Source
from integrations.operations.receiving import Receipt, Received, receive_many
from integrations.queries.sources import find_source_of_key
from integrations.rules.answers import refusal_of
from integrations.serializers import (
    BatchSerializer,
    BatchVerdictSerializer,
    MessageSerializer,
    VerdictSerializer,
)
from journal.api import refusals
from journal.rules.strictjson import StrictJSONError, parse_json

LIMIT_BYTES = 1_000_000
BATCH_LIMIT_BYTES = 5_000_000
LONGEST_ID = 120
MOST_EVENTS = 500
JSON = "application/json"
Verdict = dict[str, Any]


class TooLargeError(exceptions.APIException):
    """The body is larger than we take."""

    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    default_code = "body_too_large"


class _Batch(msgspec.Struct, forbid_unknown_fields=True):
    events: list[msgspec.Raw]


class EventsView(APIView):
    """`POST /api/v1/events/`"""

    scope = Scope.EVENTS_WRITE

    @extend_schema(
        operation_id="events_create",
        request=MessageSerializer,
        responses={
            202: VerdictSerializer,
            200: OpenApiResponse(VerdictSerializer, description="Seen before."),
            **refusals(400, 401, 403, 409, 413, 415),
        },
    )
    def post(self, request: Request) -> Response:
        """Keep one message in the TMS dialect; what it means is found out afterwards."""
        message = _body(request, limit=LIMIT_BYTES)
        verdict, problem = _receive(request, [message])[0]
        if problem:
            raise _refusal(problem)
        if verdict["status"] == Receipt.CONFLICT:
            # Answered, not raised: what was kept of the second body must stay.
            detail = "This id came before with another body; a person will look at both."
            body = problem_body(HTTPStatus.CONFLICT, "message_conflict", detail, field="id")
            return Response(body, status=HTTPStatus.CONFLICT, content_type=PROBLEM)
        is_new = verdict["status"] != Receipt.DUPLICATE
        return Response(verdict, status=HTTPStatus.ACCEPTED if is_new else HTTPStatus.OK)


class EventBatchView(APIView):
    """`POST /api/v1/events/batch/`"""

    scope = Scope.EVENTS_WRITE

    @extend_schema(
        operation_id="events_batch_create",
        request=BatchSerializer,
        responses={
            202: BatchVerdictSerializer,
            **refusals(400, 401, 403, 413, 415),
        },
    )
    def post(self, request: Request) -> Response:
        """Keep up to 500 messages; one that is refused does not hold up the others."""
        bodies = _split(_body(request, limit=BATCH_LIMIT_BYTES))
        results = [verdict for verdict, _ in _receive(request, bodies)]
        return Response({"results": results}, status=HTTPStatus.ACCEPTED)


def _body(request: Request, *, limit: int) -> bytes:
    """Return the raw body of a JSON request.

    Raises:
        UnsupportedMediaType, TooLargeError: as they say.
    """
    length = request.headers.get("Content-Length", "")
    if length.isdecimal() and int(length) > limit:
        raise TooLargeError(f"The body has at most {limit:,} bytes.")
    body = bytes(request._request.body)
    if body and request.content_type.partition(";")[0].strip() != JSON:
        raise exceptions.UnsupportedMediaType(request.content_type)
    return body


def _split(body: bytes) -> list[bytes]:
    """Return the messages of a batch, each as the bytes it came in.

    Raises:
        ValidationError: the batch as a whole is wrong; its messages are looked at one by one.
    """
    try:
        parse_json(body)
        batch = msgspec.json.decode(body, type=_Batch)
    except StrictJSONError as error:
        raise _refusal(Problem(error.code, str(error), field=error.field)) from error
    except msgspec.ValidationError as error:
        code = "unknown_field" if "unknown field" in str(error) else "invalid_field"
        problem = Problem(code, f"The batch is not {{'events': [...]}}: {error}.", field="events")
        raise _refusal(problem) from error
    if not 0 < len(batch.events) <= MOST_EVENTS:
        text = f"A batch holds 1 to {MOST_EVENTS} events, this one {len(batch.events)}."
        raise _refusal(Problem("invalid_field", text, field="events"))
    return [bytes(event) for event in batch.events]


def _receive(request: Request, bodies: Sequence[bytes]) -> list[tuple[Verdict, Problem | None]]:
    """Keep what is well made in one statement; return a verdict for each, and what is wrong."""
    key = cast(APIKey, request.user)
    source = _source(key)
    inspected = [_inspect(source, body) for body in bodies]
    parcels = [
        Parcel(external_id=external_id, body=body, content_type=JSON)
        for body, (external_id, _, problem) in zip(bodies, inspected, strict=True)
        if problem is None
    ]
    # The inbox belongs to the carrier, whatever the key may read.
    enter_staff_scope()
    kept = iter(
        receive_many(
            source,
            parcels=parcels,
            headers={"door": "api"},
            at=timezone.now(),
            by=key.actor,
        )
        if parcels
        else []
    )
    return [
        (_verdict(next(kept), reading), None)
        if problem is None
        else (_refused(external_id, problem), problem)
        for external_id, reading, problem in inspected
    ]


def _source(key: APIKey) -> Source:
    source = find_source_of_key(key)
    if source is None:
        raise exceptions.PermissionDenied(
            "No source of messages belongs to this key.", code="no_source"
        )
    return source


def _inspect(source: Source, body: bytes) -> tuple[str, Reading, Problem | None]:
    """Return a message's id, what it says, and what the sender must mend."""
    external_id = adapters.message_id(body)
    reading = adapters.inspect(source, body, external_id=external_id)
    problem = refusal_of(reading.problems)
    if problem is None and not 0 < len(external_id) <= LONGEST_ID:
        problem = Problem("missing_field", "id is missing or too long.", field="id")
    return external_id, reading, problem


def _verdict(received: Received, reading: Reading) -> Verdict:
    told: Verdict = {"id": received.message.external_id, "status": str(received.status)}
    if received.status == Receipt.ACCEPTED and reading.ignored:
        told |= {"status": "ignored", "reason": reading.ignored.code}
    if reading.warnings:
        told["warnings"] = [warning.message for warning in reading.warnings]
    return told


def _refused(external_id: str, problem: Problem) -> Verdict:
    return {
        "id": external_id,
        "status": "refused",
        "reason": problem.code,
        "field": problem.field or None,
        "detail": problem.message,
    }


def _refusal(problem: Problem) -> exceptions.ValidationError:
    detail = {problem.field: problem.message} if problem.field else problem.message
    return exceptions.ValidationError(detail, code=problem.code)
