"""Columns that rows of rating share: choices of the engine, rates, and their constraints."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from django.db import models


def choice_field(members: type[StrEnum], **options: Any) -> "models.CharField[Any, Any]":
    """A column that holds one of the engine's named choices."""
    labels = [(member.value, member.value.replace("_", " ").capitalize()) for member in members]
    return models.CharField(max_length=32, choices=labels, **options)


def rate_field(**options: Any) -> "models.DecimalField[Any, Any]":
    """Money for one unit, or percent points: six decimals, because some tariffs need five."""
    return models.DecimalField(max_digits=16, decimal_places=6, **options)


def money_field(label: str | None = None, **options: Any) -> "models.DecimalField[Any, Any]":
    """An amount in any currency; four decimals is the finest there is."""
    return models.DecimalField(label, max_digits=14, decimal_places=4, **options)


def one_of(field: str, members: Iterable[StrEnum], *, name: str) -> models.CheckConstraint:
    """Refuse a value the engine has no name for."""
    known = [member.value for member in members]
    return models.CheckConstraint(condition=models.Q(**{f"{field}__in": known}), name=name)


def one_of_or_empty(field: str, members: Iterable[StrEnum], *, name: str) -> models.CheckConstraint:
    """Refuse a value the engine has no name for; empty means "any"."""
    known = ["", *(member.value for member in members)]
    return models.CheckConstraint(condition=models.Q(**{f"{field}__in": known}), name=name)


def not_negative(*fields: str, name: str) -> models.CheckConstraint:
    """Refuse a number below 0; a missing one passes."""
    condition = models.Q()
    for field in fields:
        condition &= models.Q(**{f"{field}__gte": 0}) | models.Q(**{f"{field}__isnull": True})
    return models.CheckConstraint(condition=condition, name=name)


def minimum_under_maximum(*, name: str) -> models.CheckConstraint:
    """Refuse bounds that no amount can satisfy."""
    return models.CheckConstraint(
        condition=models.Q(minimum=None)
        | models.Q(maximum=None)
        | models.Q(minimum__lte=models.F("maximum")),
        name=name,
    )
