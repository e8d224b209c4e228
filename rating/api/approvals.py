"""From a draft to a version in force over HTTP: checked, compared, submitted, published."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.doors import described
from journal.api import refusals
from rating.api.doors import (
    PAGE,
    CarriersView,
    VersionEditView,
    refused,
    valid,
    version_of,
    who,
)
from rating.models import RateCardVersion
from rating.operations.approving import approve_version, checks, return_version, submit_version
from rating.operations.publishing import publish_version, retire_version
from rating.queries.comparisons import (
    changed_lanes,
    compare_rules,
    compare_settings,
    count_changes,
    removed_lanes,
)
from rating.serializers.cards import (
    CheckSerializer,
    ComparisonSerializer,
    ReasonSerializer,
    VersionSerializer,
)

Post = Callable[..., Response]


def moving(operation_id: str) -> Callable[[Post], Post]:
    """Describe a step of a version's life."""
    return described(operation_id, body=ReasonSerializer, answer=VersionSerializer)


class VersionMoveView(VersionEditView):
    """Moves a version on, or back, once."""

    def move(self, pk: int, step: Callable[..., RateCardVersion]) -> Response:
        """Take one step of a version's life; the body says why."""

        def take(version: RateCardVersion) -> Any:
            reason = valid(ReasonSerializer(data=self.request.data))["reason"]
            step(version, reason=reason, **who(self.request))
            return VersionSerializer(version_of(pk)).data

        return self.edit(self.request, pk, take)


class SubmitView(VersionMoveView):
    """`/api/v1/rate-card-versions/{id}/submit/`"""

    @moving("rate_card_versions_submit")
    def post(self, request: Request, pk: int) -> Response:
        """Freeze a draft and ask somebody else to approve it."""
        return self.move(pk, submit_version)


class ApproveView(VersionMoveView):
    """`/api/v1/rate-card-versions/{id}/approve/`"""

    @moving("rate_card_versions_approve")
    def post(self, request: Request, pk: int) -> Response:
        """Accept a submitted version."""
        return self.move(pk, approve_version)


class ReturnView(VersionMoveView):
    """`/api/v1/rate-card-versions/{id}/return/`"""

    @moving("rate_card_versions_return")
    def post(self, request: Request, pk: int) -> Response:
        """Open a submitted or approved version again, with the reason."""
        return self.move(pk, return_version)


class PublishView(VersionMoveView):
    """`/api/v1/rate-card-versions/{id}/publish/`"""

    @moving("rate_card_versions_publish")
    def post(self, request: Request, pk: int) -> Response:
        """Put an approved version in force on its dates."""
        return self.move(pk, lambda version, reason, **who: publish_version(version, **who))


class RetireView(VersionMoveView):
    """`/api/v1/rate-card-versions/{id}/retire/`"""

    @moving("rate_card_versions_retire")
    def post(self, request: Request, pk: int) -> Response:
        """Withdraw a published version, with the reason: it prices nothing new."""
        return self.move(pk, retire_version)


class VersionChecksView(CarriersView):
    """`/api/v1/rate-card-versions/{id}/checks/`"""

    @extend_schema(
        operation_id="rate_card_versions_checks",
        responses={200: CheckSerializer(many=True), **refusals(401, 403, 404)},
    )
    def get(self, request: Request, pk: int) -> Response:
        """Show what is looked at before approval."""
        found = checks(version_of(pk), at=timezone.now())
        return Response(CheckSerializer(found, many=True).data)


class ComparisonView(CarriersView):
    """`/api/v1/rate-card-versions/{id}/changes/{other}/`"""

    @extend_schema(
        operation_id="rate_card_versions_compare",
        parameters=[OpenApiParameter("after_row", int, description="`next_row` of the last page.")],
        responses={200: ComparisonSerializer, **refusals(400, 401, 403, 404)},
    )
    def get(self, request: Request, pk: int, other: int) -> Response:
        """Show what a version changes of another, lanes in pages of 50."""
        after, before = version_of(pk), version_of(other)
        row = _row(request.query_params.get("after_row", "0"))
        lanes = changed_lanes(before, after, after_row=row, limit=PAGE)
        gone = removed_lanes(before, after, after_row=row, limit=PAGE)
        last = [page[-1].row or 0 for page in (lanes, gone) if len(page) == PAGE]
        counts = count_changes(before, after)
        shown = {
            "added": counts.added, "changed": counts.changed, "removed": counts.removed,
            "unchanged": counts.unchanged, "settings": compare_settings(before, after),
            "rules": compare_rules(before, after),
            "lanes": [each for each in lanes if not last or (each.row or 0) <= min(last)],
            "removed_lanes": [each for each in gone if not last or (each.row or 0) <= min(last)],
            "next_row": min(last) if last else None,
        }  # fmt: skip
        return Response(ComparisonSerializer(shown).data)


def _row(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise refused("after_row", "invalid_row", "A row is a whole number.")
    return int(text)
