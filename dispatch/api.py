"""Loads over HTTP: list, show, make; and their papers."""

from typing import Any, cast

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import (
    APIException,
    ErrorDetail,
    PermissionDenied,
    ValidationError,
)
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import APIKey, Customer
from accounts.rules import Scope
from dispatch.filters import LoadFilters
from dispatch.models import Document, Load
from dispatch.operations.costing import record_cost
from dispatch.operations.planning import LoadExists, create_load
from dispatch.operations.routing import PlanError
from dispatch.queries.costs import costs_of
from dispatch.queries.loads import listed_loads, papers_of, told_loads
from dispatch.serializers import (
    DocumentSerializer,
    LoadCostSerializer,
    LoadDetailSerializer,
    LoadSerializer,
    NewLoadCostSerializer,
    NewLoadSerializer,
)
from journal.api import AllowedParameters, KeysetPagination, StrictJSONParser, refusals

SOURCE = "api"


class LoadExistsError(APIException):
    """The customer has a load of that shipment id already."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "load_exists"


class LoadListView(ListAPIView[Load]):
    """`/api/v1/loads/`"""

    scope = {"GET": Scope.LOADS_READ, "POST": Scope.LOADS_WRITE}
    serializer_class = LoadSerializer
    parser_classes = (StrictJSONParser,)
    pagination_class = KeysetPagination
    filter_backends = (AllowedParameters,)
    filterset_class = LoadFilters

    def get_queryset(self) -> QuerySet[Load]:
        """Return the loads that the key may see."""
        return listed_loads(self.request.user)

    @extend_schema(
        operation_id="loads_list", responses={200: LoadSerializer, **refusals(400, 401, 403)}
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List loads, newest first."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="loads_create",
        request=NewLoadSerializer,
        responses={201: LoadDetailSerializer, **refusals(400, 401, 403, 409, 415)},
        filters=False,
    )
    def post(self, request: Request) -> Response:
        """Make a load. Its SHIPMENT_ID, when it has one, names one load of the customer."""
        body = NewLoadSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        key = cast(APIKey, request.user)
        customer = find_customer(key, code=body.validated_data.get("customer"))
        load = self.make(body, customer=customer, key=key)
        shown = told_loads(key).get(pk=load.pk)
        return Response(LoadDetailSerializer(shown).data, status=status.HTTP_201_CREATED)

    def make(self, body: NewLoadSerializer, *, customer: Customer, key: APIKey) -> Load:
        """Create the load; turn the domain's refusals into those of the API."""
        try:
            return create_load(
                body.to_facts(), customer=customer, by=key.actor, at=timezone.now(), source=SOURCE
            )
        except PlanError as error:
            raise refused(error.field, error.code, str(error)) from error
        except LoadExists as error:
            raise LoadExistsError(str(error)) from error


class LoadView(RetrieveAPIView[Load]):
    """`/api/v1/loads/{number}/`"""

    scope = {"GET": Scope.LOADS_READ}
    serializer_class = LoadDetailSerializer
    filter_backends = (AllowedParameters,)
    lookup_field = "number"

    def get_queryset(self) -> QuerySet[Load]:
        """Return the loads that the key may see, with everything that is known of them."""
        return told_loads(self.request.user)

    @extend_schema(
        operation_id="loads_retrieve",
        responses={200: LoadDetailSerializer, **refusals(400, 401, 403, 404)},
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Show a load with its stops and what was told about it."""
        return super().get(request, *args, **kwargs)


class LoadDocumentsView(ListAPIView[Document]):
    """`/api/v1/loads/{number}/documents/`"""

    scope = {"GET": Scope.LOADS_READ}
    serializer_class = DocumentSerializer
    pagination_class = KeysetPagination
    filter_backends = (AllowedParameters,)
    queryset = Document.objects.none()

    def get_queryset(self) -> QuerySet[Document]:
        """Return the papers of a load that the key may see; raises Http404 for another."""
        key = self.request.user
        load = get_object_or_404(Load.objects.for_user(key), number=self.kwargs["number"])
        return papers_of(load)

    @extend_schema(
        operation_id="loads_documents_list",
        responses={200: DocumentSerializer, **refusals(400, 401, 403, 404)},
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List the papers of a load, newest first."""
        return super().get(request, *args, **kwargs)


class LoadCostsView(APIView):
    """`/api/v1/loads/{number}/costs/`: for the carrier's own systems, never a customer's."""

    scope = {"GET": Scope.LOADS_READ, "POST": Scope.LOADS_WRITE}
    parser_classes = (StrictJSONParser,)

    @extend_schema(
        operation_id="loads_costs_list",
        responses={200: LoadCostSerializer(many=True), **refusals(401, 403, 404)},
    )
    def get(self, request: Request, number: str) -> Response:
        """Show what the load costs, the newest of each kind."""
        return self.answer(self.find(request, number))

    @extend_schema(
        operation_id="loads_costs_create",
        request=NewLoadCostSerializer,
        responses={200: LoadCostSerializer(many=True), **refusals(400, 401, 403, 404, 415)},
    )
    def post(self, request: Request, number: str) -> Response:
        """Keep a cost. Saying the same again changes nothing."""
        body = NewLoadCostSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        load = self.find(request, number)
        key = cast(APIKey, request.user)
        record_cost(load, source=SOURCE, by=key.actor, at=timezone.now(), **body.validated_data)
        return self.answer(load)

    def find(self, request: Request, number: str) -> Load:
        """Return the load; raises PermissionDenied for a key of a customer, Http404."""
        if cast(APIKey, request.user).customer_ids is not None:
            raise PermissionDenied("Costs are for the carrier's own systems.", code="scope")
        return get_object_or_404(Load, number=number)

    def answer(self, load: Load) -> Response:
        """Return the costs that count."""
        return Response(LoadCostSerializer(costs_of(load), many=True).data)


def find_customer(key: APIKey, *, code: str | None) -> Customer:
    """Return the customer that a body names, or the only one the key speaks for.

    Raises:
        ValidationError: `required` or `unknown_customer`.
    """
    if code is None and key.customer is None:
        raise refused("customer", "required", "Say whose load it is.")
    known = Customer.objects.for_user(key)
    found = known.filter(code=code).first() if code is not None else key.customer
    if found is None:
        raise refused("customer", "unknown_customer", f"{code!r} is no customer of this key.")
    return found


def refused(field: str, code: str, sentence: str) -> ValidationError:
    """Return the refusal of one field of a body."""
    return ValidationError({field: [ErrorDetail(sentence, code=code)]})
