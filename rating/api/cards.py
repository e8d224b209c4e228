"""Rate cards over HTTP, for the carrier's own systems: kept, imported, submitted, published."""

from collections.abc import Callable
from typing import Any, cast

from django.db.models import QuerySet
from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.exceptions import APIException, ErrorDetail, PermissionDenied, ValidationError
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.parsers import MultiPartParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from accounts.models import APIKey, Customer
from accounts.rules import Scope
from journal.api import AllowedParameters, KeysetPagination, StrictJSONParser, refusals
from journal.operations.lifecycle import IllegalMove
from rating.engine.money import UnknownCurrency
from rating.filters import LaneFilters, VersionFilters
from rating.models import Lane, RateCard, RateCardVersion, RateImport, RateTestCase
from rating.operations.carding import (
    approve_version,
    checks,
    create_card,
    draft_next,
    draft_version,
    publish_version,
    return_version,
    submit_version,
)
from rating.operations.editing import (
    EditRefused,
    add_lane,
    change_lane,
    change_settings,
    remove_lane,
)
from rating.operations.exporting import csv_bytes, xlsx_file
from rating.operations.importing import (
    answer_import,
    apply_import,
    discard_import,
    inspect_sheet,
    receive_import,
)
from rating.operations.importing.opening import XLSX
from rating.operations.testing import run_cases
from rating.queries.comparisons import (
    changed_lanes,
    compare_rules,
    compare_settings,
    count_changes,
    removed_lanes,
)
from rating.queries.exports import grid_rows, list_rows
from rating.serializers.cards import (
    AnswersSerializer,
    CardSerializer,
    CaseResultSerializer,
    CheckSerializer,
    ComparisonSerializer,
    ImportSerializer,
    LaneCellsSerializer,
    LaneChangeSerializer,
    LaneSerializer,
    NewCardSerializer,
    NewImportSerializer,
    NewVersionSerializer,
    ReasonSerializer,
    SettingsSerializer,
    TestCaseSerializer,
    VersionSerializer,
    given,
)

BOTH = {
    "GET": Scope.RATES_READ, "POST": Scope.RATES_WRITE, "PATCH": Scope.RATES_WRITE,
    "DELETE": Scope.RATES_WRITE,
}  # fmt: skip
PAGE = 50
FORMATS = {"csv": "text/csv", "xlsx": XLSX}


class WrongStatus(APIException):
    """The row is in no status for this."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "wrong_status"


class FileRenderer(JSONRenderer):
    """Accepts a request for a file. Its bytes are streamed; a refusal is JSON."""

    media_type = "*/*"
    format = "csv"


class CarriersView(APIView):
    """Open to keys of the carrier's own systems; a customer's key sees no tariff being made."""

    scope = BOTH
    parser_classes: Any = (StrictJSONParser,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse a key that belongs to a customer."""
        super().initial(request, *args, **kwargs)
        if key_of(request).customer_ids is not None:
            raise PermissionDenied("Rate cards are kept by the carrier.", code="staff_only")

    def handle_exception(self, exc: Exception) -> Response:
        """Answer what an operation refuses by its field."""
        if isinstance(exc, IllegalMove):
            exc = WrongStatus(str(exc))
        elif isinstance(exc, EditRefused) and exc.status == status.HTTP_400_BAD_REQUEST:
            exc = ValidationError(
                {name: [ErrorDetail(told, code=exc.code)] for name, told in exc.faults.items()}
            )
        return super().handle_exception(exc)


class CardListView(CarriersView, ListAPIView[RateCard]):
    """`/api/v1/rate-cards/`"""

    serializer_class = CardSerializer
    pagination_class = KeysetPagination
    filter_backends = (AllowedParameters,)
    queryset = RateCard.objects.select_related("customer")

    @extend_schema(
        operation_id="rate_cards_list",
        responses={200: CardSerializer, **refusals(400, 401, 403)},
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List cards, newest first."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="rate_cards_create",
        request=NewCardSerializer,
        responses={201: CardSerializer, **refusals(400, 401, 403, 415)},
        filters=False,
    )
    def post(self, request: Request) -> Response:
        """Make a card without a version."""
        told = valid(NewCardSerializer(data=request.data))
        code = told.pop("customer", None)
        customer = Customer.objects.filter(code=code).first() if code else None
        if code and customer is None:
            raise refused("customer", "unknown_customer", f"{code!r} is no customer.")
        if RateCard.objects.filter(name=told["name"]).exists():
            raise refused("name", "card_exists", "There is a card of that name already.")
        try:
            card = create_card(**told, customer=customer, **who(request))
        except UnknownCurrency as error:
            raise refused("currency", "unknown_currency", str(error)) from error
        return Response(CardSerializer(card).data, status=status.HTTP_201_CREATED)


class VersionListView(CarriersView, ListAPIView[RateCardVersion]):
    """`/api/v1/rate-cards/{id}/versions/`"""

    serializer_class = VersionSerializer
    pagination_class = KeysetPagination
    filter_backends = (AllowedParameters,)
    filterset_class = VersionFilters
    queryset = RateCardVersion.objects.none()

    def get_queryset(self) -> QuerySet[RateCardVersion]:
        """Return the versions of a card."""
        card = get_object_or_404(RateCard, pk=self.kwargs["pk"])
        return card.versions.select_related("card", "fuel")

    @extend_schema(
        operation_id="rate_card_versions_list",
        responses={200: VersionSerializer, **refusals(400, 401, 403, 404)},
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List the versions of a card, newest first."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="rate_card_versions_draft",
        request=NewVersionSerializer,
        responses={201: VersionSerializer, **refusals(400, 401, 403, 404, 415)},
        filters=False,
    )
    def post(self, request: Request, pk: int) -> Response:
        """Draft a version: empty, or with everything of another one."""
        card = get_object_or_404(RateCard, pk=pk)
        told = valid(NewVersionSerializer(data=request.data))
        period: dict[str, Any] = {
            "effective_from": told["effective_from"],
            "effective_to": told.get("effective_to"),
        }
        if period["effective_to"] and period["effective_to"] < period["effective_from"]:
            raise refused("effective_to", "before_begin", "A version ends after it begins.")
        if (copied := told.get("copy_of")) is None:
            drafted = draft_version(card, **period, note=told.get("note", ""), **who(request))
        else:
            model = card.versions.filter(pk=copied).select_related("card", "fuel").first()
            if model is None:
                raise refused("copy_of", "unknown_version", "The card has no such version.")
            drafted = draft_next(model, **period, **who(request))
        return Response(VersionSerializer(drafted).data, status=status.HTTP_201_CREATED)


class VersionView(CarriersView):
    """`/api/v1/rate-card-versions/{id}/`"""

    @extend_schema(
        operation_id="rate_card_versions_retrieve",
        responses={200: VersionSerializer, **refusals(401, 403, 404)},
    )
    def get(self, request: Request, pk: int) -> Response:
        """Show a version."""
        return Response(VersionSerializer(version_of(pk)).data)

    @extend_schema(
        operation_id="rate_card_versions_change",
        request=SettingsSerializer,
        responses={200: VersionSerializer, **refusals(400, 401, 403, 404, 409, 415)},
    )
    def patch(self, request: Request, pk: int) -> Response:
        """Change settings of a draft."""
        version = version_of(pk)
        told = valid(SettingsSerializer(data=request.data))
        if told:
            change_settings(version, changes=told, **who(request))
        return Response(VersionSerializer(version).data)


MOVES: Any = {
    "request": ReasonSerializer,
    "responses": {200: VersionSerializer, **refusals(400, 401, 403, 404, 409, 415, 422)},
}


class VersionMoveView(CarriersView):
    """Moves a version on, or back."""

    def move(self, pk: int, step: Callable[..., RateCardVersion]) -> Response:
        """Take one step of a version's life; the body says why."""
        version = version_of(pk)
        reason = valid(ReasonSerializer(data=self.request.data))["reason"]
        step(version, reason=reason, **who(self.request))
        return Response(VersionSerializer(version_of(pk)).data)


class SubmitView(VersionMoveView):
    """`/api/v1/rate-card-versions/{id}/submit/`"""

    @extend_schema(operation_id="rate_card_versions_submit", **MOVES)
    def post(self, request: Request, pk: int) -> Response:
        """Freeze a draft and ask somebody else to approve it."""
        return self.move(pk, submit_version)


class ApproveView(VersionMoveView):
    """`/api/v1/rate-card-versions/{id}/approve/`"""

    @extend_schema(operation_id="rate_card_versions_approve", **MOVES)
    def post(self, request: Request, pk: int) -> Response:
        """Accept a submitted version."""
        return self.move(pk, approve_version)


class ReturnView(VersionMoveView):
    """`/api/v1/rate-card-versions/{id}/return/`"""

    @extend_schema(operation_id="rate_card_versions_return", **MOVES)
    def post(self, request: Request, pk: int) -> Response:
        """Open a submitted or approved version again, with the reason."""
        return self.move(pk, return_version)


class PublishView(VersionMoveView):
    """`/api/v1/rate-card-versions/{id}/publish/`"""

    @extend_schema(operation_id="rate_card_versions_publish", **MOVES)
    def post(self, request: Request, pk: int) -> Response:
        """Put an approved version in force on its dates."""
        return self.move(pk, lambda version, reason, **who: publish_version(version, **who))


class VersionChecksView(CarriersView):
    """`/api/v1/rate-card-versions/{id}/checks/`"""

    @extend_schema(
        operation_id="rate_card_versions_checks",
        responses={200: CheckSerializer(many=True), **refusals(401, 403, 404)},
    )
    def get(self, request: Request, pk: int) -> Response:
        """Show what is looked at before approval."""
        found = checks(version_of(pk), at=timezone.now())
        return Response(CheckSerializer(found, many=True).data)


class ComparisonView(CarriersView):
    """`/api/v1/rate-card-versions/{id}/changes/{other}/`"""

    @extend_schema(
        operation_id="rate_card_versions_compare",
        parameters=[OpenApiParameter("after_row", int, description="`next_row` of the last page.")],
        responses={200: ComparisonSerializer, **refusals(400, 401, 403, 404)},
    )
    def get(self, request: Request, pk: int, other: int) -> Response:
        """Show what a version changes of another, lanes in pages of 50."""
        after, before = version_of(pk), version_of(other)
        row = _row(request.query_params.get("after_row", "0"))
        lanes = changed_lanes(before, after, after_row=row, limit=PAGE)
        gone = removed_lanes(before, after, after_row=row, limit=PAGE)
        last = [page[-1].row or 0 for page in (lanes, gone) if len(page) == PAGE]
        counts = count_changes(before, after)
        shown = {
            "added": counts.added, "changed": counts.changed, "removed": counts.removed,
            "unchanged": counts.unchanged, "settings": compare_settings(before, after),
            "rules": compare_rules(before, after),
            "lanes": [each for each in lanes if not last or (each.row or 0) <= min(last)],
            "removed_lanes": [each for each in gone if not last or (each.row or 0) <= min(last)],
            "next_row": min(last) if last else None,
        }  # fmt: skip
        return Response(ComparisonSerializer(shown).data)


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


class ExportView(CarriersView):
    """`/api/v1/rate-card-versions/{id}/export.{csv,xlsx}`"""

    renderer_classes = (FileRenderer, JSONRenderer)

    @extend_schema(
        operation_id="rate_card_versions_export",
        parameters=[
            OpenApiParameter("layout", str, enum=["list", "grid"], description="list if left out")
        ],
        responses={
            (200, "text/csv"): OpenApiResponse(OpenApiTypes.BINARY, "The sheet import takes."),
            **refusals(400, 401, 403, 404, 409),
        },
    )
    def get(self, request: Request, pk: int, suffix: str) -> HttpResponseBase:
        """Send the lanes as the sheet that import takes."""
        version = version_of(pk)
        layout = request.query_params.get("layout", "list")
        if layout not in ("list", "grid"):
            raise refused("layout", "invalid_layout", "The layout is list or grid.")
        lines = grid_rows(version) if layout == "grid" else list_rows(version)
        name = f"rate-card-{version.card_id}-v{version.number}.{suffix}"
        if suffix == "xlsx":
            sheet = xlsx_file(lines, title="Lanes")
            return FileResponse(sheet, as_attachment=True, filename=name, content_type=XLSX)
        return StreamingHttpResponse(
            csv_bytes(lines),
            content_type=FORMATS[suffix],
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )


class ImportListView(CarriersView, ListAPIView[RateImport]):
    """`/api/v1/rate-card-versions/{id}/imports/`"""

    serializer_class = ImportSerializer
    pagination_class = KeysetPagination
    filter_backends = (AllowedParameters,)
    parser_classes = (MultiPartParser,)
    queryset = RateImport.objects.none()

    def get_queryset(self) -> QuerySet[RateImport]:
        """Return the imports into a version."""
        return version_of(self.kwargs["pk"]).imports.all()

    @extend_schema(
        operation_id="rate_imports_list",
        responses={200: ImportSerializer, **refusals(400, 401, 403, 404)},
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List imports into a version, newest first."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="rate_imports_upload",
        request={"multipart/form-data": NewImportSerializer},
        responses={202: ImportSerializer, **refusals(400, 401, 403, 404, 409, 415, 422)},
        filters=False,
    )
    def post(self, request: Request, pk: int) -> Response:
        """Upload a CSV or XLSX sheet; a worker reads it, and `status` tells when it is READY."""
        version = version_of(pk)
        told = valid(NewImportSerializer(data=request.data))
        upload = inspect_sheet(told["file"].name, told["file"].read())
        batch = receive_import(
            version, upload=upload, mode=told["mode"], options=given(told), **who(request)
        )
        return Response(ImportSerializer(batch).data, status=status.HTTP_202_ACCEPTED)


class ImportView(CarriersView, RetrieveAPIView[RateImport]):
    """`/api/v1/rate-imports/{id}/`"""

    serializer_class = ImportSerializer
    queryset = RateImport.objects.select_related("version__card")
    filter_backends = ()

    @extend_schema(
        operation_id="rate_imports_retrieve",
        responses={200: ImportSerializer, **refusals(401, 403, 404)},
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Show how far an import is: its preview, its questions, every cell that is wrong."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="rate_imports_answer",
        request=AnswersSerializer,
        responses={200: ImportSerializer, **refusals(400, 401, 403, 404, 409, 415)},
    )
    def patch(self, request: Request, pk: int) -> Response:
        """Answer what an import asks; it is read again."""
        told = valid(AnswersSerializer(data=request.data))
        batch = answer_import(
            self.get_object(), options=told["options"], mode=told.get("mode", ""), **who(request)
        )
        return Response(ImportSerializer(batch).data)

    @extend_schema(
        operation_id="rate_imports_discard",
        responses={200: ImportSerializer, **refusals(401, 403, 404, 409)},
    )
    def delete(self, request: Request, pk: int) -> Response:
        """Give an import up."""
        return Response(ImportSerializer(discard_import(self.get_object(), **who(request))).data)


class ImportApplyView(CarriersView):
    """`/api/v1/rate-imports/{id}/apply/`"""

    @extend_schema(
        operation_id="rate_imports_apply",
        request=None,
        responses={202: ImportSerializer, **refusals(401, 403, 404, 409)},
    )
    def post(self, request: Request, pk: int) -> Response:
        """Have a worker write what was previewed into the draft, all of it or nothing."""
        batch = get_object_or_404(RateImport.objects.select_related("version__card"), pk=pk)
        apply_import(batch, **who(request))
        return Response(ImportSerializer(batch).data, status=status.HTTP_202_ACCEPTED)


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


def key_of(request: Request) -> APIKey:
    """The key of a request."""
    return cast(APIKey, request.user)


def who(request: Request) -> dict[str, Any]:
    """Who asks, and when."""
    return {"by": key_of(request).actor, "at": timezone.now()}


def version_of(pk: int) -> RateCardVersion:
    """The version of an address; raises Http404."""
    known = RateCardVersion.objects.select_related("card", "fuel__series")
    return get_object_or_404(known, pk=pk)


def valid(body: BaseSerializer[Any]) -> dict[str, Any]:
    """What a body says; raises ValidationError."""
    body.is_valid(raise_exception=True)
    return dict(body.validated_data)


def refused(field: str, code: str, sentence: str) -> ValidationError:
    """The refusal of one field of a body."""
    return ValidationError({field: [ErrorDetail(sentence, code=code)]})


def _row(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise refused("after_row", "invalid_row", "A row is a whole number.")
    return int(text)
