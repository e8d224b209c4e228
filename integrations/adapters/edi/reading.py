"""From one kept EDI message to a reading."""

from collections.abc import Iterator
from datetime import UTC, datetime

from integrations.adapters.edi.envelopes import (
    Fragment,
    Group,
    Interchange,
    TransactionSet,
    read_file,
    sort_problems,
)
from integrations.adapters.edi.grammar import GRAMMARS, Node, walk
from integrations.adapters.edi.segments import shown
from integrations.adapters.edi.statuses import read_statuses
from integrations.adapters.edi.tenders import read_tender
from integrations.adapters.edi.times import read_local
from integrations.events import Problem, Raw, Reading
from integrations.rules.clocks import ClockError

ACKNOWLEDGEMENTS = frozenset({"997", "999"})


def read(raw: Raw) -> Reading:
    """Return what the one transaction set of `raw` says."""
    parts = read_file(raw.body)
    sets = [found for part in parts if isinstance(part, Interchange) for found in _sets(part)]
    if len(sets) != 1 or len(parts) != 1:
        return Reading(problems=(_not_one(parts, len(sets)),))
    interchange, group, transaction = sets[0]
    refused, _ = sort_problems(_still_wrong(interchange, group, transaction), raw.profile)
    if refused:
        return Reading(problems=tuple(refused))
    if transaction.kind in ACKNOWLEDGEMENTS:
        return Reading(ignored=_acknowledged(transaction.kind))
    if transaction.kind not in {"204", "214"}:
        return Reading(problems=(_unsupported(transaction.kind, transaction.segments[0].position),))
    tree, unexpected = walk(transaction.segments, GRAMMARS[transaction.kind])
    return _with_warnings(_understand(tree, group, raw), unexpected)


def _sets(interchange: Interchange) -> Iterator[tuple[Interchange, Group, TransactionSet]]:
    for group in interchange.groups:
        yield from ((interchange, group, transaction) for transaction in group.sets)


def _not_one(parts: list[Interchange | Fragment], count: int) -> Problem:
    """Return why a body is no message: a refused file may be kept that holds none, or several."""
    fragment = next((part for part in parts if isinstance(part, Fragment)), None)
    if fragment:
        return fragment.problem
    if count:
        text = f"It holds {count} transaction sets: ingest the file again, to have it cut."
        return Problem("several_sets", text, position=1)
    return Problem("empty_interchange", "The interchange holds no transaction set.", position=1)


def _still_wrong(
    interchange: Interchange, group: Group, transaction: TransactionSet
) -> list[Problem]:
    """Return the faults that a set shows also alone in its envelope.

    GE01 and IEA01 count what came with it and are not asked again.
    """
    around = [*interchange.problems, *group.problems]
    return [p for p in around if p.code != "count_mismatch"] + transaction.problems


def _understand(tree: Node, group: Group, raw: Raw) -> Reading:
    reference = raw.external_id[-100:]
    if tree.head.get(1) == "214":
        return read_statuses(tree, reference=reference, aliases=raw.profile.aliases)
    return read_tender(
        tree,
        sent_at=_sent_at(group),
        reference=reference,
        customer_code=raw.profile.customer_code,
    )


def _sent_at(group: Group) -> datetime | None:
    try:
        return read_local(group.header.get(4), group.header.get(5)).replace(tzinfo=UTC)
    except ClockError:
        return None


def _with_warnings(reading: Reading, unexpected: list[Problem]) -> Reading:
    if not unexpected:
        return reading
    return Reading(
        key=reading.key,
        plan=reading.plan,
        planned_at=reading.planned_at,
        heard=reading.heard,
        problems=reading.problems,
        warnings=(*reading.warnings, *unexpected),
    )


def _acknowledged(kind: str) -> Problem:
    return Problem("acknowledgement", f"A {kind} acknowledges; it asks for nothing.")


def _unsupported(kind: str, position: int) -> Problem:
    return Problem(
        "unsupported_set", f"A {shown(kind)} is no transaction set we act upon.", position=position
    )
