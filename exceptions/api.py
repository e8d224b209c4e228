"""Cases over HTTP, to be read: decisions are made by people."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.rules import Scope
from exceptions.filters import CaseFilters
from exceptions.models import Case
from exceptions.queries.telling import listed_cases, told_cases
from exceptions.serializers import CaseDetailSerializer, CaseSerializer
from journal.api import AllowedParameters, KeysetPagination, refusals


class CaseListView(ListAPIView[Case]):
    """`/api/v1/cases/`"""

    scope = Scope.CASES_READ
    serializer_class = CaseSerializer
    pagination_class = KeysetPagination
    filter_backends = (AllowedParameters,)
    filterset_class = CaseFilters
    queryset = Case.objects.none()

    def get_queryset(self) -> QuerySet[Case]:
        """Return the cases that the key may see."""
        return listed_cases(self.request.user, at=timezone.now())

    @extend_schema(
        operation_id="cases_list", responses={200: CaseSerializer, **refusals(400, 401, 403)}
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List cases, newest first."""
        return super().get(request, *args, **kwargs)


class CaseView(RetrieveAPIView[Case]):
    """`/api/v1/cases/{number}/`"""

    scope = Scope.CASES_READ
    serializer_class = CaseDetailSerializer
    filter_backends = (AllowedParameters,)
    lookup_field = "number"
    queryset = Case.objects.none()

    def get_queryset(self) -> QuerySet[Case]:
        """Return the cases that the key may see, with their trail."""
        return told_cases(self.request.user, at=timezone.now())

    @extend_schema(
        operation_id="cases_retrieve",
        responses={200: CaseDetailSerializer, **refusals(400, 401, 403, 404)},
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Show a case with its evidence, what to do about it, and what was done."""
        return super().get(request, *args, **kwargs)
