"""From one kept EDI message to a reading."""

from datetime import UTC, datetime

from integrations.adapters.edi.envelopes import Fragment, Group, Interchange, read_file
from integrations.adapters.edi.grammar import GRAMMARS, Node, walk
from integrations.adapters.edi.statuses import read_statuses
from integrations.adapters.edi.tenders import read_tender
from integrations.adapters.edi.times import read_local
from integrations.events import Problem, Raw, Reading
from integrations.rules.clocks import ClockError

ACKNOWLEDGEMENTS = frozenset({"997", "999"})


def read(raw: Raw) -> Reading:
    """Return what the one transaction set of `raw` says."""
    part = next(iter(read_file(raw.body)), None)
    if not isinstance(part, Interchange) or not part.groups or not part.groups[0].sets:
        problem = part.problem if isinstance(part, Fragment) else _nothing()
        return Reading(problems=(problem,))
    group = part.groups[0]
    transaction = group.sets[0]
    if transaction.kind in ACKNOWLEDGEMENTS:
        return Reading(ignored=_acknowledged(transaction.kind))
    if transaction.kind not in {"204", "214"}:
        return Reading(problems=(_unsupported(transaction.kind, transaction.segments[0].position),))
    tree, unexpected = walk(transaction.segments, GRAMMARS[transaction.kind])
    return _with_warnings(_understand(tree, group, raw), unexpected)


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


def _nothing() -> Problem:
    return Problem("empty_interchange", "The interchange holds no transaction set.", position=1)


def _unsupported(kind: str, position: int) -> Problem:
    return Problem(
        "unsupported_set", f"A {kind[:10]} is no transaction set we act upon.", position=position
    )
