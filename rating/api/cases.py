"""Test cases of a card over HTTP."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from journal.api import AllowedParameters, KeysetPagination, refusals
from rating.api.doors import (
    CarriersView,
    version_of,
)
from rating.models import RateCard, RateTestCase
from rating.operations.testing import run_cases
from rating.serializers.cards import (
    CaseResultSerializer,
    TestCaseSerializer,
)


class TestCaseListView(CarriersView, ListAPIView[RateTestCase]):
    """`/api/v1/rate-cards/{id}/test-cases/`"""

    serializer_class = TestCaseSerializer
    pagination_class = KeysetPagination
    filter_backends = (AllowedParameters,)
    queryset = RateTestCase.objects.none()

    def get_queryset(self) -> QuerySet[RateTestCase]:
        """Return the test cases of a card."""
        return get_object_or_404(RateCard, pk=self.kwargs["pk"]).test_cases.all()

    @extend_schema(
        operation_id="test_cases_list",
        responses={200: TestCaseSerializer, **refusals(400, 401, 403, 404)},
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List the test cases of a card, newest first."""
        return super().get(request, *args, **kwargs)


class CaseResultsView(CarriersView):
    """`/api/v1/rate-card-versions/{id}/test-cases/`"""

    @extend_schema(
        operation_id="test_cases_run",
        responses={200: CaseResultSerializer(many=True), **refusals(401, 403, 404)},
    )
    def get(self, request: Request, pk: int) -> Response:
        """Run every test case of the card under a version."""
        results = run_cases(version_of(pk), at=timezone.now())
        return Response(CaseResultSerializer(results, many=True).data)
