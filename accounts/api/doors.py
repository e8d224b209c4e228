"""What doors of the API share: who asks, what a body says, and how one thing is done once."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from accounts.api.keys import HasScope, IsCarriersKey
from accounts.api.once import ONCE
from accounts.models import APIKey
from journal.api import StrictJSONParser, StrictSerializer, refusals

Method = TypeVar("Method", bound=Callable[..., Response])


class CarriersView(APIView):
    """Open to keys of the carrier's own systems."""

    permission_classes: Any = (HasScope, IsCarriersKey)
    parser_classes: Any = (StrictJSONParser,)


class NothingSerializer(StrictSerializer):
    """An empty body: all is said by the address."""


class GivenReasonSerializer(StrictSerializer):
    """Why."""

    reason = serializers.CharField(max_length=1000)


def key_of(request: Request) -> APIKey:
    """Return the key of a request."""
    return cast(APIKey, request.user)


def who(request: Request) -> dict[str, Any]:
    """Return who asks, and when."""
    return {"by": key_of(request).actor, "at": timezone.now()}


def valid(body: BaseSerializer[Any]) -> dict[str, Any]:
    """Return what a body says; raises ValidationError."""
    body.is_valid(raise_exception=True)
    return dict(body.validated_data)


def refused(field: str, code: str, sentence: str) -> ValidationError:
    """Return the refusal of one field of a body."""
    return ValidationError({field: [ErrorDetail(sentence, code=code)]})


def described(
    operation_id: str,
    *,
    body: Any,
    answer: Any,
    code: int = status.HTTP_200_OK,
    refused_by: tuple[int, ...] = (),
) -> Callable[[Method], Method]:
    """Describe an operation that is done once, and not on what changed since."""
    answered = (400, 401, 403, 404, 409, 415, 422, *refused_by)
    return extend_schema(
        operation_id=operation_id,
        parameters=ONCE,
        request=body,
        responses={code: answer, **refusals(*answered)},
        filters=False,
    )
