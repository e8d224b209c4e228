"""Payments and credits over HTTP, for the carrier's own systems: each request once."""

from typing import Any, cast
from uuid import NAMESPACE_URL, uuid5

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.once import IDEMPOTENCY_KEY, ONCE, StaleWrite, answer_once, is_expected
from accounts.models import APIKey
from accounts.rules import Scope
from billing.models import Invoice, Payment
from billing.operations.crediting import credit_and_rebill, credit_invoice, credit_lines
from billing.operations.paying import Received, apply_cash, record_payment, void_payment
from billing.operations.settling import lock_state
from billing.queries.cash import left_of, payments_of
from billing.queries.documents import listed_invoices
from billing.queries.states import state_tag
from billing.serializers.documents import (
    CreditedSerializer,
    NewCreditSerializer,
    NewPaymentSerializer,
    PaidSerializer,
    PaymentSerializer,
    VoidedSerializer,
    VoidingSerializer,
)
from journal.api import StrictJSONParser, refusals


class CarriersMoneyView(APIView):
    """Open to keys of the carrier's own systems; a customer pays, and books nothing."""

    scope = {"GET": Scope.INVOICES_READ, "POST": Scope.INVOICES_WRITE}
    parser_classes: Any = (StrictJSONParser,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse a key that belongs to a customer."""
        super().initial(request, *args, **kwargs)
        if cast(APIKey, request.user).customer_ids is not None:
            raise PermissionDenied("Money is booked by the carrier.", code="staff_only")

    def invoice(self, request: Request, number: str) -> Invoice:
        """Return the invoice of an address; refuses a write on one that changed since."""
        invoice = get_object_or_404(listed_invoices(request.user), number=number)
        if not is_expected(request, lambda: state_tag(lock_state(invoice))):
            raise StaleWrite(f"Invoice {number}", invoice, invoice.state)
        return invoice


def actor_of(request: Request) -> str:
    """Return who asks."""
    return cast(APIKey, request.user).actor


class PaymentsView(CarriersMoneyView):
    """`/api/v1/invoices/{number}/payments/`"""

    @extend_schema(
        operation_id="invoices_payments_list",
        responses={200: PaymentSerializer(many=True), **refusals(401, 403, 404)},
    )
    def get(self, request: Request, number: str) -> Response:
        """List the payments that were ever set against an invoice, newest first."""
        rows = payments_of(self.invoice(request, number))
        return Response(PaymentSerializer(rows, many=True).data)

    @extend_schema(
        operation_id="invoices_payments_create",
        parameters=ONCE,
        request=NewPaymentSerializer,
        responses={201: PaidSerializer, **refusals(400, 401, 403, 404, 409, 415, 422)},
    )
    def post(self, request: Request, number: str) -> Response:
        """Keep a payment and set it against the invoice; more than is owed stays unapplied."""

        def act() -> Response:
            invoice = self.invoice(request, number)
            body = NewPaymentSerializer(data=request.data)
            body.is_valid(raise_exception=True)
            paid = record_payment(
                invoice, Received(**body.validated_data), key=_key_of(request),
                by=actor_of(request), at=timezone.now(),
            )  # fmt: skip
            return Response(PaidSerializer(paid).data, status=status.HTTP_201_CREATED)

        return answer_once(request, act)


class PaymentVoidView(CarriersMoneyView):
    """`/api/v1/payments/{uid}/void/`"""

    @extend_schema(
        operation_id="payments_void",
        parameters=[IDEMPOTENCY_KEY],
        request=VoidingSerializer,
        responses={201: VoidedSerializer, **refusals(400, 401, 403, 404, 409, 415, 422)},
    )
    def post(self, request: Request, uid: str) -> Response:
        """Take a payment back by its mirror; what it paid is owed again."""

        def act() -> Response:
            payment = get_object_or_404(Payment.objects.for_user(request.user), uid=uid)
            body = VoidingSerializer(data=request.data)
            body.is_valid(raise_exception=True)
            mirror = void_payment(
                payment, reason=body.validated_data["reason"], by=actor_of(request),
                at=timezone.now(),
            )  # fmt: skip
            return Response(VoidedSerializer(mirror).data, status=status.HTTP_201_CREATED)

        return answer_once(request, act)


class PaymentApplyView(CarriersMoneyView):
    """`/api/v1/invoices/{number}/payments/{uid}/apply/`"""

    @extend_schema(
        operation_id="invoices_payments_apply",
        parameters=ONCE,
        request=None,
        responses={201: PaidSerializer, **refusals(400, 401, 403, 404, 409, 422)},
    )
    def post(self, request: Request, number: str, uid: str) -> Response:
        """Set what is left of a payment against another invoice of the customer."""

        def act() -> Response:
            invoice = self.invoice(request, number)
            payment = get_object_or_404(Payment.objects.for_user(request.user), uid=uid)
            applied = apply_cash(payment, invoice, by=actor_of(request), at=timezone.now())
            told = {"payment": payment, "applied": applied, "unapplied": left_of(payment)}
            return Response(PaidSerializer(told).data, status=status.HTTP_201_CREATED)

        return answer_once(request, act)


class CreditsView(CarriersMoneyView):
    """`/api/v1/invoices/{number}/credits/`"""

    @extend_schema(
        operation_id="invoices_credits_create",
        parameters=ONCE,
        request=NewCreditSerializer,
        responses={201: CreditedSerializer, **refusals(400, 401, 403, 404, 409, 415, 422)},
    )
    def post(self, request: Request, number: str) -> Response:
        """Take an invoice back: all of it, some lines, or all of it to bill its loads anew."""

        def act() -> Response:
            invoice = self.invoice(request, number)
            body = NewCreditSerializer(data=request.data)
            body.is_valid(raise_exception=True)
            note, again = _credit(invoice, **body.validated_data, by=actor_of(request))
            told = {"credit_note": note.number, "invoice": again.number if again else None}
            return Response(CreditedSerializer(told).data, status=status.HTTP_201_CREATED)

        return answer_once(request, act)


def _credit(
    invoice: Invoice, *, how: str, reason: str, by: str, lines: list[int] | None = None
) -> tuple[Invoice, Invoice | None]:
    at = timezone.now()
    if how == "lines":
        return credit_lines(invoice, lines or [], reason=reason, by=by, at=at), None
    if how == "rebill":
        return credit_and_rebill(invoice, reason=reason, by=by, at=at)
    return credit_invoice(invoice, reason=reason, by=by, at=at), None


def _key_of(request: Request) -> Any:
    """Return the payment's own key, made of the caller and its Idempotency-Key."""
    return uuid5(NAMESPACE_URL, f"{actor_of(request)}/{request.headers['Idempotency-Key'].strip()}")
