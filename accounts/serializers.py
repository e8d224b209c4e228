"""What a row tells the carrier's own systems, and what of it a customer's key is told."""

from collections.abc import Mapping
from typing import Any, ClassVar

from rest_framework.serializers import ModelSerializer


class GuardedSerializer(ModelSerializer[Any]):
    """A row of which a customer's key is told no more than the portal shows.

    Serializers of this kind, and those that hold one, are given the request in their context.
    """

    WITHHELD: ClassVar[Mapping[str, Any]] = {}
    """What a customer's key is told in the place of a field."""

    @property
    def is_for_customer(self) -> bool:
        """Tell whether the one who asks is a customer's."""
        return self.context["request"].user.customer_ids is not None

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Show the row as far as the one who asks may see it."""
        told: dict[str, Any] = super().to_representation(instance)
        return self.narrow(told) if self.is_for_customer else told

    def narrow(self, told: dict[str, Any]) -> dict[str, Any]:
        """Return what a customer is told of what was told."""
        return {name: self.WITHHELD.get(name, value) for name, value in told.items()}
