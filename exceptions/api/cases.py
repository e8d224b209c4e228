"""Cases over HTTP: read, assigned, commented on and put away."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.once import ONCE, answer_once
from accounts.models import APIKey
from accounts.rules import Scope
from exceptions.filters import CaseFilters
from exceptions.models import Case
from exceptions.operations.assigning import assign_case
from exceptions.operations.commenting import comment_on_case
from exceptions.operations.snoozing import snooze_case
from exceptions.queries.telling import listed_cases, told_cases
from exceptions.serializers import (
    AssignmentSerializer,
    CaseDetailSerializer,
    CaseSerializer,
    CommentSerializer,
    SnoozeSerializer,
)
from journal.api import (
    AllowedParameters,
    KeysetPagination,
    StrictJSONParser,
    StrictSerializer,
    refusals,
)


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
        """Show a case with its evidence, what to do, and what was done; the ETag is its version."""
        response = super().get(request, *args, **kwargs)
        response["ETag"] = f'"{response.data["version"]}"'
        return response


class CaseStepView(APIView):
    """`/api/v1/cases/{number}/{step}/`: one step on a case, once."""

    scope = Scope.CASES_WRITE
    parser_classes: Any = (StrictJSONParser,)
    serializer: type[StrictSerializer]

    def step(self, case: Case, *, by: str, version: int | None, **told: Any) -> None:
        """Make the step."""
        raise NotImplementedError

    def act(self, request: Request, number: str) -> Response:
        """Make the step on the case of an address, once, and show the case."""

        def once() -> Response:
            cases = told_cases(request.user, at=timezone.now())
            case = get_object_or_404(cases, number=number)
            body = self.serializer(data=request.data)
            body.is_valid(raise_exception=True)
            by = cast(APIKey, request.user).actor
            self.step(case, by=by, version=_version(request), **body.validated_data)
            return Response(CaseDetailSerializer(cases.get(pk=case.pk)).data)

        return answer_once(request, once)


def _version(request: Request) -> int | None:
    """Return the version that the caller saw; one that cannot be ours never matches."""
    told = request.headers.get("If-Match", "").strip('"')
    if not told:
        return None
    return int(told) if told.isdecimal() and len(told) < 10 else -1


Post = TypeVar("Post", bound=Callable[..., Response])


def described(
    operation_id: str, serializer: type[StrictSerializer] | None
) -> Callable[[Post], Post]:
    """Describe a step for the schema."""
    return extend_schema(
        operation_id=operation_id,
        parameters=ONCE,
        request=serializer,
        responses={
            200: CaseDetailSerializer, **refusals(400, 401, 403, 404, 409, 415, 422),
        },
    )  # fmt: skip


class CaseAssignView(CaseStepView):
    """`/api/v1/cases/{number}/assign/`"""

    serializer = AssignmentSerializer

    @described("cases_assign", AssignmentSerializer)
    def post(self, request: Request, number: str) -> Response:
        """Give a case to one of the staff, by e-mail address, or back to its team."""
        return self.act(request, number)

    def step(self, case: Case, *, by: str, version: int | None, **told: Any) -> None:
        """Assign it."""
        assign_case(case, to=told["to"], by=by, at=timezone.now(), version=version)


class CaseCommentView(CaseStepView):
    """`/api/v1/cases/{number}/comment/`"""

    serializer = CommentSerializer

    @described("cases_comment", CommentSerializer)
    def post(self, request: Request, number: str) -> Response:
        """Say something about a case."""
        return self.act(request, number)

    def step(self, case: Case, *, by: str, version: int | None, **told: Any) -> None:
        """Append the comment."""
        comment_on_case(case, comment=told["comment"], by=by, at=timezone.now())


class CaseSnoozeView(CaseStepView):
    """`/api/v1/cases/{number}/snooze/`"""

    serializer = SnoozeSerializer

    @described("cases_snooze", SnoozeSerializer)
    def post(self, request: Request, number: str) -> Response:
        """Put a case away until an instant, or take it up again with null."""
        return self.act(request, number)

    def step(self, case: Case, *, by: str, version: int | None, **told: Any) -> None:
        """Put it away."""
        snooze_case(case, **told, by=by, at=timezone.now(), version=version)
