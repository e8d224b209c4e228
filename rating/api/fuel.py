"""Fuel over HTTP: the indexes that are followed, and the programmes that charge by them."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.doors import described
from accounts.api.once import answer_once
from journal.api import AllowedParameters, KeysetPagination, refusals
from rating.api.doors import CarriersView, valid, who
from rating.engine.book import BookError, FuelProgramme
from rating.filters import FuelValueFilters
from rating.models import FuelIndexSeries, FuelIndexValue
from rating.models import FuelProgramme as ProgrammeRow
from rating.operations.editing import EditRefused
from rating.operations.fuelling import create_programme
from rating.operations.indexing import Published, publish_value
from rating.queries.fuel_prices import latest_values
from rating.serializers.terms import (
    FuelIndexSerializer,
    FuelValueSerializer,
    NewFuelValueSerializer,
    NewProgrammeSerializer,
    ProgrammeSerializer,
)


class FuelIndexListView(CarriersView, ListAPIView[FuelIndexSeries]):
    """`/api/v1/fuel-indexes/`"""

    serializer_class = FuelIndexSerializer
    pagination_class = KeysetPagination
    filter_backends = (AllowedParameters,)
    queryset = FuelIndexSeries.objects.all()

    @extend_schema(
        operation_id="fuel_indexes_list",
        responses={200: FuelIndexSerializer, **refusals(400, 401, 403)},
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List the indexes that are followed."""
        return super().get(request, *args, **kwargs)


class FuelValueListView(CarriersView, ListAPIView[FuelIndexValue]):
    """`/api/v1/fuel-indexes/{code}/values/`"""

    serializer_class = FuelValueSerializer
    pagination_class = KeysetPagination
    filter_backends = (AllowedParameters,)
    filterset_class = FuelValueFilters
    queryset = FuelIndexValue.objects.none()

    def get_queryset(self) -> QuerySet[FuelIndexValue]:
        """Return the values of an index."""
        return self.series().values.all()

    def series(self) -> FuelIndexSeries:
        """Return the index of the address; raises Http404."""
        return get_object_or_404(FuelIndexSeries, code=self.kwargs["code"])

    @extend_schema(
        operation_id="fuel_values_list",
        responses={200: FuelValueSerializer, **refusals(400, 401, 403, 404)},
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List the values of an index as they were published, the last kept first."""
        return super().get(request, *args, **kwargs)

    @described("fuel_values_append", body=NewFuelValueSerializer, answer=FuelValueSerializer)
    def post(self, request: Request, code: str) -> Response:
        """Keep a published value; the same again adds nothing, another one is a correction."""

        def append() -> Response:
            series, told = self.series(), valid(NewFuelValueSerializer(data=request.data))
            source = told.pop("source")
            publish_value(series, value=Published(**told), source=source, **who(request))
            known = latest_values(series.code)
            kept = next(each for each in known if each.survey_on == told["survey_on"])
            return Response(FuelValueSerializer(kept).data)

        return answer_once(request, append)


class ProgrammeListView(CarriersView, ListAPIView[ProgrammeRow]):
    """`/api/v1/fuel-programmes/`"""

    serializer_class = ProgrammeSerializer
    pagination_class = KeysetPagination
    filter_backends = (AllowedParameters,)
    queryset = ProgrammeRow.objects.select_related("series")

    @extend_schema(
        operation_id="fuel_programmes_list",
        responses={200: ProgrammeSerializer, **refusals(400, 401, 403)},
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List the fuel programmes with their tables, newest first."""
        return super().get(request, *args, **kwargs)

    @described(
        "fuel_programmes_create", body=NewProgrammeSerializer, answer=ProgrammeSerializer, code=201
    )
    def post(self, request: Request) -> Response:
        """Make a fuel programme that drafts can name; a new table is a new programme."""

        def make() -> Response:
            row = create_programme(programme_told(request), **who(request))
            return Response(ProgrammeSerializer(row).data, status=status.HTTP_201_CREATED)

        return answer_once(request, make)


class ProgrammeView(CarriersView):
    """`/api/v1/fuel-programmes/{id}/`"""

    @extend_schema(
        operation_id="fuel_programmes_retrieve",
        responses={200: ProgrammeSerializer, **refusals(401, 403, 404)},
    )
    def get(self, request: Request, pk: int) -> Response:
        """Show a fuel programme with its table."""
        known = ProgrammeRow.objects.select_related("series")
        return Response(ProgrammeSerializer(get_object_or_404(known, pk=pk)).data)


def programme_told(request: Request) -> FuelProgramme:
    """Return the programme of a body; raises ValidationError, EditRefused."""
    body = NewProgrammeSerializer(data=request.data)
    valid(body)
    try:
        programme: FuelProgramme = body.told()
    except BookError as error:
        raise EditRefused({"increment": f"{error}."}) from error
    return programme
