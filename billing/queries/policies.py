"""The readiness policies in force."""

from collections import defaultdict
from dataclasses import dataclass

from billing.models import PolicyRule, ReadinessPolicy
from billing.rules.policy import Enforcement, Policy, PolicyScope, Setting, most_precise


@dataclass(frozen=True, slots=True)
class Policies:
    """Every active policy, read at one instant."""

    scopes: tuple[PolicyScope, ...]
    settings: dict[int, dict[str, Setting]]

    def for_load(self, *, customer_id: int, shipment_type: str) -> Policy:
        """Return the settings that count; a rule that they leave out keeps its default."""
        scope = most_precise(self.scopes, customer_id=customer_id, shipment_type=shipment_type)
        return self.settings.get(scope.policy_id, {}) if scope else {}


def read_policies() -> Policies:
    """Read all active policies in two queries, or one where there are none."""
    active = ReadinessPolicy.objects.filter(status=ReadinessPolicy.Status.ACTIVE)
    scopes = tuple(
        PolicyScope(*row)
        for row in active.order_by("pk").values_list("pk", "customer_id", "shipment_type")
    )
    if not scopes:
        return Policies((), {})
    settings: dict[int, dict[str, Setting]] = defaultdict(dict)
    for rule in PolicyRule.objects.filter(policy__in=active).order_by("pk"):
        setting = Setting(Enforcement(rule.enforcement), rule.parameter)
        settings[rule.policy_id][rule.rule] = setting
    return Policies(scopes, dict(settings))
