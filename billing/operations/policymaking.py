"""How strictly the rules count for whom: drafted by one person, put in force by another."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Max

from accounts.models import Customer
from billing.models import PolicyRule, ReadinessPolicy
from billing.rules.policy import Enforcement, Setting
from billing.rules.readiness import MANDATORY, RULES, named_kinds
from dispatch.models import Reference
from journal.operations.lifecycle import advance
from journal.operations.recording import record

Status = ReadinessPolicy.Status
KNOWN = frozenset(rule.name for rule in RULES)
PARAMETERS = frozenset({"pod_accepted", "required_references"})


class PolicyRefused(ValueError):
    """The policy names what does not exist, or loosens what nobody may loosen."""

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
        PolicyRefused: a rule or its parameter is unknown, or the rule must block whatever a
            policy says.
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
        _check_parameter(name, setting.parameter)
        if name in MANDATORY and setting.enforcement is not Enforcement.BLOCK:
            raise PolicyRefused(f"The rule {name!r} blocks whatever a policy says.")


def _check_parameter(name: str, parameter: str) -> None:
    """Refuse a parameter that its rule cannot read, and one that no rule reads."""
    if name == "pod_accepted" and not parameter.isdecimal() and parameter:
        raise PolicyRefused(f"{parameter!r} is not a number of minutes.")
    if parameter and name not in PARAMETERS:
        raise PolicyRefused(f"The rule {name!r} takes no parameter.")
    unknown = set(named_kinds(parameter)) - set(Reference.Kind.values)
    if name == "required_references" and unknown:
        raise PolicyRefused(f"No reference is called {min(unknown)}.")
