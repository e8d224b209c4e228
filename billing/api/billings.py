"""Loads on their way to an invoice over HTTP: rated anew, held, let go, approved and billed."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.doors import (
    CarriersView,
    GivenReasonSerializer,
    NothingSerializer,
    described,
    valid,
    who,
)
from accounts.api.once import answer_once, require_unchanged, tag_of
from accounts.rules import Scope
from billing.filters import BillingFilters
from billing.models import LoadBilling
from billing.operations.holding import hold_billing
from billing.operations.invoicing import issue_invoice
from billing.operations.readiness import approve_to_bill, evaluate_load
from billing.operations.withholding import release_loads, withhold_loads
from billing.queries.documents import listed_billings, told_billings, told_invoices
from billing.serializers.documents import InvoiceDetailSerializer, LoadBillingSerializer
from billing.serializers.steps import BillingRowSerializer
from dispatch.models import Load
from journal.api import AllowedParameters, KeysetPagination, StrictSerializer, refusals

TOLD = LoadBillingSerializer


class BillingListView(CarriersView, ListAPIView[LoadBilling]):
    """`/api/v1/billings/`"""

    scope = Scope.LOADS_READ
    serializer_class = BillingRowSerializer
    pagination_class = KeysetPagination
    filter_backends = (AllowedParameters,)
    filterset_class = BillingFilters
    queryset = LoadBilling.objects.none()

    def get_queryset(self) -> QuerySet[LoadBilling]:
        """Return the billing of the loads that the key may see."""
        return listed_billings(self.request.user)

    @extend_schema(
        operation_id="billings_list",
        responses={200: BillingRowSerializer, **refusals(400, 401, 403)},
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List where loads stand on their way to an invoice, the newest load first."""
        return super().get(request, *args, **kwargs)


class BillingStepView(CarriersView):
    """`/api/v1/loads/{number}/billing/{step}/`"""

    scope = Scope.INVOICES_WRITE
    body: type[StrictSerializer] = NothingSerializer

    def step(self, billing: LoadBilling, *, by: str, at: datetime, **told: Any) -> object:
        """Make the step on a locked row."""
        raise NotImplementedError

    def act(self, request: Request, number: str) -> Response:
        """Make the step once, and show where the load stands."""

        def once() -> Response:
            billing = hold_named(request, number)
            self.step(billing, **valid(self.body(data=request.data)), **who(request))
            return show_billing(request, billing)

        return answer_once(request, once)


class RateView(BillingStepView):
    """`/api/v1/loads/{number}/billing/rate/`"""

    @described("loads_billing_rate", body=None, answer=TOLD)
    def post(self, request: Request, number: str) -> Response:
        """Rate a load anew by the cards in force and judge whether it can be billed."""
        return self.act(request, number)

    def step(self, billing: LoadBilling, *, by: str, at: datetime, **told: Any) -> object:
        """Price and judge it."""
        return evaluate_load(billing.load_id, by=by, at=at)


class ApproveView(BillingStepView):
    """`/api/v1/loads/{number}/billing/approve/`"""

    @described("loads_billing_approve", body=None, answer=TOLD)
    def post(self, request: Request, number: str) -> Response:
        """Let a load that waits for review be billed as it stands."""
        return self.act(request, number)

    def step(self, billing: LoadBilling, *, by: str, at: datetime, **told: Any) -> object:
        """Approve it."""
        return approve_to_bill(billing, by=by, at=at)


class HoldView(BillingStepView):
    """`/api/v1/loads/{number}/billing/hold/`"""

    body = GivenReasonSerializer

    @described("loads_billing_hold", body=GivenReasonSerializer, answer=TOLD)
    def post(self, request: Request, number: str) -> Response:
        """Keep a load from being billed until it is released; what is invoiced stays."""
        return self.act(request, number)

    def step(self, billing: LoadBilling, *, by: str, at: datetime, **told: Any) -> object:
        """Hold it."""
        return withhold_loads([billing.load_id], **told, by=by, at=at)


class ReleaseView(BillingStepView):
    """`/api/v1/loads/{number}/billing/release/`"""

    @described("loads_billing_release", body=None, answer=TOLD)
    def post(self, request: Request, number: str) -> Response:
        """Let a held load go on."""
        return self.act(request, number)

    def step(self, billing: LoadBilling, *, by: str, at: datetime, **told: Any) -> object:
        """Release it."""
        return release_loads([billing.load_id], by=by, at=at)


class IssueView(CarriersView):
    """`/api/v1/loads/{number}/billing/issue/`"""

    scope = Scope.INVOICES_WRITE

    @described("loads_billing_issue", body=None, answer=InvoiceDetailSerializer, code=201)
    def post(self, request: Request, number: str) -> Response:
        """Bill a load that is ready, now, on an invoice of its own."""

        def issue() -> Response:
            billing = hold_named(request, number)
            valid(NothingSerializer(data=request.data))
            invoice = issue_invoice(billing, **who(request))
            shown = told_invoices(request.user).get(pk=invoice.pk)
            return Response(
                InvoiceDetailSerializer(shown, context={"request": request}).data,
                status=status.HTTP_201_CREATED,
            )

        return answer_once(request, issue)


def hold_named(request: Request, number: str) -> LoadBilling:
    """Lock the billing of a load; refuses one that changed since it was read."""
    load = get_object_or_404(Load.objects.for_user(request.user), number=number)
    billing = hold_billing(load.pk)
    require_unchanged(request, billing, what=f"The billing of load {number}")
    return billing


def show_billing(request: Request, billing: LoadBilling) -> Response:
    """Return where a load stands now, its tag read first."""
    tag = tag_of(billing)
    shown = told_billings(request.user).get(pk=billing.pk)
    told = LoadBillingSerializer(shown, context={"request": request})
    return Response(told.data, headers={"ETag": tag})
