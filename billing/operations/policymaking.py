"""How strictly the rules count for whom: drafted by one person, put in force by another."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Max

from accounts.models import Customer
from billing.models import PolicyRule, ReadinessPolicy
from billing.queries.policies import in_force
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


class PassedOver(Exception):
    """A later version is in force: an earlier draft cannot follow it."""

    status = 409
    code = "passed_over"

    def __init__(self, newest: int) -> None:
        super().__init__(f"Version {newest} is in force since: draft the next one from it.")


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
        customer=customer, shipment_type=shipment_type, version=newest + 1, drafted_by=by,
        drafted_at=at,
    )  # fmt: skip
    PolicyRule.objects.bulk_create(
        PolicyRule(policy=policy, rule=name, enforcement=each.enforcement, parameter=each.parameter)
        for name, each in settings.items()
    )
    record(
        "policy.drafted", subject=policy, by=by, at=at, customer_id=policy.customer_id,
        old=_told(in_force(customer=customer, shipment_type=shipment_type)),
        new={"version": newest + 1, **_told(settings)},
    )  # fmt: skip
    return policy


def activate_policy(policy: ReadinessPolicy, *, by: str, at: datetime) -> ReadinessPolicy:
    """Put a draft in force; the version before it retires. Waiting loads are evaluated again.

    Raises:
        SamePerson: `by` drafted it.
        PassedOver: a later version is in force.
        IllegalMove: it is no draft.
    """
    if by == policy.drafted_by:
        raise SamePerson
    standing = ReadinessPolicy.objects.filter(
        customer=policy.customer, shipment_type=policy.shipment_type, status=Status.ACTIVE
    )
    for before in standing.order_by("pk").select_for_update(of=("self",)):
        if before.version > policy.version:
            raise PassedOver(before.version)
        advance(before, Status.RETIRED, by=by, at=at, reason=f"Version {policy.version} follows.")
    return advance(policy, Status.ACTIVE, by=by, at=at, activated_by=by, activated_at=at)


def withdraw_policy(
    policy: ReadinessPolicy, *, by: str, at: datetime, reason: str
) -> ReadinessPolicy:
    """Give a draft up; it stays on file and counts for nobody.

    Raises:
        IllegalMove: it is no draft.
    """
    return advance(policy, Status.WITHDRAWN, by=by, at=at, reason=reason)


def _told(settings: Mapping[str, Setting]) -> dict[str, str]:
    return {name: f"{each.enforcement} {each.parameter}".strip() for name, each in settings.items()}


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
