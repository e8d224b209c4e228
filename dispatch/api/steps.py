"""What happens to a load over HTTP: told, assigned, called off, its tender answered."""

from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.doors import (
    CarriersView,
    GivenReasonSerializer,
    NothingSerializer,
    described,
    refused,
    valid,
    who,
)
from accounts.api.once import answer_once
from accounts.rules import Scope
from dispatch.api.loads import SOURCE, LoadStepView, hold_load, plan_refusals, show_load
from dispatch.events import LoadFacts, Purpose
from dispatch.models import Carrier, Driver, Load
from dispatch.operations.answering import accept_tender, decline_tender
from dispatch.operations.calling import keep_call
from dispatch.operations.cancelling import cancel_load
from dispatch.operations.planning import assign_carrier, change_load
from dispatch.operations.restopping import change_stop, skip_stop
from dispatch.operations.tracking import add_milestones
from dispatch.queries.loads import offered_loads
from dispatch.serializers.loads import LoadDetailSerializer, NewReferenceSerializer
from dispatch.serializers.steps import (
    CarrierSerializer,
    CheckCallSerializer,
    NewMilestoneSerializer,
    StopChangeSerializer,
    TenderSerializer,
    WhoDrivesSerializer,
)
from journal.api import AllowedParameters, KeysetPagination, refusals

TOLD = LoadDetailSerializer


class MilestonesView(LoadStepView):
    """`/api/v1/loads/{number}/milestones/`"""

    body = NewMilestoneSerializer

    @described("loads_milestones_create", body=NewMilestoneSerializer, answer=TOLD)
    def post(self, request: Request, number: str) -> Response:
        """Tell what happened; the same thing told twice is one."""
        return self.act(request, number)

    def step(self, load: Load, body: Any, *, by: str, at: datetime) -> object:
        """Add the milestone."""
        require_stop(load, body.validated_data.get("stop"))
        return add_milestones(load, facts=[body.to_facts()], source=SOURCE, by=by, at=at)


class CheckCallsView(LoadStepView):
    """`/api/v1/loads/{number}/check-calls/`"""

    body = CheckCallSerializer

    @described("loads_check_calls_create", body=CheckCallSerializer, answer=TOLD)
    def post(self, request: Request, number: str) -> Response:
        """Keep what the driver said, and when the truck will be there."""
        return self.act(request, number)

    def step(self, load: Load, body: Any, *, by: str, at: datetime) -> object:
        """Keep the call."""
        told = dict(body.validated_data)
        stop = told.pop("stop", None)
        require_stop(load, stop)
        return keep_call(load, **told, stop_sequence=stop, source=SOURCE, by=by, at=at)


class AssignView(LoadStepView):
    """`/api/v1/loads/{number}/assign/`"""

    body = WhoDrivesSerializer

    @described("loads_assign", body=WhoDrivesSerializer, answer=TOLD)
    def post(self, request: Request, number: str) -> Response:
        """Give the load to a driver or a carrier."""
        return self.act(request, number)

    def step(self, load: Load, body: Any, *, by: str, at: datetime) -> object:
        """Assign it."""
        return assign_carrier(load, **body.validated_data, by=by, at=at)


class CancelView(LoadStepView):
    """`/api/v1/loads/{number}/cancel/`"""

    body = GivenReasonSerializer

    @described("loads_cancel", body=GivenReasonSerializer, answer=TOLD)
    def post(self, request: Request, number: str) -> Response:
        """Call a load off that was not picked up yet, for a reason."""
        return self.act(request, number)

    def step(self, load: Load, body: Any, *, by: str, at: datetime) -> object:
        """Call it off."""
        return cancel_load(load, **body.validated_data, source=SOURCE, by=by, at=at)


class ReferencesView(LoadStepView):
    """`/api/v1/loads/{number}/references/`"""

    body = NewReferenceSerializer

    @described("loads_references_create", body=NewReferenceSerializer, answer=TOLD)
    def post(self, request: Request, number: str) -> Response:
        """Add a number by which somebody knows the load."""
        return self.act(request, number)

    def step(self, load: Load, body: Any, *, by: str, at: datetime) -> object:
        """Add it."""
        told = body.validated_data
        facts = LoadFacts(references=((told["kind"], told["value"]),), purpose=Purpose.CHANGE)
        return change_load(load, facts=facts, source=SOURCE, by=by, at=at)


class StopView(CarriersView):
    """`/api/v1/loads/{number}/stops/{sequence}/`"""

    scope = Scope.LOADS_WRITE

    @described("loads_stops_change", body=StopChangeSerializer, answer=TOLD)
    def patch(self, request: Request, number: str, sequence: int) -> Response:
        """Change a stop: its place, or its appointment; what is left out stays as it is."""

        def change() -> Response:
            load = hold_load(request, number)
            told = valid(StopChangeSerializer(data=request.data))
            with plan_refusals():
                change_stop(load, sequence, told=told, source=SOURCE, **who(request))
            return show_load(request, load)

        return answer_once(request, change)


class StopSkipView(CarriersView):
    """`/api/v1/loads/{number}/stops/{sequence}/skip/`"""

    scope = Scope.LOADS_WRITE

    @described("loads_stops_skip", body=GivenReasonSerializer, answer=TOLD)
    def post(self, request: Request, number: str, sequence: int) -> Response:
        """Leave a stop out, for a reason; what was told of it stays. Two stops must remain."""

        def skip() -> Response:
            load = hold_load(request, number)
            told = valid(GivenReasonSerializer(data=request.data))
            with plan_refusals():
                skip_stop(load, sequence, **told, source=SOURCE, **who(request))
            return show_load(request, load)

        return answer_once(request, skip)


class TenderListView(CarriersView, ListAPIView[Load]):
    """`/api/v1/tenders/`"""

    scope = Scope.LOADS_READ
    serializer_class = TenderSerializer
    pagination_class = KeysetPagination
    filter_backends = (AllowedParameters,)
    queryset = Load.objects.none()

    def get_queryset(self) -> QuerySet[Load]:
        """Return the loads that wait for an answer."""
        return offered_loads(self.request.user)

    @extend_schema(
        operation_id="tenders_list", responses={200: TenderSerializer, **refusals(400, 401, 403)}
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List the tenders that wait for an answer, newest first."""
        return super().get(request, *args, **kwargs)


class TenderAcceptView(LoadStepView):
    """`/api/v1/loads/{number}/accept/`"""

    body = NothingSerializer

    @described("loads_accept", body=None, answer=TOLD)
    def post(self, request: Request, number: str) -> Response:
        """Take a load that a customer offers; the customer is told."""
        return self.act(request, number)

    def step(self, load: Load, body: Any, *, by: str, at: datetime) -> object:
        """Accept the tender."""
        return accept_tender(load, source=SOURCE, by=by, at=at)


class TenderDeclineView(LoadStepView):
    """`/api/v1/loads/{number}/decline/`"""

    body = GivenReasonSerializer

    @described("loads_decline", body=GivenReasonSerializer, answer=TOLD)
    def post(self, request: Request, number: str) -> Response:
        """Leave a load that a customer offers, for a reason; the customer is told."""
        return self.act(request, number)

    def step(self, load: Load, body: Any, *, by: str, at: datetime) -> object:
        """Decline the tender."""
        return decline_tender(load, **body.validated_data, source=SOURCE, by=by, at=at)


class CarrierListView(CarriersView, ListAPIView[Carrier]):
    """`/api/v1/carriers/`"""

    scope = Scope.LOADS_READ
    serializer_class = CarrierSerializer
    pagination_class = KeysetPagination
    filter_backends = (AllowedParameters,)
    queryset = Carrier.objects.filter(is_active=True).prefetch_related(
        Prefetch("drivers", Driver.objects.order_by("name", "pk"))
    )

    @extend_schema(
        operation_id="carriers_list", responses={200: CarrierSerializer, **refusals(400, 401, 403)}
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List the carriers that loads can be given to, with their drivers."""
        return super().get(request, *args, **kwargs)


def require_stop(load: Load, sequence: int | None) -> None:
    """Refuse a stop that the load does not have; raises ValidationError."""
    if sequence is not None and not load.stops.filter(sequence=sequence).exists():
        raise refused("stop", "no_such_stop", f"Load {load.number} has no stop {sequence}.")
