"""Rows to the engine's words and back.

Columns carry the names of the engine's fields, so one function copies them; what a table holds
in other rows (breaks, tiers, free times) is given beside them. An optional choice is empty text
in the database and None in the engine.
"""

import dataclasses
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, cast, get_args, get_type_hints

from django.db import models

from rating.engine.choices import PlaceKind
from rating.engine.money import tidy
from rating.engine.places import Place

T = TypeVar("T")


def from_columns(kind: type[T], row: models.Model, **held: Any) -> T:
    """The `kind` that `row` stands for, with `held` for what other tables keep."""
    columns = {
        name: _engine_value(getattr(row, name), choice)
        for name, choice in _shared(cast("Any", kind), type(row)).items()
        if name not in held
    }
    return kind(**columns, **held)


def to_columns(value: Any, model: type[models.Model]) -> dict[str, Any]:
    """The columns of `model` that `value` has a field for."""
    return {
        name: "" if choice and getattr(value, name) is None else getattr(value, name)
        for name, choice in _shared(cast("Any", type(value)), model).items()
    }


def place_of(row: models.Model, prefix: str = "") -> Place:
    """The place that a row names, or one end of it: "origin_", "destination_"."""
    kind, value, country = (getattr(row, prefix + part) for part in ("kind", "value", "country"))
    return Place(PlaceKind(kind), value, country)


def place_columns(place: Place, prefix: str = "") -> dict[str, str]:
    """The columns that name `place`."""
    return {
        f"{prefix}kind": place.kind.value,
        f"{prefix}value": place.value,
        f"{prefix}country": place.country,
    }


@cache
def _shared(kind: Any, model: type[models.Model]) -> dict[str, type[StrEnum] | None]:
    """The fields that a dataclass and a table share, each with its choices if it has any."""
    columns = {field.name for field in model._meta.concrete_fields}
    hints = get_type_hints(kind)
    return {
        field.name: _choices(hints[field.name])
        for field in dataclasses.fields(kind)
        if field.name in columns
    }


def _choices(hint: Any) -> type[StrEnum] | None:
    arms = (hint, *get_args(hint))
    return next((arm for arm in arms if isinstance(arm, type) and issubclass(arm, StrEnum)), None)


def _engine_value(value: Any, choice: type[StrEnum] | None) -> Any:
    if choice:
        return choice(value) if value else None
    return tidy(value) if isinstance(value, Decimal) else value
