"""How strictly each readiness rule counts: the settings, their defaults and their precedence."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Enforcement(StrEnum):
    """From not at all to not without."""

    IGNORE = "IGNORE"
    WARN = "WARN"
    REVIEW = "REVIEW"
    BLOCK = "BLOCK"


@dataclass(frozen=True, slots=True)
class Setting:
    """One rule's enforcement, and its parameter where the rule takes one."""

    enforcement: Enforcement = Enforcement.BLOCK
    parameter: str = ""


Policy = Mapping[str, Setting]


@dataclass(frozen=True, slots=True)
class PolicyScope:
    """Whom an active policy is for. None and empty mean everybody and every type."""

    policy_id: int
    customer_id: int | None = None
    shipment_type: str = ""

    def fits(self, customer_id: int, shipment_type: str) -> bool:
        """Tell whether the policy is for a load of this customer and type."""
        return self.customer_id in (None, customer_id) and self.shipment_type in ("", shipment_type)

    @property
    def precision(self) -> tuple[bool, bool]:
        """Order policies: a customer's own before a shipment type's before everybody's."""
        return self.customer_id is not None, self.shipment_type != ""


def most_precise(
    scopes: Iterable[PolicyScope], *, customer_id: int, shipment_type: str
) -> PolicyScope | None:
    """Return the scope that counts for a load, None when only the defaults do."""
    fitting = [scope for scope in scopes if scope.fits(customer_id, shipment_type)]
    return max(fitting, key=lambda scope: scope.precision, default=None)
