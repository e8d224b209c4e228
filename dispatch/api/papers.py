"""Papers of loads over HTTP: filed, listed, taken home, judged."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponseBase
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.doors import (
    CarriersView,
    GivenReasonSerializer,
    NothingSerializer,
    described,
    valid,
    who,
)
from accounts.api.keys import HasScope, IsCarriersKey
from accounts.api.once import answer_once, require_unchanged, tag_of
from accounts.rules import Scope
from dispatch.api.loads import SOURCE, find_load
from dispatch.api.renderers import AnyRenderer
from dispatch.api.steps import require_stop
from dispatch.events import DocumentFacts
from dispatch.models import Document
from dispatch.operations.filing import Acceptance, accept_document, file_paper, reject_document
from dispatch.operations.tracking import lock_loads
from dispatch.queries.blobs import BlobMissing, open_blob
from dispatch.queries.papers import known_papers, papers_of
from dispatch.serializers.loads import DocumentSerializer
from dispatch.serializers.steps import DocumentDetailSerializer, NewDocumentSerializer
from journal.api import AllowedParameters, KeysetPagination, refusals

Judge = Callable[..., Document]


class LoadDocumentsView(ListAPIView[Document]):
    """`/api/v1/loads/{number}/documents/`"""

    scope = {"GET": Scope.LOADS_READ, "POST": Scope.LOADS_WRITE}
    serializer_class = DocumentSerializer
    parser_classes = (MultiPartParser,)
    pagination_class = KeysetPagination
    filter_backends = (AllowedParameters,)
    queryset = Document.objects.none()

    def get_permissions(self) -> list[Any]:
        """Let customers read; papers are filed by the carrier."""
        return [HasScope()] if self.request.method != "POST" else [HasScope(), IsCarriersKey()]

    def get_queryset(self) -> QuerySet[Document]:
        """Return the papers of a load that the key may see; raises Http404 for another."""
        return papers_of(find_load(self.request, self.kwargs["number"]), self.request.user)

    @extend_schema(
        operation_id="loads_documents_list",
        responses={200: DocumentSerializer, **refusals(400, 401, 403, 404)},
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List the papers of a load, newest first."""
        return super().get(request, *args, **kwargs)

    @described(
        "loads_documents_create", body=NewDocumentSerializer, answer=DocumentDetailSerializer,
        code=status.HTTP_201_CREATED, refused_by=(413,),
    )  # fmt: skip
    def post(self, request: Request, number: str) -> Response:
        """File a paper: a PDF, an image or a text, told by its bytes; a legible POD is accepted."""
        body = NewDocumentSerializer(data=request.data)
        content = valid(body)["content"].read()

        def file() -> Response:
            told = dict(body.validated_data)
            load, upload = find_load(request, number), told.pop("content")
            stop = told.pop("stop", None)
            require_stop(load, stop)
            facts = DocumentFacts(filename=upload.name, content=content, stop_sequence=stop, **told)
            paper = file_paper(
                load, facts=facts, source=SOURCE, acceptance=Acceptance.BY_RULE, **who(request)
            )
            return _shown(request, paper, code=status.HTTP_201_CREATED)

        return answer_once(request, file, content=content)


class DocumentView(APIView):
    """`/api/v1/documents/{id}/`"""

    scope = Scope.LOADS_READ

    @extend_schema(
        operation_id="documents_retrieve",
        responses={200: DocumentDetailSerializer, **refusals(401, 403, 404)},
    )
    def get(self, request: Request, pk: int) -> Response:
        """Show what is known of a paper."""
        return _shown(request, find_paper(request, pk))


class DocumentContentView(APIView):
    """`/api/v1/documents/{id}/content/`"""

    scope = Scope.LOADS_READ
    renderer_classes = (AnyRenderer,)

    @extend_schema(
        operation_id="documents_content",
        responses={
            (200, "*/*"): OpenApiResponse(
                OpenApiTypes.BINARY, "The bytes as they were received, in their own media type."
            ),
            **refusals(401, 403, 404),
        },
    )
    def get(self, request: Request, pk: int) -> HttpResponseBase:
        """Send a paper as it was received."""
        paper = find_paper(request, pk)
        try:
            content = open_blob(paper.sha256)
        except BlobMissing as error:
            raise Http404 from error
        return FileResponse(
            content,
            as_attachment=True,
            filename=paper.filename,
            content_type=paper.content_type,
            headers={"ETag": f'"{paper.sha256}"', "X-Content-Type-Options": "nosniff"},
        )


class DocumentJudgeView(CarriersView):
    """`/api/v1/documents/{id}/{accept,reject}/`: what billing waits for."""

    scope = Scope.INVOICES_WRITE

    def judge(self, request: Request, pk: int, decide: Judge, body: Any) -> Response:
        """Decide about a paper once, and show it."""

        def once() -> Response:
            paper = find_paper(request, pk)
            lock_loads([paper.load_id])
            require_unchanged(request, paper, what=paper.filename)
            decide(paper, **valid(body(data=request.data)), **who(request))
            return _shown(request, paper)

        return answer_once(request, once)


class DocumentAcceptView(DocumentJudgeView):
    """`/api/v1/documents/{id}/accept/`"""

    @described("documents_accept", body=None, answer=DocumentDetailSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """Accept a paper: what waited for it goes on."""
        return self.judge(request, pk, accept_document, NothingSerializer)


class DocumentRejectView(DocumentJudgeView):
    """`/api/v1/documents/{id}/reject/`"""

    @described("documents_reject", body=GivenReasonSerializer, answer=DocumentDetailSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """Reject a paper for a reason: what waited for it waits again."""
        return self.judge(request, pk, reject_document, GivenReasonSerializer)


def find_paper(request: Request, pk: int) -> Document:
    """Return a paper that the key may see; raises Http404 for another."""
    return get_object_or_404(known_papers(request.user), pk=pk)


def _shown(request: Request, paper: Document, *, code: int = status.HTTP_200_OK) -> Response:
    tag = tag_of(paper)
    shown = DocumentDetailSerializer(paper, context={"request": request})
    return Response(shown.data, status=code, headers={"ETag": tag})
