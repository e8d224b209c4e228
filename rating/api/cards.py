"""Rate cards and their versions over HTTP, for the carrier's own systems."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.doors import described
from accounts.api.once import answer_once
from accounts.models import Customer
from journal.api import AllowedParameters, KeysetPagination, refusals
from rating.api.doors import (
    CarriersView,
    VersionEditView,
    refused,
    valid,
    who,
)
from rating.engine.money import UnknownCurrency
from rating.filters import VersionFilters
from rating.models import RateCard, RateCardVersion
from rating.operations.carding import create_card, draft_next, draft_version
from rating.operations.editing import (
    change_settings,
)
from rating.serializers.cards import (
    CardSerializer,
    NewCardSerializer,
    NewVersionSerializer,
    SettingsSerializer,
    VersionSerializer,
)


class CardListView(CarriersView, ListAPIView[RateCard]):
    """`/api/v1/rate-cards/`"""

    serializer_class = CardSerializer
    pagination_class = KeysetPagination
    filter_backends = (AllowedParameters,)
    queryset = RateCard.objects.select_related("customer")

    @extend_schema(
        operation_id="rate_cards_list",
        responses={200: CardSerializer, **refusals(400, 401, 403)},
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List cards, newest first."""
        return super().get(request, *args, **kwargs)

    @described("rate_cards_create", body=NewCardSerializer, answer=CardSerializer, code=201)
    def post(self, request: Request) -> Response:
        """Make a card without a version."""
        return answer_once(request, lambda: self.make(request))

    def make(self, request: Request) -> Response:
        """Make the card of a body."""
        told = valid(NewCardSerializer(data=request.data))
        code = told.pop("customer", None)
        customer = Customer.objects.filter(code=code).first() if code else None
        if code and customer is None:
            raise refused("customer", "unknown_customer", f"{code!r} is no customer.")
        if RateCard.objects.filter(name=told["name"]).exists():
            raise refused("name", "card_exists", "There is a card of that name already.")
        try:
            card = create_card(**told, customer=customer, **who(request))
        except UnknownCurrency as error:
            raise refused("currency", "unknown_currency", str(error)) from error
        return Response(CardSerializer(card).data, status=status.HTTP_201_CREATED)


class VersionListView(CarriersView, ListAPIView[RateCardVersion]):
    """`/api/v1/rate-cards/{id}/versions/`"""

    serializer_class = VersionSerializer
    pagination_class = KeysetPagination
    filter_backends = (AllowedParameters,)
    filterset_class = VersionFilters
    queryset = RateCardVersion.objects.none()

    def get_queryset(self) -> QuerySet[RateCardVersion]:
        """Return the versions of a card."""
        card = get_object_or_404(RateCard, pk=self.kwargs["pk"])
        return card.versions.select_related("card", "fuel")

    @extend_schema(
        operation_id="rate_card_versions_list",
        responses={200: VersionSerializer, **refusals(400, 401, 403, 404)},
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List the versions of a card, newest first."""
        return super().get(request, *args, **kwargs)

    @described(
        "rate_card_versions_draft", body=NewVersionSerializer, answer=VersionSerializer, code=201
    )
    def post(self, request: Request, pk: int) -> Response:
        """Draft a version: empty, or with everything of another one."""
        return answer_once(request, lambda: self.draft(request, pk))

    def draft(self, request: Request, pk: int) -> Response:
        """Draft the version of a body."""
        card = get_object_or_404(RateCard, pk=pk)
        told = valid(NewVersionSerializer(data=request.data))
        period: dict[str, Any] = {
            "effective_from": told["effective_from"],
            "effective_to": told.get("effective_to"),
        }
        if period["effective_to"] and period["effective_to"] < period["effective_from"]:
            raise refused("effective_to", "before_begin", "A version ends after it begins.")
        if (copied := told.get("copy_of")) is None:
            drafted = draft_version(card, **period, note=told.get("note", ""), **who(request))
        else:
            model = card.versions.filter(pk=copied).select_related("card", "fuel").first()
            if model is None:
                raise refused("copy_of", "unknown_version", "The card has no such version.")
            drafted = draft_next(model, **period, **who(request))
        return Response(VersionSerializer(drafted).data, status=status.HTTP_201_CREATED)


class VersionView(VersionEditView):
    """`/api/v1/rate-card-versions/{id}/`"""

    @extend_schema(
        operation_id="rate_card_versions_retrieve",
        responses={200: VersionSerializer, **refusals(401, 403, 404)},
    )
    def get(self, request: Request, pk: int) -> Response:
        """Show a version; the ETag names its state, with all it holds."""
        return self.show(pk, lambda version: VersionSerializer(version).data)

    @described("rate_card_versions_change", body=SettingsSerializer, answer=VersionSerializer)
    def patch(self, request: Request, pk: int) -> Response:
        """Change period, fuel programme, note and settings of a draft."""

        def change(version: RateCardVersion) -> Any:
            told = valid(SettingsSerializer(data=request.data))
            if told:
                change_settings(version, changes=told, **who(request))
            return VersionSerializer(version).data

        return self.edit(request, pk, change)
