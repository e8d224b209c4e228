"""Values on their way into a case's row: kept as they are as far as the database can hold them."""

import hashlib
import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

KEY_LENGTH = 160
DIGEST_LENGTH = 16


def clean(text: str) -> str:
    """Return `text` with what PostgreSQL cannot store (NUL, lone surrogates) made visible."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "\u2400")


def plain(value: Any) -> Any:
    """Return `value` as clean JSON: amounts, instants and ids as their text."""
    return _cleaned(json.loads(json.dumps(value, cls=DjangoJSONEncoder)))


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    if isinstance(value, dict):
        return {clean(name): _cleaned(item) for name, item in value.items()}
    return value


def fit_key(key: str) -> str:
    """Return a subject key that fits its column; a cut one still differs from every other."""
    key = clean(key)
    if len(key) <= KEY_LENGTH:
        return key
    digest = hashlib.sha256(key.encode()).hexdigest()[:DIGEST_LENGTH]
    return f"{key[: KEY_LENGTH - DIGEST_LENGTH - 1]}~{digest}"
