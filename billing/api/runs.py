"""The workbench over HTTP: look at the invoices first, then have them issued as a job."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.doors import CarriersView, refused, valid, who
from accounts.api.once import IDEMPOTENCY_KEY, answer_once
from accounts.rules import Scope
from billing.models import InvoiceRun
from billing.operations.promising import read_proposal, sign_proposal
from billing.operations.proposing import propose_invoices
from billing.operations.running import start_run
from billing.serializers.steps import (
    NewRunSerializer,
    PreviewSerializer,
    RunDetailSerializer,
    RunSerializer,
    SelectionSerializer,
)
from dispatch.models import Load
from journal.api import AllowedParameters, KeysetPagination, refusals


class PreviewView(CarriersView):
    """`/api/v1/invoice-previews/`"""

    scope = Scope.INVOICES_WRITE

    @extend_schema(
        operation_id="invoice_previews_create",
        request=SelectionSerializer,
        responses={200: PreviewSerializer, **refusals(400, 401, 403, 409, 415, 422)},
    )
    def post(self, request: Request) -> Response:
        """Show which invoices a selection of loads makes, by the code that issues them.

        Nothing is stored. What `preview` holds is issued by a run, to the letter.
        """
        numbers = valid(SelectionSerializer(data=request.data))["loads"]
        proposal = propose_invoices(_ids(request, numbers), **who(request))
        told = {
            "preview": sign_proposal(proposal),
            "invoices": proposal.invoices,
            "left_out": proposal.left_out,
        }
        return Response(PreviewSerializer(told).data)


class RunListView(CarriersView, ListAPIView[InvoiceRun]):
    """`/api/v1/invoice-runs/`"""

    scope = {"GET": Scope.INVOICES_READ, "POST": Scope.INVOICES_WRITE}
    serializer_class = RunSerializer
    pagination_class = KeysetPagination
    filter_backends = (AllowedParameters,)
    queryset = InvoiceRun.objects.all()

    @extend_schema(
        operation_id="invoice_runs_list", responses={200: RunSerializer, **refusals(400, 401, 403)}
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List runs, newest first."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="invoice_runs_create",
        parameters=[IDEMPOTENCY_KEY],
        request=NewRunSerializer,
        responses={202: RunDetailSerializer, **refusals(400, 401, 403, 409, 415, 422)},
        filters=False,
    )
    def post(self, request: Request) -> Response:
        """Have the invoices of a preview issued; ask the run for its progress and results."""

        def start() -> Response:
            told = valid(NewRunSerializer(data=request.data))
            key, wanted = read_proposal(told["preview"])
            run = start_run(key, wanted, **who(request))
            return Response(RunDetailSerializer(run).data, status=status.HTTP_202_ACCEPTED)

        return answer_once(request, start)


class RunView(CarriersView):
    """`/api/v1/invoice-runs/{key}/`"""

    scope = Scope.INVOICES_READ

    @extend_schema(
        operation_id="invoice_runs_retrieve",
        responses={200: RunDetailSerializer, **refusals(401, 403, 404)},
    )
    def get(self, request: Request, key: UUID) -> Response:
        """Show how far a run is, and what came of each invoice."""
        return Response(RunDetailSerializer(get_object_or_404(InvoiceRun, key=key)).data)


def _ids(request: Request, numbers: list[str]) -> list[int]:
    """Return the ids of loads; raises ValidationError for one that the key does not know."""
    known = Load.objects.for_user(request.user).filter(number__in=numbers)
    found = dict(known.values_list("number", "pk"))
    for number in numbers:
        if number not in found:
            raise refused("loads", "unknown_load", f"{number[:20]!r} is no load of this key.")
    return list(found.values())
