"""The lanes of a version over HTTP."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.doors import described
from journal.api import AllowedParameters, KeysetPagination, refusals
from rating.api.doors import (
    VersionEditView,
    valid,
    version_of,
    who,
)
from rating.filters import LaneFilters
from rating.models import Lane, RateCardVersion
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


class LaneListView(VersionEditView, ListAPIView[Lane]):
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

    @described("lanes_add", body=LaneCellsSerializer, answer=LaneSerializer, code=201)
    def post(self, request: Request, pk: int) -> Response:
        """Add a lane to a draft."""

        def add(version: RateCardVersion) -> Any:
            cells = valid(LaneCellsSerializer(data=request.data))
            return LaneSerializer(add_lane(version, values=cells, **who(request))).data

        return self.edit(request, pk, add, code=status.HTTP_201_CREATED)


class LaneView(VersionEditView):
    """`/api/v1/rate-card-versions/{id}/lanes/{row}/`"""

    @described("lanes_change", body=LaneChangeSerializer, answer=LaneSerializer)
    def patch(self, request: Request, pk: int, row: int) -> Response:
        """Change cells of a lane of a draft."""

        def change(version: RateCardVersion) -> Any:
            told = valid(LaneChangeSerializer(data=request.data))
            lane = change_lane(
                version, row=row, changes=told["changes"], seen=told.get("seen", {}),
                **who(request),
            )  # fmt: skip
            return LaneSerializer(lane).data

        return self.edit(request, pk, change)

    @described("lanes_remove", body=None, answer=None, code=204)
    def delete(self, request: Request, pk: int, row: int) -> Response:
        """Take a lane out of a draft."""

        def remove(version: RateCardVersion) -> None:
            remove_lane(version, row=row, **who(request))

        return self.edit(request, pk, remove, code=status.HTTP_204_NO_CONTENT)
