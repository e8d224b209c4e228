"""Find the load a message names."""

from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import Customer
from dispatch.events import LoadKey
from dispatch.models import Load, Reference
from dispatch.models.reference import reference_key
from integrations.events import Problem
from integrations.rules.naming import IDENTIFYING, Pair, by_strength


@dataclass(frozen=True, slots=True)
class Found:
    """The load, or why it cannot be told which; neither: there is none."""

    load: Load | None = None
    problem: Problem | None = None


def find_named_load(key: LoadKey, *, customer: Customer | None, is_plan: bool) -> Found:
    """Return the load that `key` names, among the customer's when one is given.

    The surest number decides: a weaker one is asked only when the surer names none. A plan is
    matched by its surest number alone, and by none that several loads may share, since a new load
    on an old order must not overwrite the old one.
    """
    if key.number and (load := _among(customer).filter(number=key.number).first()):
        return Found(load)
    unclear = None
    for pairs in by_strength(key.references):
        if is_plan and pairs[0][0] not in IDENTIFYING:
            break
        loads = list(_named(pairs, customer)[:2])
        if len(loads) == 1:
            return Found(loads[0])
        if loads and unclear is None:
            unclear = _unclear(pairs)
        if is_plan:
            break
    return Found(problem=unclear)


def _named(pairs: tuple[Pair, ...], customer: Customer | None) -> QuerySet[Load]:
    keys = [reference_key(value) for _, value in pairs]
    named = Reference.objects.filter(kind=pairs[0][0], value_key__in=keys).values("load_id")
    return _among(customer).filter(pk__in=named).order_by("id")


def _among(customer: Customer | None) -> QuerySet[Load]:
    return Load.objects.filter(customer=customer) if customer else Load.objects.all()


def _unclear(pairs: tuple[Pair, ...]) -> Problem:
    name = " ".join(pairs[0])
    return Problem("load_ambiguous", f"{name} names more than one load.", field="load.references")
