"""The lanes of a version over HTTP."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from journal.api import AllowedParameters, KeysetPagination, refusals
from rating.api.doors import (
    CarriersView,
    valid,
    version_of,
    who,
)
from rating.filters import LaneFilters
from rating.models import Lane
from rating.operations.editing import (
    add_lane,
    change_lane,
    remove_lane,
)
from rating.serializers.cards import (
    LaneCellsSerializer,
    LaneChangeSerializer,
    LaneSerializer,
)


class LaneListView(CarriersView, ListAPIView[Lane]):
    """`/api/v1/rate-card-versions/{id}/lanes/`"""

    serializer_class = LaneSerializer
    pagination_class = KeysetPagination
    filter_backends = (AllowedParameters,)
    filterset_class = LaneFilters
    queryset = Lane.objects.none()

    def get_queryset(self) -> QuerySet[Lane]:
        """Return the lanes of a version."""
        return version_of(self.kwargs["pk"]).lanes.prefetch_related("breaks")

    @extend_schema(
        operation_id="lanes_list", responses={200: LaneSerializer, **refusals(400, 401, 403, 404)}
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List the lanes of a version, the last row first."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="lanes_add",
        request=LaneCellsSerializer,
        responses={201: LaneSerializer, **refusals(400, 401, 403, 404, 409, 415)},
        filters=False,
    )
    def post(self, request: Request, pk: int) -> Response:
        """Add a lane to a draft."""
        cells = valid(LaneCellsSerializer(data=request.data))
        lane = add_lane(version_of(pk), values=cells, **who(request))
        return Response(LaneSerializer(lane).data, status=status.HTTP_201_CREATED)


class LaneView(CarriersView):
    """`/api/v1/rate-card-versions/{id}/lanes/{row}/`"""

    @extend_schema(
        operation_id="lanes_change",
        request=LaneChangeSerializer,
        responses={200: LaneSerializer, **refusals(400, 401, 403, 404, 409, 415)},
    )
    def patch(self, request: Request, pk: int, row: int) -> Response:
        """Change cells of a lane of a draft."""
        told = valid(LaneChangeSerializer(data=request.data))
        lane = change_lane(
            version_of(pk), row=row, changes=told["changes"], seen=told.get("seen", {}),
            **who(request),
        )  # fmt: skip
        return Response(LaneSerializer(lane).data)

    @extend_schema(
        operation_id="lanes_remove", responses={204: None, **refusals(401, 403, 404, 409)}
    )
    def delete(self, request: Request, pk: int, row: int) -> Response:
        """Take a lane out of a draft."""
        remove_lane(version_of(pk), row=row, **who(request))
        return Response(status=status.HTTP_204_NO_CONTENT)
