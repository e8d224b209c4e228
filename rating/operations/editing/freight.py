"""What a draft says of the freight itself: classes rated as one, and space that weighs."""

from collections.abc import Sequence
from datetime import datetime

from rating.engine import freight
from rating.engine.choices import SpaceMeasure
from rating.models import FakRange, RateCardVersion, SpaceRule
from rating.operations.drafting import hold_draft
from rating.operations.editing.refusing import EditRefused, StaleEdit, constraints, plain, tell
from rating.queries.books import terms_of
from rating.queries.translation import to_columns
from rating.rules import Fault, find_faults


def put_fak(
    version: RateCardVersion,
    *,
    ranges: Sequence[freight.FakRange],
    seen: Sequence[freight.FakRange] | None = None,
    by: str,
    at: datetime,
) -> None:
    """Put `ranges` in the place of all FAK ranges of a draft.

    Raises NotADraft, EditRefused, StaleEdit.
    """
    hold_draft(version)
    before = terms_of(version).fak
    if seen is not None and tuple(seen) != before:
        raise StaleEdit({"ranges": "The FAK ranges were changed by somebody else; look again."})
    _refuse(find_faults((), (), (), fak=ranges), field="ranges")
    version.fak.all().delete()
    with constraints(version, field="ranges"):
        FakRange.objects.bulk_create(
            FakRange(version=version, **to_columns(each, FakRange)) for each in ranges
        )
    old, new = _spelled(before), _spelled(ranges)
    if old != new:
        tell(version, "FAK ranges", old={"ranges": old}, new={"ranges": new}, by=by, at=at)


def put_space_rule(
    version: RateCardVersion,
    *,
    rule: freight.SpaceRule,
    seen: freight.SpaceRule | None = None,
    by: str,
    at: datetime,
) -> None:
    """Say from when on the space of `rule.measure` makes freight weigh more, or say it anew.

    Raises NotADraft, EditRefused, StaleEdit.
    """
    hold_draft(version)
    before = _space_rule(version, rule.measure)
    if seen is not None and seen != before:
        raise StaleEdit({"over": f"The {rule.label.lower()} rule was changed by somebody else."})
    _refuse(find_faults((), (), (), space_rules=[rule]), field="over")
    version.space_rules.filter(measure=rule.measure).delete()
    with constraints(version, field="over"):
        SpaceRule.objects.create(version=version, **to_columns(rule, SpaceRule))
    old, new = _told(before), _told(rule)
    changed = [name for name in new if old.get(name) != new[name]]
    if changed:
        tell(
            version,
            f"{rule.label.lower()} rule",
            old={name: old[name] for name in changed if name in old},
            new={name: new[name] for name in changed},
            by=by,
            at=at,
        )


def remove_space_rule(
    version: RateCardVersion, *, measure: SpaceMeasure, by: str, at: datetime
) -> None:
    """Let the space of `measure` weigh nothing in a draft. Raises NotADraft, EditRefused."""
    hold_draft(version)
    before = _space_rule(version, measure)
    if before is None:
        raise EditRefused({"measure": "The draft has no such rule."})
    version.space_rules.filter(measure=measure).delete()
    tell(version, f"{before.label.lower()} rule", old=_told(before), new={}, by=by, at=at)


def _space_rule(version: RateCardVersion, measure: SpaceMeasure) -> freight.SpaceRule | None:
    rules = terms_of(version).space_rules
    return next((each for each in rules if each.measure == measure), None)


def _refuse(faults: Sequence[Fault], *, field: str) -> None:
    by_field: dict[str, list[str]] = {}
    for fault in faults:
        by_field.setdefault(fault.field or field, []).append(f"{fault}.")
    if by_field:
        raise EditRefused({name: " ".join(told) for name, told in by_field.items()})


def _spelled(ranges: Sequence[freight.FakRange]) -> str:
    return "; ".join(f"{each.label} as {each.rated_class}" for each in ranges)


def _told(rule: freight.SpaceRule | None) -> dict[str, str]:
    if rule is None:
        return {}
    return {name: plain(value) for name, value in to_columns(rule, SpaceRule).items()}
