"""What every list and every body of the API has in common: pages, filters, refusals."""

import base64
import binascii
import re
from collections.abc import Container, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Model, QuerySet
from django.urls.converters import IntConverter
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.extensions import OpenApiSerializerExtension
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ParseError, ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from journal.rules.instants import YEARS
from journal.rules.strictjson import StrictJSONError, parse_json

PLAIN_NUMBER = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?")
PAGE_SIZE = 50
MOST_ROWS = 200
LARGEST_ID = 2**63 - 1


class KeysetPagination(BasePagination):
    """Pages of a list, newest row first; each starts after the last row of the one before.

    `?size=` asks for up to 200 rows, `?cursor=` for the page after the one that gave it out. No
    page is slower than the first, and rows that come meanwhile shift nothing.
    """

    def paginate_queryset(
        self, queryset: Any, request: Request, view: APIView | None = None
    ) -> list[Any]:
        """Return the rows of one page; reads one more to know whether there is a next."""
        size = read_size(request.query_params.get("size"))
        cursor = request.query_params.get("cursor")
        if cursor is not None:
            queryset = queryset.filter(pk__lt=_read_cursor(cursor))
        rows: list[Model] = list(queryset.order_by("-pk")[: size + 1])
        self.next_cursor = write_cursor(rows[size - 1].pk) if len(rows) > size else None
        return rows[:size]

    def get_paginated_response(self, data: Any) -> Response:
        """Wrap the rows with the way to the next page."""
        return Response(
            {
                "data": data,
                "next_cursor": self.next_cursor,
                "has_more": self.next_cursor is not None,
            }
        )

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Describe the wrapping."""
        return {
            "type": "object",
            "required": ["data", "next_cursor", "has_more"],
            "properties": {
                "data": schema,
                "next_cursor": {"type": ["string", "null"]},
                "has_more": {"type": "boolean"},
            },
        }

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        """Describe the parameters."""
        size = {"type": "integer", "minimum": 1, "default": PAGE_SIZE}
        return [
            _parameter(
                "size", size, f"Rows of a page; more than {MOST_ROWS} count as {MOST_ROWS}."
            ),
            _parameter("cursor", {"type": "string"}, "The `next_cursor` of the page before."),
        ]


def _parameter(name: str, schema: Mapping[str, Any], description: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": description,
        "schema": dict(schema),
    }


def read_size(text: str | None) -> int:
    """Return the size of a page that `?size=` asks for; raises ValidationError."""
    if text is None:
        return PAGE_SIZE
    if not (text.isascii() and text.isdecimal() and text.strip("0")):
        raise _invalid("size", "invalid_size", "The size of a page is a whole number from 1.")
    return MOST_ROWS if len(text.lstrip("0")) > 3 else min(int(text), MOST_ROWS)


def write_cursor(pk: int) -> str:
    """Return the cursor of the page that starts after the row `pk`."""
    return base64.urlsafe_b64encode(f"k{pk}".encode()).decode().rstrip("=")


def _read_cursor(text: str) -> int:
    try:
        told = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        told = ""
    number = told.removeprefix("k")
    pk = int(number) if number.isdecimal() and len(number) < 20 else LARGEST_ID + 1
    if pk > LARGEST_ID or write_cursor(pk) != text:
        raise _invalid(
            "cursor", "invalid_cursor", "That is no cursor that a page of ours gave out."
        )
    return pk


class AllowedParameters(DjangoFilterBackend):  # type: ignore[misc]  # comes without types
    """The filters of a view's `filterset_class`; any other parameter is refused by name."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: APIView) -> Any:
        """Return the rows that pass.

        Raises:
            ValidationError: `unknown_parameter`, or a value that its filter cannot read.
        """
        filterset = getattr(view, "filterset_class", None)
        known = {*(filterset.base_filters if filterset else ())}
        if getattr(view, "paginator", None):
            known |= {"size", "cursor"}
        refuse_unknown(request, known)
        return super().filter_queryset(request, queryset, view)


def refuse_unknown(request: Request, known: Container[str] = ()) -> None:
    """Refuse a request with a parameter that is not known; raises ValidationError."""
    for name in request.query_params:
        if name not in known:
            raise _invalid(name, "unknown_parameter", f"{name[:60]!r} is no parameter here.")


class IdConverter(IntConverter):
    """A row's number in an address; one that no column can hold leads nowhere."""

    regex = "[0-9]{1,18}"


class StrictJSONParser(JSONParser):
    """JSON that cannot be read in two ways, as `journal.rules.strictjson` says."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        """Read the body.

        Raises:
            ParseError: with the code of the rule that refuses the body.
            ValidationError: the same, where the rule names a field.
        """
        try:
            return parse_json(stream.read())
        except StrictJSONError as error:
            if error.field:
                raise _invalid(_dotted(error.field), error.code, str(error)) from error
            raise ParseError(str(error), code=error.code) from error


def _dotted(field: str) -> str:
    """Write a place in JSON as the framework does: `stops.0.name`."""
    return re.sub(r"\[(\d+)\]", r".\1", field).lstrip(".")


class StrictSerializer(serializers.Serializer[Any]):
    """A body in which a field that we do not know is refused, not dropped unseen."""

    def to_internal_value(self, data: Any) -> Any:
        """Read the body.

        Raises:
            ValidationError: `unknown_field`, besides what each field refuses.
        """
        if isinstance(data, Mapping):
            for name in data:
                if name not in self.fields:
                    raise _invalid(
                        str(name), "unknown_field", f"{str(name)[:60]!r} is no field here."
                    )
        return super().to_internal_value(data)


class StrictBody(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    """Says of a strict body that it takes no other field."""

    target_class = "journal.api.StrictSerializer"
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: Any) -> Any:
        """Return the schema of the serializer, closed."""
        schema = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        return {**schema, "additionalProperties": False}


class PlainDecimalField(serializers.DecimalField):
    """A number in plain digits, as a JSON number or as text: no `1_000`, `1e3` or other scripts."""

    def to_internal_value(self, data: Any) -> Decimal:
        """Read the number."""
        return super().to_internal_value(_plain(data, self))


class PlainIntegerField(serializers.IntegerField):
    """A whole number in plain digits, as a JSON number or as text."""

    def to_internal_value(self, data: Any) -> int:
        """Read the number."""
        return super().to_internal_value(_plain(data, self))


def _plain(data: Any, field: serializers.Field[Any, Any, Any, Any]) -> Any:
    if isinstance(data, bool) or (isinstance(data, str) and not PLAIN_NUMBER.fullmatch(data)):
        field.fail("invalid")
    return data


class InstantField(serializers.DateTimeField):
    """A time with its offset from UTC; the time of some clock is refused, since it may be any."""

    default_error_messages = {
        "time_without_zone": "Say the offset from UTC, such as 2026-03-04T08:00:00-06:00."
    }

    def enforce_timezone(self, value: datetime) -> datetime:
        """Refuse a time without an offset."""
        if value.tzinfo is None:
            self.fail("time_without_zone")
        if value.year not in YEARS:
            self.fail("overflow")
        return value.astimezone(UTC)


class FieldErrorSerializer(serializers.Serializer[None]):
    """What is wrong with one field of a body."""

    field = serializers.CharField(allow_null=True)
    code = serializers.CharField()
    detail = serializers.CharField()


class ProblemSerializer(serializers.Serializer[None]):
    """A refusal (RFC 9457): what, why, where, and the id to quote.

    It tells of the first thing that is wrong; `errors` tells of every field.
    """

    type = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    title = serializers.CharField()
    detail = serializers.CharField()
    field = serializers.CharField(allow_null=True)
    errors = FieldErrorSerializer(many=True)  # type: ignore[assignment]  # a field, not its errors
    request_id = serializers.CharField(allow_null=True)


def refusals(*statuses: int) -> dict[tuple[int, str], type[ProblemSerializer]]:
    """Describe the refusals of an operation, for `extend_schema(responses=...)`."""
    return {(status, "application/problem+json"): ProblemSerializer for status in statuses}


def _invalid(field: str, code: str, sentence: str) -> ValidationError:
    return ValidationError({field: [ErrorDetail(sentence, code=code)]})
