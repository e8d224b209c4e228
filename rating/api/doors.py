"""What all doors to rate cards share: who may come in, and how a refusal reads."""

from typing import Any, cast

from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import status
from rest_framework.exceptions import APIException, ErrorDetail, PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from accounts.models import APIKey
from accounts.rules import Scope
from journal.api import StrictJSONParser
from journal.operations.lifecycle import IllegalMove
from rating.models import RateCardVersion
from rating.operations.editing import (
    EditRefused,
)

BOTH = {
    "GET": Scope.RATES_READ, "POST": Scope.RATES_WRITE, "PATCH": Scope.RATES_WRITE,
    "DELETE": Scope.RATES_WRITE,
}  # fmt: skip
PAGE = 50


class WrongStatus(APIException):
    """The row is in no status for this."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "wrong_status"


class CarriersView(APIView):
    """Open to keys of the carrier's own systems; a customer's key sees no tariff being made."""

    scope = BOTH
    parser_classes: Any = (StrictJSONParser,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse a key that belongs to a customer."""
        super().initial(request, *args, **kwargs)
        if key_of(request).customer_ids is not None:
            raise PermissionDenied("Rate cards are kept by the carrier.", code="staff_only")

    def handle_exception(self, exc: Exception) -> Response:
        """Answer what an operation refuses by its field."""
        if isinstance(exc, IllegalMove):
            exc = WrongStatus(str(exc))
        elif isinstance(exc, EditRefused) and exc.status == status.HTTP_400_BAD_REQUEST:
            exc = ValidationError(
                {name: [ErrorDetail(told, code=exc.code)] for name, told in exc.faults.items()}
            )
        return super().handle_exception(exc)


def key_of(request: Request) -> APIKey:
    """The key of a request."""
    return cast(APIKey, request.user)


def who(request: Request) -> dict[str, Any]:
    """Who asks, and when."""
    return {"by": key_of(request).actor, "at": timezone.now()}


def version_of(pk: int) -> RateCardVersion:
    """The version of an address; raises Http404."""
    known = RateCardVersion.objects.select_related("card", "fuel__series")
    return get_object_or_404(known, pk=pk)


def valid(body: BaseSerializer[Any]) -> dict[str, Any]:
    """What a body says; raises ValidationError."""
    body.is_valid(raise_exception=True)
    return dict(body.validated_data)


def refused(field: str, code: str, sentence: str) -> ValidationError:
    """The refusal of one field of a body."""
    return ValidationError({field: [ErrorDetail(sentence, code=code)]})
