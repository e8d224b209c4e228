"""JSON as strict as money deserves: what two readers could read differently is refused."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NoReturn

MAX_DEPTH = 32
MAX_INTEGER_DIGITS = 18
MAX_FRACTION_CHARACTERS = 40

_STRUCTURE = re.compile(r'"(?:\\.|[^"\\])*"|[\[\]{}]')
_FORBIDDEN = re.compile("[\x00\ud800-\udfff]")


class StrictJSONError(ValueError):
    """The text is refused; `code` names the rule, `field` the place when there is one."""

    def __init__(self, code: str, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.field = field


def parse_json(body: bytes) -> Any:
    """Return the value of UTF-8 JSON; fractions come as `Decimal`.

    Raises:
        StrictJSONError: `empty_body`, `invalid_json`, `too_deep`, `number_too_large`,
            `duplicate_key` or `forbidden_character` (NUL, half a surrogate pair).
    """
    if not body.strip():
        raise StrictJSONError("empty_body", "The body is empty.")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"The body is not UTF-8: byte {error.start} cannot be read."
        raise StrictJSONError("invalid_json", message) from error
    _check_depth(text)
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        message = f"The body is not JSON: {error.msg} at character {error.pos}."
        raise StrictJSONError("invalid_json", message) from error
    if "\\u" in text:
        _check_characters(value)
    return value


def _check_depth(text: str) -> None:
    if text.count("{") + text.count("[") <= MAX_DEPTH:
        return
    depth = 0
    for match in _STRUCTURE.finditer(text):
        mark = match[0]
        depth += (mark in {"[", "{"}) - (mark in {"]", "}"})
        if depth > MAX_DEPTH:
            raise StrictJSONError("too_deep", f"The JSON is nested deeper than {MAX_DEPTH} levels.")


def _check_characters(value: Any) -> None:
    for field, text in _texts(value, ""):
        if _FORBIDDEN.search(text):
            message = "A text holds NUL or half a surrogate pair."
            raise StrictJSONError("forbidden_character", message, field=field)


def _texts(value: Any, field: str) -> Iterator[tuple[str, str]]:
    """Yield (place, text) of every text and key below `value`."""
    if isinstance(value, str):
        yield field, value
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _texts(item, f"{field}[{number}]")
    elif isinstance(value, dict):
        for key, item in value.items():
            yield field, key
            yield from _texts(item, f"{field}.{key}" if field else key)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise StrictJSONError(
            "duplicate_key", f"The key {twice[:60]!r} comes twice in one object.", field=twice[:60]
        )
    return value


def _integer(text: str) -> int:
    digits = len(text.lstrip("-+"))
    if digits > MAX_INTEGER_DIGITS:
        raise StrictJSONError("number_too_large", f"A number has {digits} digits.")
    return int(text)


def _fraction(text: str) -> Decimal:
    mantissa, _, exponent = text.lower().partition("e")
    if len(mantissa) > MAX_FRACTION_CHARACTERS or (exponent and abs(_integer(exponent)) > 30):
        raise StrictJSONError("number_too_large", "A number has too many digits.")
    return Decimal(text)


def _constant(name: str) -> NoReturn:
    raise StrictJSONError("invalid_json", f"{name} is not JSON.")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_fraction, parse_constant=_constant
)
