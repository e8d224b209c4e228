"""What a version holds beside its lanes over HTTP: accessorial rules, zones, and freight."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.doors import described
from journal.api import refusals
from rating.api.doors import VersionEditView, valid, who
from rating.engine.book import AccessorialRule, BookError, Zone
from rating.engine.choices import SpaceMeasure
from rating.engine.freight import SpaceRule
from rating.models import RateCardVersion
from rating.operations.editing import (
    EditRefused,
    add_rule,
    change_rule,
    put_fak,
    put_space_rule,
    put_zone,
    remove_rule,
    remove_space_rule,
    remove_zone,
)
from rating.queries.books import terms_of
from rating.serializers.terms import (
    FakRangeSerializer,
    FakSerializer,
    RuleSerializer,
    SpaceRuleSerializer,
    SpaceTermsSerializer,
    ZoneSerializer,
    ZoneTermsSerializer,
)

MEASURE = OpenApiParameter(
    "measure", str, OpenApiParameter.PATH, enum=[each.value for each in SpaceMeasure]
)

Get = TypeVar("Get", bound=Callable[..., Response])


def reading(operation_id: str, answer: Any) -> Callable[[Get], Get]:
    """Describe an operation that shows a part of a version."""
    return extend_schema(
        operation_id=operation_id, responses={200: answer, **refusals(401, 403, 404)}
    )


class RuleListView(VersionEditView):
    """`/api/v1/rate-card-versions/{id}/accessorials/`"""

    @reading("accessorials_list", RuleSerializer(many=True))
    def get(self, request: Request, pk: int) -> Response:
        """List the accessorial rules of a version by their names."""
        return self.show(
            pk, lambda version: RuleSerializer(terms_of(version).accessorials, many=True).data
        )

    @described("accessorials_add", body=RuleSerializer, answer=RuleSerializer, code=201)
    def post(self, request: Request, pk: int) -> Response:
        """Add an accessorial rule to a draft."""

        def add(version: RateCardVersion) -> Any:
            rule = rule_told(request)
            add_rule(version, rule=rule, **who(request))
            return RuleSerializer(rule_of(version, rule.rule)).data

        return self.edit(request, pk, add, code=status.HTTP_201_CREATED)


class RuleView(VersionEditView):
    """`/api/v1/rate-card-versions/{id}/accessorials/{rule}/`"""

    @reading("accessorials_retrieve", RuleSerializer)
    def get(self, request: Request, pk: int, rule: str) -> Response:
        """Show a rule with all its terms."""
        return self.show(pk, lambda version: RuleSerializer(rule_of(version, rule)).data)

    @described("accessorials_replace", body=RuleSerializer, answer=RuleSerializer)
    def put(self, request: Request, pk: int, rule: str) -> Response:
        """Say a rule of a draft anew, as a whole; it may get another name."""

        def replace(version: RateCardVersion) -> Any:
            rule_of(version, rule)
            told = rule_told(request)
            change_rule(version, name=rule, rule=told, **who(request))
            return RuleSerializer(rule_of(version, told.rule)).data

        return self.edit(request, pk, replace)

    @described("accessorials_remove", body=None, answer=None, code=204)
    def delete(self, request: Request, pk: int, rule: str) -> Response:
        """Take a rule out of a draft."""

        def remove(version: RateCardVersion) -> None:
            rule_of(version, rule)
            remove_rule(version, name=rule, **who(request))

        return self.edit(request, pk, remove, code=status.HTTP_204_NO_CONTENT)


class FakView(VersionEditView):
    """`/api/v1/rate-card-versions/{id}/fak/`"""

    @reading("fak_retrieve", FakSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """Show which classes are rated as one."""
        return self.show(pk, fak_shown)

    @described("fak_replace", body=FakSerializer, answer=FakSerializer)
    def put(self, request: Request, pk: int) -> Response:
        """Put these ranges in the place of all FAK ranges of a draft."""

        def replace(version: RateCardVersion) -> Any:
            told = valid(FakSerializer(data=request.data))["ranges"]
            ranges = [FakRangeSerializer.row_of(each) for each in told]
            put_fak(version, ranges=ranges, **who(request))
            return fak_shown(version)

        return self.edit(request, pk, replace)


class SpaceRuleListView(VersionEditView):
    """`/api/v1/rate-card-versions/{id}/space-rules/`"""

    @reading("space_rules_list", SpaceRuleSerializer(many=True))
    def get(self, request: Request, pk: int) -> Response:
        """List when the space of freight makes it weigh more."""
        return self.show(
            pk, lambda version: SpaceRuleSerializer(terms_of(version).space_rules, many=True).data
        )


class SpaceRuleView(VersionEditView):
    """`/api/v1/rate-card-versions/{id}/space-rules/{measure}/`"""

    @extend_schema(parameters=[MEASURE])
    @described("space_rules_replace", body=SpaceTermsSerializer, answer=SpaceRuleSerializer)
    def put(self, request: Request, pk: int, measure: str) -> Response:
        """Say from when on the space of one measure makes the freight of a draft weigh more."""

        def replace(version: RateCardVersion) -> Any:
            of, body = measure_named(measure), SpaceTermsSerializer(data=request.data)
            told = {**valid(body), "measure": of.value}
            rule: SpaceRule = SpaceRuleSerializer.row_of(told)
            put_space_rule(version, rule=rule, **who(request))
            shown = next(each for each in terms_of(version).space_rules if each.measure == of)
            return SpaceRuleSerializer(shown).data

        return self.edit(request, pk, replace)

    @extend_schema(parameters=[MEASURE])
    @described("space_rules_remove", body=None, answer=None, code=204)
    def delete(self, request: Request, pk: int, measure: str) -> Response:
        """Let the space of one measure weigh nothing in a draft."""

        def remove(version: RateCardVersion) -> None:
            of = measure_named(measure)
            if of not in {each.measure for each in terms_of(version).space_rules}:
                raise Http404
            remove_space_rule(version, measure=of, **who(request))

        return self.edit(request, pk, remove, code=status.HTTP_204_NO_CONTENT)


class ZoneListView(VersionEditView):
    """`/api/v1/rate-card-versions/{id}/zones/`"""

    @reading("zones_list", ZoneSerializer(many=True))
    def get(self, request: Request, pk: int) -> Response:
        """List the zones of a version with their places."""

        def tell(version: RateCardVersion) -> Any:
            zones: Any = list(terms_of(version).zones.values())
            return ZoneSerializer(zones, many=True).data

        return self.show(pk, tell)


class ZoneView(VersionEditView):
    """`/api/v1/rate-card-versions/{id}/zones/{name}/`"""

    @reading("zones_retrieve", ZoneSerializer)
    def get(self, request: Request, pk: int, name: str) -> Response:
        """Show a zone with its places."""
        return self.show(pk, lambda version: ZoneSerializer(zone_of(version, name)).data)

    @described("zones_replace", body=ZoneTermsSerializer, answer=ZoneSerializer)
    def put(self, request: Request, pk: int, name: str) -> Response:
        """Define a zone of a draft, or define it anew."""

        def replace(version: RateCardVersion) -> Any:
            told = valid(ZoneTermsSerializer(data=request.data))
            put_zone(version, name=name, **told, **who(request))
            return ZoneSerializer(zone_of(version, name.strip())).data

        return self.edit(request, pk, replace)

    @described("zones_remove", body=None, answer=None, code=204)
    def delete(self, request: Request, pk: int, name: str) -> Response:
        """Take a zone out of a draft, while no lane names it."""

        def remove(version: RateCardVersion) -> None:
            zone_of(version, name)
            remove_zone(version, name=name, **who(request))

        return self.edit(request, pk, remove, code=status.HTTP_204_NO_CONTENT)


def rule_told(request: Request) -> AccessorialRule:
    """Return the rule of a body; raises ValidationError, EditRefused."""
    body = RuleSerializer(data=request.data)
    valid(body)
    try:
        rule: AccessorialRule = body.told()
    except BookError as error:
        raise EditRefused({"detention": f"{str(error).capitalize()}."}) from error
    return rule


def rule_of(version: RateCardVersion, name: str) -> AccessorialRule:
    """Return a rule of a version; raises Http404."""
    found = next((each for each in terms_of(version).accessorials if each.rule == name), None)
    if found is None:
        raise Http404
    return found


def zone_of(version: RateCardVersion, name: str) -> Zone:
    """Return a zone of a version; raises Http404."""
    found = terms_of(version).zones.get(name)
    if found is None:
        raise Http404
    return found


def measure_named(name: str) -> SpaceMeasure:
    """Return the measure of an address; raises Http404."""
    try:
        return SpaceMeasure(name)
    except ValueError as error:
        raise Http404 from error


def fak_shown(version: RateCardVersion) -> Any:
    """Return the FAK ranges of a version as they are shown."""
    return FakSerializer({"ranges": terms_of(version).fak}).data
