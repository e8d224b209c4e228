"""How strictly the rules count for whom: drafted by one person, put in force by another."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Max

from accounts.models import Customer
from billing.models import PolicyRule, ReadinessPolicy
from billing.rules.policy import Enforcement, Setting
from billing.rules.readiness import MANDATORY, RULES
from journal.operations.lifecycle import advance
from journal.operations.recording import record

Status = ReadinessPolicy.Status
KNOWN = frozenset(rule.name for rule in RULES)


class PolicyRefused(ValueError):
    """The policy names a rule that does not exist, or loosens one that nobody may loosen."""

    status = 400
    code = "policy_refused"


class SamePerson(Exception):
    """Who drafted a policy cannot put it in force."""

    status = 403
    code = "same_person"

    def __init__(self) -> None:
        super().__init__("Who drafted a policy cannot put it in force: ask a colleague.")


def draft_policy(
    settings: Mapping[str, Setting],
    *,
    customer: Customer | None = None,
    shipment_type: str = "",
    by: str,
    at: datetime,
) -> ReadinessPolicy:
    """Draft the next version of a policy; rules that `settings` leaves out block.

    Raises:
        PolicyRefused: a rule is unknown, or must block whatever a policy says.
    """
    _check(settings)
    scope = ReadinessPolicy.objects.filter(customer=customer, shipment_type=shipment_type)
    newest = scope.aggregate(newest=Max("version"))["newest"] or 0
    policy = ReadinessPolicy.objects.create(
        customer=customer, shipment_type=shipment_type, version=newest + 1, drafted_by=by
    )
    PolicyRule.objects.bulk_create(
        PolicyRule(policy=policy, rule=name, enforcement=each.enforcement, parameter=each.parameter)
        for name, each in settings.items()
    )
    told = {name: f"{each.enforcement} {each.parameter}".strip() for name, each in settings.items()}
    record("policy.drafted", subject=policy, by=by, at=at, new={"version": newest + 1, **told})
    return policy


def activate_policy(policy: ReadinessPolicy, *, by: str, at: datetime) -> ReadinessPolicy:
    """Put a draft in force; the version before it retires. Waiting loads are evaluated again.

    Raises:
        SamePerson: `by` drafted it.
        IllegalMove: it is no draft.
    """
    if by == policy.drafted_by:
        raise SamePerson
    in_force = ReadinessPolicy.objects.filter(
        customer=policy.customer, shipment_type=policy.shipment_type, status=Status.ACTIVE
    )
    for before in in_force.order_by("pk"):
        advance(before, Status.RETIRED, by=by, at=at, reason=f"Version {policy.version} follows.")
    return advance(policy, Status.ACTIVE, by=by, at=at, activated_by=by, activated_at=at)


def _check(settings: Mapping[str, Setting]) -> None:
    for name, setting in settings.items():
        if name not in KNOWN:
            raise PolicyRefused(f"There is no rule called {name!r}.")
        if name in MANDATORY and setting.enforcement is not Enforcement.BLOCK:
            raise PolicyRefused(f"The rule {name!r} blocks whatever a policy says.")
