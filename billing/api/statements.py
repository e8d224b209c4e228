"""What a customer owes over HTTP: its open items and their age, as its statement prints them."""

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.doors import key_of, refused
from accounts.models import APIKey, Customer
from accounts.rules import Scope
from billing.queries.statements import statement_of
from billing.serializers.statements import AccountSerializer
from journal.api import refusals, refuse_unknown


@dataclass(frozen=True, slots=True)
class Holder:
    """Whoever's statement is read."""

    customer_ids: frozenset[int]


class StatementView(APIView):
    """`/api/v1/statement/`"""

    scope = Scope.INVOICES_READ

    @extend_schema(
        operation_id="statement_retrieve",
        parameters=[
            OpenApiParameter(
                "customer", str,
                description="The code of a customer; left out by a key that belongs to one.",
            )
        ],
        responses={200: AccountSerializer(many=True), **refusals(400, 401, 403)},
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """Show what is open today, on the customer's clock, an account for each currency."""
        refuse_unknown(request, ("customer",))
        customer = asked_customer(key_of(request), request.query_params.get("customer"))
        today = timezone.now().astimezone(ZoneInfo(customer.timezone)).date()
        holder: Any = Holder(frozenset({customer.pk}))
        accounts = statement_of(holder, today=today)
        return Response(AccountSerializer(accounts, many=True).data)


def asked_customer(key: APIKey, code: str | None) -> Customer:
    """Return the customer that is asked about, or the only one the key speaks for.

    Raises:
        ValidationError: `required` or `unknown_customer`.
    """
    if code is None and key.customer is not None:
        return key.customer
    if code is None:
        raise refused("customer", "required", "Say whose statement: the code of a customer.")
    found = Customer.objects.for_user(key).filter(code=code).first()
    if found is None:
        raise refused("customer", "unknown_customer", f"{code[:20]!r} is no customer of this key.")
    return found
