"""What a load costs, over HTTP."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.doors import valid, who
from accounts.api.keys import HasScope, IsCarriersKey
from accounts.api.once import MAY_BE_ONCE, answer_once
from accounts.rules import Scope
from dispatch.api.loads import SOURCE
from dispatch.models import Load
from dispatch.operations.costing import record_cost
from dispatch.queries.costs import costs_of
from dispatch.serializers.loads import LoadCostSerializer, NewLoadCostSerializer
from journal.api import StrictJSONParser, refusals


class LoadCostsView(APIView):
    """`/api/v1/loads/{number}/costs/`: for the carrier's own systems, never a customer's."""

    scope = {"GET": Scope.COSTS_READ, "POST": Scope.LOADS_WRITE}
    permission_classes = (HasScope, IsCarriersKey)
    parser_classes = (StrictJSONParser,)

    @extend_schema(
        operation_id="loads_costs_list",
        responses={200: LoadCostSerializer(many=True), **refusals(401, 403, 404)},
    )
    def get(self, request: Request, number: str) -> Response:
        """Show what the load costs, the newest of each kind."""
        load = get_object_or_404(Load, number=number)
        return Response(LoadCostSerializer(costs_of(load), many=True).data)

    @extend_schema(
        operation_id="loads_costs_create",
        parameters=[MAY_BE_ONCE],
        request=NewLoadCostSerializer,
        responses={200: LoadCostSerializer(many=True), **refusals(400, 401, 403, 404, 415, 422)},
    )
    def post(self, request: Request, number: str) -> Response:
        """Keep a cost, and show it. Saying the same again changes nothing."""

        def keep() -> Response:
            told = valid(NewLoadCostSerializer(data=request.data))
            load = get_object_or_404(Load, number=number)
            kept = record_cost(load, source=SOURCE, **told, **who(request))
            return Response(LoadCostSerializer([kept], many=True).data)

        return answer_once(request, keep, is_optional=True)
