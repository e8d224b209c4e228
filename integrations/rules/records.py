"""Typed records out of parsed JSON, each fault with the path of its field."""

import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar, get_args

import msgspec

from journal.rules.instants import YEARS

_PATH = re.compile(r" - at `(?:key in )?\$\.?(?P<path>[^`]*)`$")
_MISSING = re.compile(r"Object missing required field `(?P<name>[^`]*)`")
_DECIMAL = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,12})?", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_WHEN = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})?",
    re.ASCII,
)

Record = TypeVar("Record", bound=msgspec.Struct)


class FieldError(ValueError):
    """One field is missing or wrong; `field` is its path."""

    def __init__(self, message: str, *, field: str, code: str = "invalid_field") -> None:
        super().__init__(message)
        self.code = code
        self.field = field


def read_record(data: Any, record: type[Record]) -> Record:
    """Return `data` as a `record`; fields it does not declare are let pass.

    Raises:
        FieldError: `missing_field` or `invalid_field`.
    """
    try:
        return msgspec.convert(data, record)
    except msgspec.ValidationError as error:
        raise _field_error(str(error)) from error


def _field_error(text: str) -> FieldError:
    found = _PATH.search(text)
    path = found["path"] if found else ""
    message = _PATH.sub("", text)
    if missing := _MISSING.match(message):
        name = ".".join(filter(None, (path, missing["name"])))
        return FieldError(f"{name} is missing.", field=name, code="missing_field")
    return FieldError(f"{path or 'The message'}: {message}.", field=path)


def unknown_fields(data: Any, record: type[msgspec.Struct], path: str = "") -> Iterator[str]:
    """Yield the path of every field in `data` that `record` does not declare."""
    known = _fields(record)
    for name, value in data.items():
        place = f"{path}.{name}" if path else name
        if name not in known:
            yield place
        elif inner := known[name]:
            items = enumerate(value) if isinstance(value, list) else [(None, value)]
            for number, item in items:
                if isinstance(item, dict):
                    deeper = place if number is None else f"{place}[{number}]"
                    yield from unknown_fields(item, inner, deeper)


@cache
def _fields(record: type[msgspec.Struct]) -> dict[str, type[msgspec.Struct] | None]:
    """Return the fields of a record, each with the record it holds."""
    fields = msgspec.structs.fields(record)
    return {field.encode_name: _record_in(field.type) for field in fields}


def _record_in(kind: Any) -> type[msgspec.Struct] | None:
    """Return the record that a field's type holds, alone, optional or in a list."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return kind
    return next((found for part in get_args(kind) if (found := _record_in(part))), None)


def decimal_of(value: Any, *, field: str, places: int = 2) -> Decimal | None:
    """Return a quantity that is not negative, given as text or number in plain notation.

    Raises:
        FieldError: another notation, a sign, or more than `places` decimals.
    """
    if value is None:
        return None
    text = format(value, "f") if isinstance(value, Decimal) else str(value)
    if isinstance(value, bool) or not _DECIMAL.fullmatch(text):
        raise FieldError(f"{field}: {text[:30]!r} is not a plain decimal number.", field=field)
    number = Decimal(text)
    if number < 0:
        raise FieldError(f"{field}: {text} is negative.", field=field)
    if number != round(number, places):
        raise FieldError(f"{field}: {text} has more than {places} decimals.", field=field)
    return number


def currency_of(value: str, *, field: str) -> str:
    """Return a currency code; empty stays empty.

    Raises:
        FieldError: not three capital letters.
    """
    if value and not _CURRENCY.fullmatch(value):
        message = f"{field}: {value[:20]!r} is not a currency code of three capital letters."
        raise FieldError(message, field=field)
    return value


def when_of(text: str, *, field: str) -> datetime:
    """Return an RFC 3339 time: aware when it carries an offset, else naive (local).

    Raises:
        FieldError: another notation, no such date or time, or a year out of all reason.
    """
    try:
        when = datetime.fromisoformat(text) if _WHEN.fullmatch(text) else None
    except ValueError:
        when = None
    if when is None or when.year not in YEARS:
        message = f"{field}: {text[:40]!r} is not a time such as 2026-03-04T09:12:00-06:00."
        raise FieldError(message, field=field)
    return when
