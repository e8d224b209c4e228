"""The first line of isolation: rows a principal may see."""

from typing import Any, Protocol, Self, TypeVar

from django.db import models

Row = TypeVar("Row", bound=models.Model, covariant=True)


class Principal(Protocol):
    """A person or a key on whose behalf something is read."""

    @property
    def customer_ids(self) -> frozenset[int] | None:
        """Return the customers the principal may see; None means all."""


class ScopedQuerySet(models.QuerySet[Row]):
    """Rows that belong to a customer through `customer_id`."""

    customer_column = "customer_id"

    def for_user(self, principal: Principal | Any) -> Self:
        """Return the rows `principal` may see: all for staff, none for a stranger."""
        allowed: frozenset[int] | None = getattr(principal, "customer_ids", frozenset())
        if allowed is None:
            return self.all()
        return self.filter(**{f"{self.customer_column}__in": allowed})


ScopedManager = models.Manager.from_queryset(ScopedQuerySet)
