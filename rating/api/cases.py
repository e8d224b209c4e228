"""Test cases of a card over HTTP."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.doors import described
from accounts.api.once import answer_once
from journal.api import AllowedParameters, KeysetPagination, refusals
from rating.api.doors import (
    CarriersView,
    key_of,
    refused,
    valid,
    version_of,
    who,
)
from rating.api.quotes import answer
from rating.models import RateCard, RateTestCase
from rating.operations.testing import (
    expect_quote,
    price_case,
    remove_case,
    run_cases,
    save_case,
)
from rating.serializers.cards import (
    CaseResultSerializer,
    NewTestCaseSerializer,
    TestCaseSerializer,
)
from rating.serializers.quotes import QuoteRequestSerializer


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

    @described("test_cases_save", body=NewTestCaseSerializer, answer=TestCaseSerializer, code=201)
    def post(self, request: Request, pk: int) -> Response:
        """Ask a version what a load costs, and keep that as what the card must charge."""

        def save() -> Response:
            card = get_object_or_404(RateCard, pk=pk)
            body: Any = request.data
            name = valid(NewTestCaseSerializer(data=body))["name"]
            ask = QuoteRequestSerializer(data=body["ask"])
            if "version" not in valid(ask):
                raise refused("ask.version", "required", "Say which version prices it.")
            if not card.versions.filter(pk=ask.validated_data["version"]).exists():
                raise refused("ask.version", "unknown_version", "The card has no such version.")
            quote = answer(ask, key=key_of(request))
            case = save_case(card, name=name, quote=quote, **who(request))
            return Response(TestCaseSerializer(case).data, status=status.HTTP_201_CREATED)

        return answer_once(request, save)


class TestCaseView(CarriersView):
    """`/api/v1/rate-cards/{id}/test-cases/{case}/`"""

    @described("test_cases_remove", body=None, answer=None, code=204)
    def delete(self, request: Request, pk: int, case: int) -> Response:
        """Forget a test case; the journal keeps that it was."""

        def remove() -> Response:
            remove_case(hold_case(case, card=pk), **who(request))
            return Response(status=status.HTTP_204_NO_CONTENT)

        return answer_once(request, remove)


class ExpectView(CarriersView):
    """`/api/v1/rate-card-versions/{id}/test-cases/{case}/expect/`"""

    @described("test_cases_expect", body=None, answer=TestCaseSerializer)
    def post(self, request: Request, pk: int, case: int) -> Response:
        """Expect from now on what this version charges for a test case."""

        def expect() -> Response:
            version = version_of(pk)
            held = hold_case(case, card=version.card_id)
            quote = price_case(held, version=version, at=timezone.now())
            expect_quote(held, quote=quote, **who(request))
            return Response(TestCaseSerializer(held).data)

        return answer_once(request, expect)


def hold_case(pk: int, *, card: int) -> RateTestCase:
    """Lock a test case of a card; raises Http404."""
    known = RateTestCase.objects.select_for_update(of=("self",)).select_related("card")
    return get_object_or_404(known, pk=pk, card=card)


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
