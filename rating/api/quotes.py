"""Prices on demand over HTTP."""

from collections.abc import Mapping
from typing import Any, cast

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import APIKey, Customer
from accounts.operations.scoping import enter_scope, enter_staff_scope
from accounts.rules import Scope
from dispatch.models import Load
from journal.api import StrictJSONParser, refusals
from rating.engine.quote import Quote
from rating.models import RateCardVersion
from rating.operations.asking import AskRefused, ask_load, ask_quote
from rating.serializers.quotes import QuoteRequestSerializer, QuoteSerializer


class QuotesView(APIView):
    """`/api/v1/quotes/`"""

    scope = {"POST": Scope.QUOTES_READ}
    parser_classes = (StrictJSONParser,)

    @extend_schema(
        operation_id="quotes_ask",
        request=QuoteRequestSerializer,
        responses={200: QuoteSerializer, **refusals(400, 401, 403, 415)},
    )
    def post(self, request: Request) -> Response:
        """Tell what a load costs, by the code that bills. Nothing is stored."""
        body = QuoteRequestSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        key = cast(APIKey, request.user)
        told = QuoteSerializer(answer(body, key=key)).data
        return Response(told if key.customer_ids is None else for_customer(told))


def for_customer(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a customer is told of a price: how it comes about, as on an invoice's page.

    Which lanes lost, who said what, and when our people look at a charge stays with us.
    """
    lines = [
        {
            **line,
            "needs_approval": False,
            "approval_reason": "",
            "evidence": [{**fact, "source": ""} for fact in line["evidence"]],
        }
        for line in told["lines"]
    ]
    winners = [each for each in told["candidates"] if each["is_winner"]]
    return {**told, "lines": lines, "candidates": winners, "facts": {}}


def answer(body: QuoteRequestSerializer, *, key: APIKey) -> Quote:
    """Price what a key asks, once it is sure that the key may ask it.

    Whose load, which load and which version are read with the key's own eyes; what belongs to
    somebody else is answered as what is not there. Cards for everybody are the carrier's rows, so
    the price itself is read with the carrier's.

    Raises:
        ValidationError: `required`, `unknown_customer`, `unknown_load`, `unknown_version`, or a
            field that names no place.
    """
    told = body.validated_data
    load = find_load(key, told["load"]) if "load" in told else None
    customer = None if load else find_customer(key, code=told.get("customer"))
    version = find_version(key, told["version"]) if "version" in told else None
    enter_staff_scope()
    try:
        if load:
            return ask_load(load, version=version, at=timezone.now())
        customer_id = cast(Customer, customer).pk
        return ask_quote(body.to_request(customer_id=customer_id), at=timezone.now())
    except AskRefused as error:
        raise refused(error.field, error.code, str(error)) from error
    finally:
        enter_scope(key)


def find_customer(key: APIKey, *, code: str | None) -> Customer:
    """Return the customer that a body names, or the only one the key speaks for."""
    if code is None and key.customer is None:
        raise refused("customer", "required", "Say who asks: the code of a customer.")
    known = Customer.objects.for_user(key)
    found = known.filter(code=code).first() if code is not None else key.customer
    if found is None:
        raise refused("customer", "unknown_customer", f"{code!r} is no customer of this key.")
    return found


def find_load(key: APIKey, number: str) -> Load:
    """Return a load that the key may see."""
    if found := Load.objects.for_user(key).filter(number=number).first():
        return found
    raise refused("load", "unknown_load", f"{number!r} is no load of this key.")


def find_version(key: APIKey, version_id: int) -> RateCardVersion:
    """Return a version that the key may price by: any for the carrier, published for a customer."""
    if found := known_versions(key).filter(pk=version_id).first():
        return found
    raise refused("version", "unknown_version", f"{version_id} is no version of this key.")


def known_versions(key: APIKey) -> QuerySet[RateCardVersion]:
    """Return the versions that a key may name."""
    versions = RateCardVersion.objects.select_related("card", "fuel__series")
    if key.customer_ids is None:
        return versions
    published = versions.filter(status=RateCardVersion.Status.PUBLISHED)
    return published.filter(card__customer_id__in=key.customer_ids)


def refused(field: str, code: str, sentence: str) -> ValidationError:
    """Return the refusal of one field of a body."""
    return ValidationError({field: [ErrorDetail(sentence, code=code)]})
