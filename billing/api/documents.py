"""Billing status and issued documents over HTTP, to be read."""

from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.once import tag_of
from accounts.rules import Scope
from billing.filters import InvoiceFilters
from billing.models import Invoice, LoadBilling
from billing.queries.documents import listed_invoices, told_billings, told_invoices
from billing.queries.states import state_tag
from billing.serializers.documents import (
    InvoiceDetailSerializer,
    InvoiceSerializer,
    LoadBillingSerializer,
)
from dispatch.queries.blobs import open_blob
from journal.api import AllowedParameters, KeysetPagination, refusals


class InvoiceImmutable(APIException):
    """An issued document is never changed."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "invoice_immutable"
    default_detail = "An issued document is never changed; a credit note corrects it."


class PDFNotDrawn(APIException):
    """The document is issued, its PDF is being drawn."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "pdf_not_drawn"
    default_detail = "The PDF is being drawn; ask again in a few seconds."
    wait = 5


class PDFRenderer(JSONRenderer):
    """Accepts a request for a PDF. The bytes are sent as they are stored; a refusal is JSON."""

    media_type = "application/pdf"
    format = "pdf"


class LoadBillingView(RetrieveAPIView[LoadBilling]):
    """`/api/v1/loads/{number}/billing/`"""

    scope = {"GET": Scope.LOADS_READ}
    serializer_class = LoadBillingSerializer
    filter_backends = (AllowedParameters,)
    queryset = LoadBilling.objects.none()

    def get_object(self) -> LoadBilling:
        """Return the billing of a load that the key may see; raises Http404 for another."""
        number = self.kwargs["number"]
        return get_object_or_404(told_billings(self.request.user), load__number=number)

    @extend_schema(
        operation_id="loads_billing_retrieve",
        responses={200: LoadBillingSerializer, **refusals(400, 401, 403, 404)},
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Show what a load is worth, and what keeps it from being billed; the ETag is its state."""
        billing = self.get_object()
        tag = tag_of(billing)
        response = super().get(request, *args, **kwargs)
        response["ETag"] = tag
        return response


class InvoiceListView(ListAPIView[Invoice]):
    """`/api/v1/invoices/`"""

    scope = {"GET": Scope.INVOICES_READ}
    serializer_class = InvoiceSerializer
    pagination_class = KeysetPagination
    filter_backends = (AllowedParameters,)
    filterset_class = InvoiceFilters
    queryset = Invoice.objects.none()

    def get_queryset(self) -> QuerySet[Invoice]:
        """Return the invoices that the key may see."""
        return listed_invoices(self.request.user)

    @extend_schema(
        operation_id="invoices_list",
        responses={200: InvoiceSerializer, **refusals(400, 401, 403)},
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List issued documents, newest first."""
        return super().get(request, *args, **kwargs)


class InvoiceView(RetrieveAPIView[Invoice]):
    """`/api/v1/invoices/{number}/`"""

    scope = dict.fromkeys(("GET", "PUT", "PATCH", "DELETE"), Scope.INVOICES_READ)
    serializer_class = InvoiceDetailSerializer
    filter_backends = (AllowedParameters,)
    lookup_field = "number"
    queryset = Invoice.objects.none()

    def get_queryset(self) -> QuerySet[Invoice]:
        """Return the invoices that the key may see, with their lines."""
        return told_invoices(self.request.user)

    @extend_schema(
        operation_id="invoices_retrieve",
        responses={200: InvoiceDetailSerializer, **refusals(400, 401, 403, 404)},
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Show an issued document with its lines; the ETag names its state for later writes."""
        tag = state_tag(self.get_object().state)
        response = super().get(request, *args, **kwargs)
        response["ETag"] = tag
        return response

    @extend_schema(exclude=True)
    def put(self, request: Request, number: str) -> Response:
        """Refuse to change an issued document."""
        self.get_object()
        raise InvoiceImmutable

    patch = put
    delete = put


class InvoicePDFView(APIView):
    """`/api/v1/invoices/{number}/pdf/`"""

    scope = {"GET": Scope.INVOICES_READ}
    renderer_classes = (PDFRenderer, JSONRenderer)

    @extend_schema(
        operation_id="invoices_pdf_retrieve",
        responses={
            (200, "application/pdf"): OpenApiResponse(OpenApiTypes.BINARY, "The stored PDF/A-3b."),
            **refusals(401, 403, 404, 409),
        },
    )
    def get(self, request: Request, number: str) -> HttpResponseBase:
        """Send the PDF that was drawn when the document was issued."""
        invoice = get_object_or_404(listed_invoices(request.user), number=number)
        if not hasattr(invoice, "document"):
            raise PDFNotDrawn
        return FileResponse(
            open_blob(invoice.document.sha256),
            as_attachment=True,
            filename=f"{invoice.number}.pdf",
            content_type=PDFRenderer.media_type,
            headers={"ETag": f'"{invoice.document.sha256}"'},
        )
