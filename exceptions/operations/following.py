"""Cases that open and close by themselves as the journal tells what happened."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from dispatch.events import LOAD_TRACKED
from dispatch.fold import Problem
from dispatch.models import Document, Load
from dispatch.queries.histories import read_histories
from exceptions.models import Case
from exceptions.operations.closing import close_case, close_cases
from exceptions.operations.opening import open_case
from journal.models import Delivery, Event

DEAD_LETTER, REJECTED = "dead_letter", "document_rejected"
RULE_DEAD_LETTER, RULE_DOCUMENT = "rule:dead_letter", "rule:document"
RULE_MILESTONES = "rule:milestones"

# What the fold of a load's milestones finds wrong, and the case that a person gets.
KIND_OF_PROBLEM: Mapping[str, str] = {
    "time_order": "time_order",
    "stop_unknown": "stop_not_found",
    "stop_ambiguous": "stop_not_found",
    "stop_missing": "stop_not_found",
    "ended_and_delivered": "ended_and_delivered",
}
ABOUT_MILESTONES = tuple(dict.fromkeys(KIND_OF_PROBLEM.values()))


def report_dead_letter(delivery: Delivery, *, at: datetime) -> Case:
    """Open the case of a delivery that was given up."""
    event = delivery.event
    return open_case(
        DEAD_LETTER,
        subject_key=delivery_key(delivery.pk),
        by=RULE_DEAD_LETTER,
        at=at,
        load=_load_of(event),
        evidence=[
            _fact("Event", event.name, event.actor),
            _fact("Subscriber", delivery.subscriber, delivery.queue),
            _fact("Attempts", str(delivery.attempts), delivery.queue),
            _fact("Last error", delivery.note, delivery.subscriber),
        ],
        detail={
            "delivery_id": delivery.pk,
            "event": event.name,
            "subscriber": delivery.subscriber.rpartition(".")[2],
        },
        correlation_id=event.correlation_id,
    )


def close_dead_letter(delivery_id: int, *, at: datetime) -> int:
    """Close the case of a delivery that somebody has made due again."""
    return close_cases(
        DEAD_LETTER, delivery_key(delivery_id), by=RULE_DEAD_LETTER, at=at,
        resolution="replayed", reason="The work was taken up again.",
    )  # fmt: skip


def follow_document(document: Document, *, at: datetime) -> None:
    """Ask for a better copy of a paper that was refused, until one of its kind is accepted.

    A proof of delivery is asked for by readiness, which knows whether the customer wants one.
    """
    if document.kind == Document.Kind.POD:
        return
    if document.status == Document.Status.REJECTED:
        open_case(
            REJECTED,
            subject_key=document_key(document.pk),
            by=RULE_DOCUMENT,
            at=at,
            load=document.load,
            evidence=[_fact(document.get_kind_display(), document.reason, document.source)],
            detail={"document_id": document.pk, "filename": document.filename},
        )
    elif document.status == Document.Status.ACCEPTED:
        same = Document.objects.filter(load_id=document.load_id, kind=document.kind)
        for pk in same.order_by("id").values_list("pk", flat=True):
            close_cases(
                REJECTED, document_key(pk), by=RULE_DOCUMENT, at=at,
                reason=f"{document.filename} was accepted.",
            )  # fmt: skip


def find_concerned(events: Iterable[Event]) -> set[int]:
    """Return the loads whose milestones have to be looked at anew.

    A load whose facts told of no contradiction, and of which no case is open, has nothing to
    open or close. A case that another worker is about to open is not missed: it is opened under
    the lock of its load, and what is told after waited for that lock.
    """
    told = list(events)
    wrong = {e.subject_id for e in told if e.name != LOAD_TRACKED or e.payload.get("problems", 1)}
    others = {event.subject_id for event in told} - wrong
    standing = Case.objects.filter(
        load__in=others, kind__in=ABOUT_MILESTONES, status=Case.Status.OPEN
    )
    return wrong | set(standing.values_list("load_id", flat=True) if others else ())


def lock_problems(load_ids: Collection[int]) -> list[tuple[Load, tuple[Problem, ...]]]:
    """Lock loads, in order, and return with each what is wrong with its milestones now.

    Of two workers told of two changes, the later one to get the lock sees both. The lock leaves
    others free to add rows that point at the load.
    """
    locked = Load.objects.filter(pk__in=load_ids).order_by("pk")
    loads = list(locked.select_for_update(of=("self",), no_key=True))
    histories = read_histories(load_ids)
    return [(load, histories[load.pk].fold().problems) for load in loads]


def follow_milestones(load: Load, problems: Sequence[Problem], *, at: datetime) -> None:
    """Make the load's open cases say what its milestones say, neither more nor less."""
    wrong = _by_case(load, problems)
    for (kind, key), found in wrong.items():
        _report_problems(load, kind, key, found, at=at)
    standing = Case.objects.filter(load=load, kind__in=ABOUT_MILESTONES, status=Case.Status.OPEN)
    for case in standing.order_by("id"):
        if (case.kind, case.subject_key) not in wrong:
            close_case(
                case, by=RULE_MILESTONES, at=at, resolution="cleared",
                reason="The milestones agree now.",
            )  # fmt: skip


def _by_case(load: Load, problems: Sequence[Problem]) -> dict[tuple[str, str], list[Problem]]:
    """Group what the fold found by the case it belongs to: one per kind and stop."""
    groups: dict[tuple[str, str], list[Problem]] = {}
    for problem in problems:
        stop = problem.stop_sequence
        key = f"load:{load.number}" + (f":stop:{stop}" if stop is not None else "")
        groups.setdefault((KIND_OF_PROBLEM[problem.code], key), []).append(problem)
    return groups


def _report_problems(
    load: Load, kind: str, key: str, problems: Sequence[Problem], *, at: datetime
) -> None:
    stop = problems[0].stop_sequence
    open_case(
        kind,
        subject_key=key,
        by=RULE_MILESTONES,
        at=at,
        load=load,
        evidence=[_fact("Milestones", problem.message, "Lading") for problem in problems],
        detail={"place": f"stop {stop}"} if stop is not None else {},
    )


def delivery_key(delivery_id: int) -> str:
    """Return the name of a delivery among the subjects of cases."""
    return f"delivery:{delivery_id}"


def document_key(document_id: int) -> str:
    """Return the name of a document among the subjects of cases."""
    return f"document:{document_id}"


def _load_of(event: Event) -> Load | None:
    """Return the load an event is about, or tells of."""
    is_load = event.subject_table == Load._meta.db_table
    load_id = event.subject_id if is_load else event.payload.get("load_id")
    return Load.objects.filter(pk=load_id).first() if isinstance(load_id, int) else None


def _fact(fact: str, value: str, source: str) -> dict[str, str]:
    return {"fact": fact, "value": value, "source": source, "check": ""}
