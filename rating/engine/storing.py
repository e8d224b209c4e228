"""Frozen dataclasses to plain JSON values and back, without loss.

Decimals and dates are text, instants are UTC with a Z, and a field that holds its default is
left out, so facts stay small and an older reader meets nothing it does not know. Reading
ignores unknown keys: a field may be added later, none may change its meaning.
"""

import dataclasses
import json
import types
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")


class Unreadable(ValueError):
    """Stored data that is not what this code, or an older one, wrote."""


def to_plain(value: Any) -> Any:
    """Dicts, lists, text, whole numbers, booleans and None. Raises TypeError for a float."""
    kind: Any = type(value)
    if fields := _fields_of(kind):
        return {
            name: to_plain(held)
            for name, default in fields
            if (held := getattr(value, name)) != default
        }
    if kind is str or value is None:
        return value
    if isinstance(value, tuple):
        return [to_plain(each) for each in value]
    return _plain_scalar(value)


@cache
def _fields_of(kind: Any) -> tuple[tuple[str, Any], ...]:
    """The fields of a dataclass with their defaults; none for any other type."""
    if not dataclasses.is_dataclass(kind):
        return ()
    return tuple((field.name, field.default) for field in dataclasses.fields(kind))


def canonical(value: Any) -> str:
    """One text for equal values: sorted keys, no spaces. Fit for hashing."""
    return spelled(to_plain(value))


def spelled(plain: Any) -> str:
    """The canonical text of what `to_plain` gave."""
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def from_plain(kind: type[T], data: Any) -> T:
    """The `kind` that `to_plain` wrote. Raises Unreadable."""
    try:
        built: T = _reader_of(cast("Any", kind))(data)
    except (TypeError, ValueError, ArithmeticError, AttributeError) as error:
        raise Unreadable(f"stored {kind.__name__} cannot be read: {error}") from error
    return built


def _plain_scalar(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | StrEnum):
        return value.value if isinstance(value, StrEnum) else value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, Decimal | date | str):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no place in stored facts")


Reader = Callable[[Any], Any]


@cache
def _reader_of(kind: Any) -> Reader:
    """How to read one declared type: a dataclass, a tuple of one type, an optional, a scalar."""
    if dataclasses.is_dataclass(kind):
        return _dataclass_reader(kind)
    if get_origin(kind) is tuple:
        each = _reader_of(get_args(kind)[0])
        return lambda data: tuple(each(item) for item in data)
    if get_origin(kind) in (Union, types.UnionType):
        held = _reader_of(next(arm for arm in get_args(kind) if arm is not types.NoneType))
        return lambda data: None if data is None else held(data)
    reader: Reader = _SCALARS.get(kind, kind)
    return reader


def _dataclass_reader(kind: Any) -> Reader:
    hints = get_type_hints(kind)
    readers = {field.name: _reader_of(hints[field.name]) for field in dataclasses.fields(kind)}

    def read(data: Any) -> Any:
        return kind(**{name: readers[name](held) for name, held in data.items() if name in readers})

    return read


_SCALARS: dict[Any, Reader] = {
    Decimal: Decimal,
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
    str: str,
}
