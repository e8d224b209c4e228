"""Loads over HTTP: list, show, make, change and call off."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.doors import CarriersView, described, key_of, refused, valid, who
from accounts.api.keys import HasScope, IsCarriersKey
from accounts.api.once import MAY_BE_ONCE, answer_once, require_unchanged, tag_of
from accounts.models import APIKey, Customer
from accounts.rules import Scope
from dispatch.filters import LoadFilters
from dispatch.models import Load
from dispatch.operations.planning import change_load, create_load
from dispatch.operations.routing import PlanError
from dispatch.operations.tracking import lock_loads
from dispatch.queries.loads import listed_loads, told_loads
from dispatch.serializers.loads import LoadDetailSerializer, LoadSerializer, NewLoadSerializer
from dispatch.serializers.steps import LoadChangeSerializer
from journal.api import (
    AllowedParameters,
    KeysetPagination,
    StrictJSONParser,
    StrictSerializer,
    refusals,
    refuse_unknown,
)

SOURCE = "api"


class LoadListView(ListAPIView[Load]):
    """`/api/v1/loads/`"""

    scope = {"GET": Scope.LOADS_READ, "POST": Scope.LOADS_WRITE}
    serializer_class = LoadSerializer
    parser_classes = (StrictJSONParser,)
    pagination_class = KeysetPagination
    filter_backends = (AllowedParameters,)
    filterset_class = LoadFilters
    queryset = Load.objects.none()

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
        parameters=[MAY_BE_ONCE],
        request=NewLoadSerializer,
        responses={201: LoadDetailSerializer, **refusals(400, 401, 403, 409, 415, 422)},
        filters=False,
    )
    def post(self, request: Request) -> Response:
        """Make a load. Its SHIPMENT_ID, when it has one, names one load of the customer.

        What a customer's own key sends is a tender: its price and miles bind nobody until the
        carrier accepts it.
        """

        def make() -> Response:
            body = NewLoadSerializer(data=request.data)
            body.is_valid(raise_exception=True)
            key, asked = key_of(request), who(request)
            customer = find_customer(key, code=body.validated_data.get("customer"))
            with plan_refusals():
                load = create_load(
                    body.to_facts(), customer=customer, source=SOURCE,
                    tendered_at=asked["at"] if key.customer else None, **asked,
                )  # fmt: skip
            return show_load(request, load, code=status.HTTP_201_CREATED)

        return answer_once(request, make, is_optional=True)


class LoadView(APIView):
    """`/api/v1/loads/{number}/`"""

    scope = {"GET": Scope.LOADS_READ, "PATCH": Scope.LOADS_WRITE}
    parser_classes = (StrictJSONParser,)

    def get_permissions(self) -> list[Any]:
        """Let customers read; the plan is the carrier's to change."""
        return [HasScope()] if self.request.method != "PATCH" else [HasScope(), IsCarriersKey()]

    @extend_schema(
        operation_id="loads_retrieve",
        responses={200: LoadDetailSerializer, **refusals(400, 401, 403, 404)},
    )
    def get(self, request: Request, number: str) -> Response:
        """Show a load with its stops and what was told about it; the ETag names its state."""
        refuse_unknown(request)
        return show_load(request, find_load(request, number))

    @described("loads_change", body=LoadChangeSerializer, answer=LoadDetailSerializer)
    def patch(self, request: Request, number: str) -> Response:
        """Change what a load shall be; what is left out stays as it is."""

        def change() -> Response:
            load = hold_load(request, number)
            body = LoadChangeSerializer(data=request.data)
            reason = valid(body).get("reason", "")
            with plan_refusals():
                change_load(
                    load, facts=body.to_facts(), reason=reason, source=SOURCE, **who(request)
                )
            return show_load(request, load)

        return answer_once(request, change)


class LoadStepView(CarriersView):
    """`/api/v1/loads/{number}/{step}/`: one thing that is done to a load, once."""

    scope: Any = Scope.LOADS_WRITE
    body: type[StrictSerializer]

    def step(self, load: Load, body: Any, *, by: str, at: datetime) -> object:
        """Make the change of a valid body."""
        raise NotImplementedError

    def act(self, request: Request, number: str) -> Response:
        """Make the step on the load of an address, and show the load."""

        def once() -> Response:
            load = hold_load(request, number)
            body = self.body(data=request.data)
            body.is_valid(raise_exception=True)
            with plan_refusals():
                self.step(load, body, **who(request))
            return show_load(request, load)

        return answer_once(request, once)


@contextmanager
def plan_refusals() -> Iterator[None]:
    """Turn what planning refuses into the refusal of a field of the body."""
    try:
        yield
    except PlanError as error:
        raise refused(error.field, error.code, str(error)) from error


def find_load(request: Request, number: str) -> Load:
    """Return a load that the key may see; raises Http404 for another."""
    return get_object_or_404(Load.objects.for_user(request.user), number=number)


def hold_load(request: Request, number: str) -> Load:
    """Lock a load for the request; refuses one that changed since it was read."""
    load = lock_loads([find_load(request, number).pk]).popitem()[1]
    require_unchanged(request, load, what=f"Load {number}")
    return load


def show_load(request: Request, load: Load, *, code: int = status.HTTP_200_OK) -> Response:
    """Return the load as it stands now, its tag read first."""
    tag = tag_of(load)
    shown = told_loads(request.user).get(pk=load.pk)
    told = LoadDetailSerializer(shown, context={"request": request})
    return Response(told.data, status=code, headers={"ETag": tag})


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
