"""Sheets of lanes over HTTP: exported, and imported with a preview."""

from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.parsers import MultiPartParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.doors import described
from accounts.api.once import answer_once, require_unchanged, tag_of
from journal.api import AllowedParameters, KeysetPagination, refusals
from rating.api.doors import (
    CarriersView,
    hold_version,
    refused,
    valid,
    version_of,
    who,
)
from rating.models import RateImport
from rating.operations.exporting import csv_bytes, xlsx_file
from rating.operations.importing import (
    answer_import,
    apply_import,
    discard_import,
    inspect_sheet,
    receive_import,
)
from rating.operations.importing.opening import XLSX
from rating.queries.exports import grid_rows, list_rows
from rating.serializers.cards import (
    AnswersSerializer,
    ImportSerializer,
    NewImportSerializer,
    given,
)

FORMATS = {"csv": "text/csv", "xlsx": XLSX}


class FileRenderer(JSONRenderer):
    """Accepts a request for a file. Its bytes are streamed; a refusal is JSON."""

    media_type = "*/*"
    format = "csv"


class ExportView(CarriersView):
    """`/api/v1/rate-card-versions/{id}/export.{csv,xlsx}`"""

    renderer_classes = (FileRenderer, JSONRenderer)

    @extend_schema(
        operation_id="rate_card_versions_export",
        parameters=[
            OpenApiParameter("layout", str, enum=["list", "grid"], description="list if left out"),
            OpenApiParameter("id", {"type": "integer"}, OpenApiParameter.PATH),
            OpenApiParameter("suffix", str, OpenApiParameter.PATH, enum=["csv", "xlsx"]),
        ],
        responses={
            (200, "text/csv"): OpenApiResponse(OpenApiTypes.BINARY, "The sheet import takes."),
            (200, XLSX): OpenApiResponse(OpenApiTypes.BINARY, "The same as a workbook."),
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

    @described(
        "rate_imports_upload", body={"multipart/form-data": NewImportSerializer},
        answer=ImportSerializer, code=status.HTTP_202_ACCEPTED,
    )  # fmt: skip
    def post(self, request: Request, pk: int) -> Response:
        """Upload a CSV or XLSX sheet; a worker reads it, and `status` tells when it is READY."""
        told = valid(NewImportSerializer(data=request.data))
        content = told["file"].read()

        def receive() -> Response:
            version = hold_version(request, pk)
            upload = inspect_sheet(told["file"].name, content)
            batch = receive_import(
                version, upload=upload, mode=told["mode"], options=given(told), **who(request)
            )
            return Response(ImportSerializer(batch).data, status=status.HTTP_202_ACCEPTED)

        return answer_once(request, receive, content=content)


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
        tag = tag_of(self.get_object())
        response = super().get(request, *args, **kwargs)
        response["ETag"] = tag
        return response

    @described("rate_imports_answer", body=AnswersSerializer, answer=ImportSerializer)
    def patch(self, request: Request, pk: int) -> Response:
        """Answer what an import asks; it is read again."""

        def answer() -> Response:
            batch = hold_import(request, pk)
            told = valid(AnswersSerializer(data=request.data))
            options, mode = told["options"], told.get("mode", "")
            return show_import(answer_import(batch, options=options, mode=mode, **who(request)))

        return answer_once(request, answer)

    @described("rate_imports_discard", body=None, answer=ImportSerializer)
    def delete(self, request: Request, pk: int) -> Response:
        """Give an import up."""

        def discard() -> Response:
            return show_import(discard_import(hold_import(request, pk), **who(request)))

        return answer_once(request, discard)


class ImportApplyView(CarriersView):
    """`/api/v1/rate-imports/{id}/apply/`"""

    @described("rate_imports_apply", body=None, answer=ImportSerializer, code=202)
    def post(self, request: Request, pk: int) -> Response:
        """Have a worker write what was previewed into the draft, all of it or nothing."""

        def apply() -> Response:
            batch = hold_import(request, pk)
            apply_import(batch, **who(request))
            return show_import(batch, code=status.HTTP_202_ACCEPTED)

        return answer_once(request, apply)


def hold_import(request: Request, pk: int) -> RateImport:
    """Return the import of an address; raises Http404, StaleWrite."""
    known = RateImport.objects.select_for_update(of=("self",)).select_related("version__card")
    batch = get_object_or_404(known, pk=pk)
    require_unchanged(request, batch, what=batch.filename)
    return batch


def show_import(batch: RateImport, *, code: int = status.HTTP_200_OK) -> Response:
    """Return an import as it stands now."""
    headers = {"ETag": tag_of(batch)}
    return Response(ImportSerializer(batch).data, status=code, headers=headers)
