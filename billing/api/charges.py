"""Charges over HTTP: with the steps that end in their amount; added, changed and decided."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.doors import (
    CarriersView,
    GivenReasonSerializer,
    described,
    refused,
    valid,
    who,
)
from accounts.api.keys import HasScope, IsCarriersKey
from accounts.api.once import answer_once, require_unchanged, tag_of
from accounts.rules import Scope
from billing.filters import ChargeFilters
from billing.models import Charge
from billing.operations.charging import (
    add_charge,
    approve_charge,
    change_charge,
    hold_charge,
    waive_charge,
)
from billing.operations.holding import hold_billing
from billing.queries.documents import charges_of
from billing.serializers.steps import (
    ApprovalSerializer,
    ChargeChangeSerializer,
    ChargeDetailSerializer,
    NewChargeSerializer,
)
from dispatch.models import Load
from journal.api import AllowedParameters, KeysetPagination, StrictJSONParser, refusals

TOLD = ChargeDetailSerializer
Decide = Callable[..., Charge]


class ChargeListView(ListAPIView[Charge]):
    """`/api/v1/loads/{number}/charges/`"""

    scope = {"GET": Scope.LOADS_READ, "POST": Scope.INVOICES_WRITE}
    serializer_class = ChargeDetailSerializer
    parser_classes = (StrictJSONParser,)
    pagination_class = KeysetPagination
    filter_backends = (AllowedParameters,)
    filterset_class = ChargeFilters
    queryset = Charge.objects.none()

    def get_permissions(self) -> list[Any]:
        """Let customers read; charges are the carrier's to make."""
        return [HasScope()] if self.request.method != "POST" else [HasScope(), IsCarriersKey()]

    def get_queryset(self) -> QuerySet[Charge]:
        """Return the charges of a load that the key may see; raises Http404 for another."""
        return charges_of(self.request.user).filter(load=self.load())

    def load(self) -> Load:
        """Return the load of the address."""
        known = Load.objects.for_user(self.request.user)
        return get_object_or_404(known, number=self.kwargs["number"])

    @extend_schema(
        operation_id="loads_charges_list", responses={200: TOLD, **refusals(400, 401, 403, 404)}
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List the charges of a load, also those that were superseded, newest first."""
        return super().get(request, *args, **kwargs)

    @described("loads_charges_create", body=NewChargeSerializer, answer=TOLD, code=201)
    def post(self, request: Request, number: str) -> Response:
        """Add a charge by hand, in the load's currency; somebody else approves it."""

        def add() -> Response:
            load = self.load()
            told = valid(NewChargeSerializer(data=request.data))
            sequence = told.pop("stop", None)
            stop = load.stops.filter(sequence=sequence).first() if sequence else None
            if sequence and stop is None:
                raise refused("stop", "no_such_stop", f"Load {number} has no stop {sequence}.")
            charge = add_charge(load, **told, stop=stop, **who(request))
            return show_charge(request, charge, code=status.HTTP_201_CREATED)

        return answer_once(request, add)


class ChargeView(APIView):
    """`/api/v1/charges/{id}/`"""

    scope = {"GET": Scope.LOADS_READ, "PATCH": Scope.INVOICES_WRITE}
    parser_classes = (StrictJSONParser,)

    def get_permissions(self) -> list[Any]:
        """Let customers read; charges are the carrier's to change."""
        return [HasScope()] if self.request.method != "PATCH" else [HasScope(), IsCarriersKey()]

    @extend_schema(
        operation_id="charges_retrieve", responses={200: TOLD, **refusals(401, 403, 404)}
    )
    def get(self, request: Request, pk: int) -> Response:
        """Show a charge with the steps that end in its amount; the ETag names its state."""
        return show_charge(request, find_charge(request, pk))

    @described("charges_change", body=ChargeChangeSerializer, answer=TOLD)
    def patch(self, request: Request, pk: int) -> Response:
        """Change a charge that was added by hand; somebody else approves it anew."""
        return decide(request, pk, change_charge, ChargeChangeSerializer)


class ChargeApproveView(CarriersView):
    """`/api/v1/charges/{id}/approve/`"""

    scope = Scope.INVOICES_WRITE

    @described("charges_approve", body=ApprovalSerializer, answer=TOLD)
    def post(self, request: Request, pk: int) -> Response:
        """Let a charge be billed as it stands; not by whoever added it."""
        return decide(request, pk, approve_charge, ApprovalSerializer)


class ChargeHoldView(CarriersView):
    """`/api/v1/charges/{id}/hold/`"""

    scope = Scope.INVOICES_WRITE

    @described("charges_hold", body=GivenReasonSerializer, answer=TOLD)
    def post(self, request: Request, pk: int) -> Response:
        """Keep a charge, and its load, from being billed until somebody approves it."""
        return decide(request, pk, hold_charge, GivenReasonSerializer)


class ChargeWaiveView(CarriersView):
    """`/api/v1/charges/{id}/waive/`"""

    scope = Scope.INVOICES_WRITE

    @described("charges_waive", body=GivenReasonSerializer, answer=TOLD)
    def post(self, request: Request, pk: int) -> Response:
        """Do not bill a charge, for a reason; not by whoever added it."""
        return decide(request, pk, waive_charge, GivenReasonSerializer)


def decide(request: Request, pk: int, operation: Decide, body: Any) -> Response:
    """Decide about the charge of an address, once, and show it."""

    def once() -> Response:
        charge = find_charge(request, pk)
        hold_billing(charge.load_id)
        require_unchanged(request, charge, what=charge.description)
        told = valid(body(data=request.data))
        return show_charge(request, operation(charge, **told, **who(request)))

    return answer_once(request, once)


def find_charge(request: Request, pk: int) -> Charge:
    """Return a charge that the key may see; raises Http404 for another."""
    return get_object_or_404(charges_of(request.user), pk=pk)


def show_charge(request: Request, charge: Charge, *, code: int = status.HTTP_200_OK) -> Response:
    """Return a charge as it stands, its tag read first."""
    tag = tag_of(charge)
    told = ChargeDetailSerializer(charge, context={"request": request})
    return Response(told.data, status=code, headers={"ETag": tag})
