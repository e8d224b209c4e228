"""Figures over HTTP: as the dashboard tells them, by the same definitions."""

from typing import Any, cast

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.exceptions import ErrorDetail, NotFound, PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import APIKey, Customer
from accounts.rules import Scope
from insights.api.backtests import carriers_key, refused
from insights.queries.figures.telling import (
    NotNarrowed,
    UnknownPart,
    rows_behind,
    tell,
    tell_split,
)
from insights.queries.houses import house_zone
from insights.rules.figures import BY_KEY, FIGURES, Figure, Rows
from insights.rules.frames import BadPeriod, Frame, Span, period_of
from insights.serializers import (
    FigureRowSerializer,
    FigureSerializer,
    FrameSerializer,
    SplitFrameSerializer,
    ToldSerializer,
)
from journal.api import KeysetPagination, refusals

FRAME = [
    OpenApiParameter("period", enum=[span.value for span in Span], default=Span.MONTH.value),
    OpenApiParameter("first_on", str, description="With `period=custom`: the first day."),
    OpenApiParameter("last_on", str, description="With `period=custom`: the last day."),
    OpenApiParameter("customer", str, description="The code of one customer."),
    OpenApiParameter("lane", str, description="States of first and last stop: `IL-OH`."),
]
BY = OpenApiParameter("by", enum=["customer", "lane"], description="Read it for each, too.")
PART = OpenApiParameter("part", str, description="The `part` of a reading; left out for all.")
TOLD = OpenApiExample(
    "Straight-through of a month",
    response_only=True,
    status_codes=["200"],
    value={
        "figure": "straight-through", "unit": "percent",
        "first_on": "2026-11-01", "last_on": "2026-11-19",
        "before_first_on": "2026-10-01", "before_last_on": "2026-10-19",
        "zone": "America/Chicago", "customer": None, "lane": "",
        "readings": [
            {
                "part": "", "words": "", "currency": "", "unit": None, "n": 412,
                "value": "71.4", "more": {"untouched": 294},
            },
            {
                "part": "CASE", "words": "A case asked a person", "currency": "",
                "unit": "count", "n": 87, "value": "87", "more": None,
            },
        ],
        "before": [
            {
                "part": "", "words": "", "currency": "", "unit": None, "n": 388,
                "value": "66.0", "more": {"untouched": 256},
            }
        ],
        "by": [],
    },
)  # fmt: skip
# Where the number and the load of a row are found; a charge is known by the load and its code.
RELATED = {
    Rows.LOADS: ("load", "customer"), Rows.WAITING: ("load", "customer"),
    Rows.BLOCKERS: ("load", "customer"), Rows.CASES: ("load", "customer"),
    Rows.INVOICES: ("customer",), Rows.CHARGES: ("load", "customer"), Rows.MESSAGES: ("load",),
}  # fmt: skip
DEFERRED = {Rows.INVOICES: ("snapshot",), Rows.MESSAGES: ("body", "headers")}


class FigureListView(APIView):
    """`/api/v1/insights/`"""

    scope = {"GET": Scope.INVOICES_READ}

    @extend_schema(
        operation_id="insights_list",
        responses={200: FigureSerializer(many=True), **refusals(401, 403)},
    )
    def get(self, request: Request) -> Response:
        """Say what each figure means, how it is counted and whom to ask."""
        carriers_key(request)
        return Response(FigureSerializer(cast(Any, FIGURES), many=True).data)


class FigureView(APIView):
    """`/api/v1/insights/{key}/`"""

    scope = {"GET": Scope.INVOICES_READ}

    @extend_schema(
        operation_id="insights_retrieve",
        parameters=[*FRAME, BY],
        responses={200: ToldSerializer, **refusals(400, 401, 403, 404)},
        examples=[TOLD],
    )
    def get(self, request: Request, key: str) -> Response:
        """Tell a figure for a period, with what it was in the period before.

        A reading without a `value` has too few rows to tell one. Amounts of several currencies
        are never added: each has a reading of its own.
        """
        figure = find_figure(key, asker=carriers_key(request))
        asked = read(SplitFrameSerializer, request)
        frame, by = frame_of(asked), asked.get("by", "")
        try:
            told = tell(figure, frame)
            splits = tell_split(figure, frame, by=by) if by else []
        except NotNarrowed as error:
            raise not_narrowed(frame, error) from error
        if splits is None:
            raise refused("by", "not_split", f"{figure.name} is not told by {by}.")
        context = {"told": told, "splits": splits, "by": by, "customer": asked.get("customer")}
        return Response(ToldSerializer(context).data)


class FigureRowsView(APIView):
    """`/api/v1/insights/{key}/rows/`"""

    scope = {"GET": Scope.INVOICES_READ}
    pagination_class = KeysetPagination

    @extend_schema(
        operation_id="insights_rows_list",
        parameters=[
            *FRAME, PART, OpenApiParameter("size", int), OpenApiParameter("cursor", str),
        ],
        responses={200: FigureRowSerializer(many=True), **refusals(400, 401, 403, 404)},
    )  # fmt: skip
    def get(self, request: Request, key: str) -> Response:
        """List the rows behind a reading: exactly as many as its `n` says, newest first."""
        figure = find_figure(key, asker=carriers_key(request))
        asked = read(FrameSerializer, request, "size", "cursor", "part")
        frame = frame_of(asked)
        try:
            rows = rows_behind(figure, frame, request.query_params.get("part", ""))
        except UnknownPart as error:
            raise refused("part", "unknown_part", f"{figure.name} has no such part.") from error
        except NotNarrowed as error:
            raise not_narrowed(frame, error) from error
        rows = rows.select_related(*RELATED[figure.rows]).defer(*DEFERRED.get(figure.rows, ()))
        pages = KeysetPagination()
        page = pages.paginate_queryset(rows, request, self)
        return pages.get_paginated_response(FigureRowSerializer(page, many=True).data)


def find_figure(key: str, *, asker: APIKey) -> Figure:
    """Return the figure called `key`; raises NotFound, or PermissionDenied for one of costs."""
    figure = BY_KEY.get(key)
    if figure is None:
        raise NotFound("There is no such figure.")
    if figure.is_of_costs and Scope.COSTS_READ not in asker.scopes:
        raise PermissionDenied(f"The key lacks the scope {Scope.COSTS_READ}.", code="scope")
    return figure


def read(kind: type[FrameSerializer], request: Request, *others: str) -> dict[str, Any]:
    """Read the parameters; raises ValidationError for one that is unknown or cannot be read."""
    told = {name: v for name, v in request.query_params.items() if name not in others}
    parameters = kind(data=told)
    parameters.is_valid(raise_exception=True)
    told_parameters: dict[str, Any] = parameters.validated_data
    return told_parameters


def frame_of(asked: dict[str, Any]) -> Frame:
    """Return what is asked for; raises ValidationError for days that make no period."""
    at = timezone.now()
    try:
        period = period_of(
            Span(asked.get("period", Span.MONTH)), at=at, zone=house_zone(),
            first_on=asked.get("first_on"), last_on=asked.get("last_on"),
        )  # fmt: skip
    except BadPeriod as error:
        raise refused(error.field, "bad_period", str(error)) from error
    return Frame(period, at, customer_id(asked.get("customer")), asked.get("lane", ""))


def customer_id(code: str | None) -> int | None:
    """Return the id of the customer that is asked for; raises ValidationError for a stranger."""
    if not code:
        return None
    found = Customer.objects.filter(code=code).values_list("pk", flat=True).first()
    if found is None:
        raise refused("customer", "unknown_customer", "There is no such customer.")
    return found


def not_narrowed(frame: Frame, error: NotNarrowed) -> ValidationError:
    """Return the refusal of a customer or lane that a figure cannot be told for."""
    field = "customer" if frame.customer_id is not None and not frame.lane else "lane"
    return ValidationError({field: [ErrorDetail(str(error), code="not_narrowed")]})
