"""The readiness policies in force."""

from collections import defaultdict
from dataclasses import dataclass, replace

from accounts.models import Customer
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

    def with_draft(self, draft: ReadinessPolicy) -> "Policies":
        """Return the policies as they would stand with `draft` in force."""
        whose = (draft.customer_id, draft.shipment_type)
        others = (s for s in self.scopes if (s.customer_id, s.shipment_type) != whose)
        settings = {**self.settings, draft.pk: settings_of(draft)}
        return replace(self, scopes=(*others, PolicyScope(draft.pk, *whose)), settings=settings)

    def counts(self, policy: ReadinessPolicy, *, customer_id: int, shipment_type: str) -> bool:
        """Tell whether `policy` is the one that counts for such a load."""
        scope = most_precise(self.scopes, customer_id=customer_id, shipment_type=shipment_type)
        return scope is not None and scope.policy_id == policy.pk


def settings_of(policy: ReadinessPolicy) -> dict[str, Setting]:
    """Return what one policy says, in one query."""
    rules = PolicyRule.objects.filter(policy=policy).order_by("pk")
    return {rule.rule: Setting(Enforcement(rule.enforcement), rule.parameter) for rule in rules}


def in_force(*, customer: Customer | None, shipment_type: str) -> dict[str, Setting]:
    """Return what the active policy of exactly this scope says; nothing where there is none."""
    active = ReadinessPolicy.objects.filter(
        customer=customer, shipment_type=shipment_type, status=ReadinessPolicy.Status.ACTIVE
    ).first()
    return settings_of(active) if active else {}


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
