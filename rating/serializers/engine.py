"""The engine's own words over HTTP: each field of a row as the engine and its column know it."""

import dataclasses
from copy import deepcopy
from decimal import Decimal
from enum import StrEnum
from types import NoneType
from typing import Any, ClassVar, get_args, get_origin, get_type_hints

from django.db import models
from rest_framework import serializers

from journal.api import PlainDecimalField, PlainIntegerField, StrictSerializer
from rating.queries.cells.numbers import spell_number

MOST_ROWS = 500
SMALL, LARGE = 2**15 - 1, 2**31 - 1


class NumberField(PlainDecimalField):
    """A number as a tariff spells it: no idle zeros."""

    def to_representation(self, value: Any) -> str:
        """Spell the number."""
        return spell_number(Decimal(value))


class EngineSerializer(StrictSerializer):
    """A row of the engine, in and out: what is left out of a body is what the engine takes for it.

    `KIND` is the row's class, `MODEL` the table that keeps it and sets the limits, `PARTS` the
    serializers of the rows it holds, and `OWN` fields that say more than their type.
    """

    KIND: ClassVar[Any]
    MODEL: ClassVar[type[models.Model]]
    PARTS: ClassVar[dict[str, type[StrictSerializer]]] = {}
    OWN: ClassVar[dict[str, serializers.Field[Any, Any, Any, Any]]] = {}
    UNTOLD: ClassVar[tuple[str, ...]] = ()

    def get_fields(self) -> dict[str, Any]:
        """Return a field for each one of the row."""
        hints = get_type_hints(self.KIND)
        told = [each for each in dataclasses.fields(self.KIND) if each.name not in self.UNTOLD]
        return {each.name: self._field(each, hints[each.name]) for each in told}

    def told(self) -> Any:
        """Return the row of a valid body."""
        return self.row_of(self.validated_data)

    @classmethod
    def row_of(cls, told: Any) -> Any:
        """Return the row that was told; raises BookError for one that cannot be computed with."""
        return cls.KIND(**{name: cls._value(name, value) for name, value in told.items()})

    @classmethod
    def _value(cls, name: str, value: Any) -> Any:
        part: Any = cls.PARTS.get(name)
        if part is not None and isinstance(value, list):
            return tuple(part.row_of(each) for each in value)
        if part is not None:
            return None if value is None else part.row_of(value)
        choice = _choice(get_type_hints(cls.KIND)[name])
        return choice(value) if choice and value is not None else value

    def _field(self, field: Any, hint: Any) -> Any:
        if own := self.OWN.get(field.name):
            return deepcopy(own)
        has_default = field.default is not dataclasses.MISSING
        options: dict[str, Any] = {"required": not has_default}
        if NoneType in get_args(hint):
            options["allow_null"] = True
        if part := self.PARTS.get(field.name):
            if get_origin(hint) is not tuple:
                return part(**options)
            return serializers.ListSerializer(child=part(), max_length=MOST_ROWS, **options)
        if choice := _choice(hint):
            return serializers.ChoiceField(choices=[each.value for each in choice], **options)
        return _plain(self.MODEL._meta.get_field(field.name), hint, options)


def _choice(hint: Any) -> type[StrEnum] | None:
    arms = (hint, *get_args(hint))
    return next((arm for arm in arms if isinstance(arm, type) and issubclass(arm, StrEnum)), None)


def _plain(column: Any, hint: Any, options: dict[str, Any]) -> Any:
    arms = (hint, *get_args(hint))
    if bool in arms:
        return serializers.BooleanField(**options)
    if Decimal in arms:
        return NumberField(column.max_digits, column.decimal_places, min_value=0, **options)
    if int in arms:
        most = SMALL if isinstance(column, models.SmallIntegerField) else LARGE
        return PlainIntegerField(min_value=0, max_value=most, **options)
    return serializers.CharField(
        max_length=column.max_length, allow_blank=not options["required"], **options
    )
