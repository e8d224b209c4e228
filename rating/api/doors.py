"""What all doors to rate cards share: who may come in, and how an edit is made and refused."""

from collections.abc import Callable
from typing import Any

from django.shortcuts import get_object_or_404
from rest_framework import status
from rest_framework.exceptions import ErrorDetail, PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.doors import key_of, refused, valid, who
from accounts.api.once import answer_once, require_unchanged, tag_of
from accounts.rules import Scope
from journal.api import StrictJSONParser
from rating.models import RateCardVersion
from rating.operations.editing import EditRefused

BOTH = {
    "GET": Scope.RATES_READ, "POST": Scope.RATES_WRITE, "PUT": Scope.RATES_WRITE,
    "PATCH": Scope.RATES_WRITE, "DELETE": Scope.RATES_WRITE,
}  # fmt: skip
PAGE = 50


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
        if isinstance(exc, EditRefused) and exc.status == status.HTTP_400_BAD_REQUEST:
            exc = ValidationError(
                {name: [ErrorDetail(told, code=exc.code)] for name, told in exc.faults.items()}
            )
        return super().handle_exception(exc)


class VersionEditView(CarriersView):
    """Changes a version once, and not one that changed since it was read."""

    def edit(
        self,
        request: Request,
        pk: int,
        change: Callable[[RateCardVersion], Any],
        *,
        code: int = status.HTTP_200_OK,
    ) -> Response:
        """Make the change on a locked version, and show what it returns; the ETag is the state."""

        def once() -> Response:
            version = hold_version(request, pk)
            shown = change(version)
            return Response(shown, status=code, headers={"ETag": tag_of(version)})

        return answer_once(request, once)

    def show(self, pk: int, tell: Callable[[RateCardVersion], Any]) -> Response:
        """Show something of a version, its tag read first."""
        version = version_of(pk)
        tag = tag_of(version)
        return Response(tell(version), headers={"ETag": tag})


def hold_version(request: Request, pk: int) -> RateCardVersion:
    """Lock the version of an address; raises Http404, StaleWrite."""
    get_object_or_404(RateCardVersion.objects.select_for_update(), pk=pk)
    version = version_of(pk)
    require_unchanged(request, version, what=str(version))
    return version


def version_of(pk: int) -> RateCardVersion:
    """Return the version of an address; raises Http404."""
    known = RateCardVersion.objects.select_related("card", "fuel__series", "density_scale")
    return get_object_or_404(known, pk=pk)


__all__ = [
    "PAGE", "CarriersView", "VersionEditView", "hold_version", "key_of", "refused", "valid",
    "version_of", "who",
]  # fmt: skip
