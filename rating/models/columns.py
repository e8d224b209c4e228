"""Columns that rows of rating share: choices of the engine, rates, and their constraints."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from django.db import models

from accounts.models import User
from rating.engine.classes import CLASSES


def person_asking(request: object = None, **_: object) -> User | None:
    """Whoever changes a row on a page; a system with a key is named by the journal alone."""
    user = getattr(request, "user", None)
    return user if isinstance(user, User) else None


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


def inches_field(label: str | None = None, **options: Any) -> "models.DecimalField[Any, Any]":
    """A length in inches."""
    return models.DecimalField(label, max_digits=6, decimal_places=2, **options)


def class_field(**options: Any) -> "models.CharField[Any, Any]":
    """A freight class, by its name in the classification."""
    return models.CharField(max_length=8, **options)


def known_class(field: str, *, name: str, or_empty: bool = False) -> models.CheckConstraint:
    """Refuse a class that the classification does not have; empty is none, where it may be."""
    known = [*CLASSES, ""] if or_empty else list(CLASSES)
    return models.CheckConstraint(condition=models.Q(**{f"{field}__in": known}), name=name)


def a_share(field: str, *, name: str) -> models.CheckConstraint:
    """Refuse a percentage that is not from 0 to under 100; none passes."""
    within = models.Q(**{f"{field}__gte": 0, f"{field}__lt": 100})
    return models.CheckConstraint(
        condition=within | models.Q(**{f"{field}__isnull": True}), name=name
    )


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
