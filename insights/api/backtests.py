"""Simulations over HTTP, for the carrier's own systems."""

from typing import Any, cast

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.exceptions import APIException, ErrorDetail, PermissionDenied, ValidationError
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.doors import described
from accounts.api.once import answer_once
from accounts.models import APIKey, Customer
from accounts.rules import Scope
from insights.filters import DifferenceFilters, ProblemFilters
from insights.models import Backtest, BacktestDifference, BacktestProblem
from insights.operations.backtesting import BacktestRefused, cancel_backtest, start_backtest
from insights.queries.backtests import (
    difference_rows,
    differences_of,
    problems_of,
    told_backtests,
)
from insights.serializers import (
    BacktestProblemSerializer,
    BacktestSerializer,
    DifferenceSerializer,
    NewBacktestSerializer,
)
from journal.api import AllowedParameters, KeysetPagination, StrictJSONParser, refusals
from journal.operations.lifecycle import IllegalMove
from journal.rules.sheets import csv_lines
from rating.models import RateCardVersion


class BacktestOver(APIException):
    """A run that has ended cannot be cancelled."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "backtest_over"


class SheetRenderer(JSONRenderer):
    """Accepts a request for a sheet. Its lines are streamed; a refusal is JSON."""

    media_type = "text/csv"
    format = "csv"


class BacktestListView(ListAPIView[Backtest]):
    """`/api/v1/backtests/`"""

    scope = {"GET": Scope.RATES_READ, "POST": Scope.RATES_WRITE}
    serializer_class = BacktestSerializer
    parser_classes = (StrictJSONParser,)
    pagination_class = KeysetPagination
    filter_backends = (AllowedParameters,)
    queryset = Backtest.objects.none()

    def get_queryset(self) -> QuerySet[Backtest]:
        """Return every run; the database shows none of them to a customer."""
        return told_backtests()

    @extend_schema(
        operation_id="backtests_list",
        responses={200: BacktestSerializer, **refusals(400, 401, 403)},
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List runs, newest first."""
        return super().get(request, *args, **kwargs)

    @described("backtests_start", body=NewBacktestSerializer, answer=BacktestSerializer, code=202)
    def post(self, request: Request) -> Response:
        """Queue a run; its `status` and `done_count` tell how far it is."""
        key = carriers_key(request)

        def queue() -> Response:
            body = NewBacktestSerializer(data=request.data)
            body.is_valid(raise_exception=True)
            backtest = start(body.validated_data, key=key)
            return Response(BacktestSerializer(backtest).data, status=status.HTTP_202_ACCEPTED)

        return answer_once(request, queue)


class BacktestView(RetrieveAPIView[Backtest]):
    """`/api/v1/backtests/{id}/`"""

    scope = {"GET": Scope.RATES_READ}
    serializer_class = BacktestSerializer
    filter_backends = (AllowedParameters,)
    queryset = Backtest.objects.none()

    def get_queryset(self) -> QuerySet[Backtest]:
        """Return every run."""
        return told_backtests()

    @extend_schema(
        operation_id="backtests_retrieve",
        responses={200: BacktestSerializer, **refusals(400, 401, 403, 404)},
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Show how far a run is, and what it adds up to."""
        return super().get(request, *args, **kwargs)


class BacktestCancelView(APIView):
    """`/api/v1/backtests/{id}/cancel/`"""

    scope = {"POST": Scope.RATES_WRITE}

    @described("backtests_cancel", body=None, answer=BacktestSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """End a run after the block it is at; what it has found stays."""
        key = carriers_key(request)

        def cancel() -> Response:
            backtest = get_object_or_404(told_backtests(), pk=pk)
            try:
                cancel_backtest(backtest, by=key.actor, at=timezone.now())
            except IllegalMove as error:
                raise BacktestOver(str(error)) from error
            return Response(BacktestSerializer(backtest).data)

        return answer_once(request, cancel)


class DifferenceListView(ListAPIView[BacktestDifference]):
    """`/api/v1/backtests/{id}/differences/`"""

    scope = {"GET": Scope.RATES_READ}
    serializer_class = DifferenceSerializer
    pagination_class = KeysetPagination
    filter_backends = (AllowedParameters,)
    filterset_class = DifferenceFilters
    queryset = BacktestDifference.objects.none()

    def get_queryset(self) -> QuerySet[BacktestDifference]:
        """Return the differences of a run."""
        return differences_of(get_object_or_404(Backtest, pk=self.kwargs["pk"]))

    @extend_schema(
        operation_id="backtests_differences_list",
        responses={200: DifferenceSerializer, **refusals(400, 401, 403, 404)},
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List the lines that differ, the last one found first."""
        return super().get(request, *args, **kwargs)


class DifferenceSheetView(APIView):
    """`/api/v1/backtests/{id}/differences.csv`"""

    scope = {"GET": Scope.RATES_READ}
    renderer_classes = (SheetRenderer, JSONRenderer)

    @extend_schema(
        operation_id="backtests_differences_sheet",
        responses={
            (200, "text/csv"): OpenApiResponse(OpenApiTypes.STR, "Every line that differs."),
            **refusals(401, 403, 404),
        },
    )
    def get(self, _request: Request, pk: int) -> StreamingHttpResponse:
        """Give every line that differs as CSV."""
        backtest = get_object_or_404(Backtest, pk=pk)
        answer = StreamingHttpResponse(list(csv_lines(difference_rows(backtest))), "text/csv")
        answer["Content-Disposition"] = f'attachment; filename="backtest-{pk}.csv"'
        return answer


class ProblemListView(ListAPIView[BacktestProblem]):
    """`/api/v1/backtests/{id}/problems/`"""

    scope = {"GET": Scope.RATES_READ}
    serializer_class = BacktestProblemSerializer
    pagination_class = KeysetPagination
    filter_backends = (AllowedParameters,)
    filterset_class = ProblemFilters
    queryset = BacktestProblem.objects.none()

    def get_queryset(self) -> QuerySet[BacktestProblem]:
        """Return the problems of a run."""
        return problems_of(get_object_or_404(Backtest, pk=self.kwargs["pk"]))

    @extend_schema(
        operation_id="backtests_problems_list",
        responses={200: BacktestProblemSerializer, **refusals(400, 401, 403, 404)},
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List why loads could not be priced in full."""
        return super().get(request, *args, **kwargs)


def carriers_key(request: Request) -> APIKey:
    """Return the key of a system of the carrier's own; raises PermissionDenied for another."""
    key = cast(APIKey, request.user)
    if key.customer_ids is not None:
        raise PermissionDenied("Simulations are the carrier's own.", code="staff_only")
    return key


def start(told: dict[str, Any], *, key: APIKey) -> Backtest:
    """Queue the run of a validated body; turn the domain's refusals into those of the API."""
    customer = None
    if "customer" in told:
        customer = Customer.objects.filter(code=told["customer"]).first()
        if customer is None:
            raise refused("customer", "unknown_customer", "There is no such customer.")
    try:
        return start_backtest(
            find_version("version", told["version"]),
            against=find_version("against", told["against"]) if "against" in told else None,
            customer=customer,
            first_on=told["first_on"],
            last_on=told["last_on"],
            by=key.actor,
            at=timezone.now(),
        )
    except BacktestRefused as error:
        raise refused(error.field, error.code, str(error)) from error


def find_version(field: str, version_id: int) -> RateCardVersion:
    """Return a version in any status."""
    versions = RateCardVersion.objects.select_related("card", "fuel__series")
    if found := versions.filter(pk=version_id).first():
        return found
    raise refused(field, "unknown_version", "There is no such version of a rate card.")


def refused(field: str, code: str, sentence: str) -> ValidationError:
    """Return the refusal of one field of a body."""
    return ValidationError({field: [ErrorDetail(sentence, code=code)]})
