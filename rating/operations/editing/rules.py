"""Accessorial rules of a draft, each as a whole."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from rating.engine import book as engine
from rating.models import AccessorialRule, DetentionTerms, RateCardVersion
from rating.operations.drafting import hold_draft
from rating.operations.editing.refusing import EditRefused, StaleEdit, constraints, plain, tell
from rating.operations.filling import write_rule
from rating.queries.books import terms_of
from rating.queries.translation import to_columns
from rating.rules import Fault, find_faults


def add_rule(
    version: RateCardVersion, *, rule: engine.AccessorialRule, by: str, at: datetime
) -> None:
    """A new accessorial rule of a draft. Raises NotADraft, EditRefused."""
    hold_draft(version)
    _put_rule(version, None, rule, by=by, at=at)


def change_rule(
    version: RateCardVersion,
    *,
    name: str,
    rule: engine.AccessorialRule,
    seen: engine.AccessorialRule | None = None,
    by: str,
    at: datetime,
) -> None:
    """Put `rule` in the place of the rule called `name`.

    Raises NotADraft, EditRefused, StaleEdit.
    """
    hold_draft(version)
    before = _rule(version, name)
    if seen is not None and seen != before:
        raise StaleEdit({"rule": f"Rule {name} was changed by somebody else; look at it again."})
    _put_rule(version, before, rule, by=by, at=at)


def remove_rule(version: RateCardVersion, *, name: str, by: str, at: datetime) -> None:
    """Take a rule out of a draft. Raises NotADraft, EditRefused."""
    hold_draft(version)
    before = _rule(version, name)
    version.accessorials.filter(rule=name).delete()
    tell(version, f"rule {name}", old=_rule_told(before), new={}, by=by, at=at)


def _rule(version: RateCardVersion, name: str) -> engine.AccessorialRule:
    found = next((rule for rule in terms_of(version).accessorials if rule.rule == name), None)
    if found is None:
        raise EditRefused({"rule": f"The draft has no rule {name[:20]}."})
    return found


def _put_rule(
    version: RateCardVersion,
    before: engine.AccessorialRule | None,
    rule: engine.AccessorialRule,
    *,
    by: str,
    at: datetime,
) -> None:
    others = [each for each in terms_of(version).accessorials if each != before]
    faults = [
        fault
        for fault in find_faults((), [*others, rule], ())
        if fault.where == f"rule {rule.rule}"
    ]
    if faults:
        raise EditRefused(_by_field(faults))
    if before:
        AccessorialRule.objects.filter(version=version, rule=before.rule).delete()
    with constraints(version, field="rule"):
        write_rule(version, rule)
    tell(
        version,
        f"rule {rule.rule}",
        old=_rule_told(before) if before else {},
        new=_rule_told(rule, beside=before),
        by=by,
        at=at,
    )


def _by_field(faults: Iterable[Fault]) -> dict[str, str]:
    told: dict[str, list[str]] = {}
    for fault in faults:
        told.setdefault(fault.field or "rule", []).append(f"{fault}")
    return {field: "; ".join(sentences) for field, sentences in told.items()}


def _rule_told(
    rule: engine.AccessorialRule, *, beside: engine.AccessorialRule | None = None
) -> dict[str, str]:
    """The columns of a rule as text; beside another one, those that differ."""
    columns, other = _columns(rule), _columns(beside) if beside else {}
    told = {name: plain(value) for name, value in columns.items() if value != other.get(name)}
    return told | {"tiers": str(len(rule.tiers))}


def _columns(rule: engine.AccessorialRule) -> dict[str, Any]:
    """The columns of a rule, those of its terms with them."""
    terms = rule.detention
    waiting = to_columns(terms, DetentionTerms) if terms else {}
    free = {"free_times": _free_times(terms)} if terms else {}
    return {**to_columns(rule, AccessorialRule), **waiting, **free}


def _free_times(terms: engine.DetentionTerms) -> str:
    return "; ".join(
        f"{time.stop_kind or 'any stop'} from {plain(time.from_weight_lb)} lb: {time.minutes} min"
        for time in terms.free_times
    )
