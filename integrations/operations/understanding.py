"""Turn kept messages into what the domain knows: a load, milestones, documents, or a case."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from django.db import connection

from accounts.models import Customer
from dispatch.events import DocumentFacts, LoadKey
from dispatch.models import Document, Load, Reference, Stop
from dispatch.models.reference import reference_key
from dispatch.operations.filing import (
    Acceptance,
    Inspected,
    UploadRefused,
    file_document,
    inspect_upload,
    store_bytes,
)
from dispatch.operations.planning import LoadExists, change_load, create_load
from dispatch.operations.routing import PlanError
from dispatch.operations.tracking import Telling, add_milestones_many
from integrations.events import Problem, Reading
from integrations.models import InboxMessage
from integrations.operations.placing import place_milestones
from integrations.operations.reporting import (
    close_reports,
    find_reported,
    report_parked,
    report_refusal,
)
from integrations.queries.loads import find_named_load
from journal.operations.correlating import correlated
from journal.operations.recording import assert_in_transaction

MessageReader = Callable[[InboxMessage], Reading]
"""Turns a kept message into a reading; never raises on what the partner sent."""

PATIENCE = timedelta(minutes=15)
Status = InboxMessage.Status
VERDICT = (
    "status", "reason", "warnings", "load", "parked_keys", "parked_at", "settled_at",
)  # fmt: skip

# Two workers must not both find that a load is unknown: one would make it a second time, or park a
# message that nobody fetches. The locks are taken in one order and end with the transaction.
LOCK_NAMES = """
SELECT pg_advisory_xact_lock(name)
FROM (SELECT DISTINCT hashtextextended(n, 204) AS name FROM unnest(%s::text[]) n ORDER BY 1) names
"""


@dataclass(slots=True)
class _Work:
    """One message on its way through a block."""

    message: InboxMessage
    reading: Reading
    load: Load | None = None
    done: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    telling: Telling | None = None


def prepare(messages: Iterable[InboxMessage], *, read: MessageReader) -> MessageReader:
    """Read messages and store the bytes of their papers before the transaction opens.

    Returns a reader that remembers, so that nothing slow is left to do inside.
    """
    readings = {message.pk: read(message) for message in messages}
    for reading in readings.values():
        for paper in reading.documents:
            store_bytes(paper.content)
    return lambda message: readings[message.pk]


def understand(
    messages: Sequence[InboxMessage],
    *,
    read: MessageReader,
    at: datetime,
    causes: Mapping[int, int] | None = None,
) -> None:
    """Read a block of messages and apply them; every message leaves with a verdict.

    Plans first, then all milestones of the block in one call, then documents: the order within a
    block does not matter to the state. What cannot be understood becomes a case, a message about
    an unknown load is parked. `causes` gives the event behind a message by the message's id.
    """
    assert_in_transaction()
    block = [_Work(message, read(message)) for message in messages]
    _lock_names(work.reading.key for work in block if work.reading.key)
    threads, customers = causes or {}, _customers_of(block)
    for work in sorted(block, key=lambda work: work.reading.plan is None):
        with correlated(work.message.correlation_id, threads.get(work.message.pk)):
            _find_or_plan(work, customers, at=at)
    for work in block:
        _prepare_telling(work)
    _tell(block, at=at)
    reported = find_reported(messages)
    for work in block:
        with correlated(work.message.correlation_id, threads.get(work.message.pk)):
            _file_documents(work, at=at)
            _settle(work, at=at)
            _report(work, is_reported=work.message.pk in reported, at=at)


def fetch_parked(load_ids: Collection[int], *, read: MessageReader, at: datetime) -> int:
    """Apply the messages that waited for these loads; return how many there were."""
    assert_in_transaction()
    names = _names_of_loads(load_ids)
    if not names:
        return 0
    parked = InboxMessage.objects.filter(status=Status.PARKED, parked_keys__overlap=names)
    return _take_up(parked.values_list("pk", flat=True), read=read, at=at)


def age_parked(*, read: MessageReader, at: datetime) -> int:
    """Open `load_not_found` for messages parked for 15 minutes; return how many are still parked.

    Each is tried once more before: its load may have come through another door.
    """
    assert_in_transaction()
    old = InboxMessage.objects.filter(status=Status.PARKED, parked_at__lte=at - PATIENCE)
    _take_up(old.values_list("pk", flat=True), read=read, at=at)
    waiting = list(old.select_related("source").order_by("id"))
    for message in waiting:
        with correlated(message.correlation_id):
            report_parked(message, by="rule:parking", at=at)
    return len(waiting)


def _take_up(ids: Iterable[int], *, read: MessageReader, at: datetime) -> int:
    rows = InboxMessage.objects.filter(pk__in=list(ids), status=Status.PARKED).order_by("id")
    messages = list(rows.select_for_update(of=("self",)).select_related("source"))
    understand(messages, read=read, at=at)
    return len(messages)


def _lock_names(keys: Iterable[LoadKey]) -> None:
    names = sorted({name for key in keys for name in _names_of_key(key)})
    if names:
        with connection.cursor() as cursor:
            cursor.execute(LOCK_NAMES, [names])


def _names_of_key(key: LoadKey) -> list[str]:
    """Return what a message with this key is parked under."""
    names = [f"NUMBER:{key.number}"] if key.number else []
    return names + [f"{kind}:{reference_key(value)}" for kind, value in key.references]


def _names_of_loads(load_ids: Collection[int]) -> list[str]:
    references = Reference.objects.filter(load__in=load_ids).values_list("kind", "value_key")
    numbers = Load.objects.filter(pk__in=load_ids).values_list("number", flat=True)
    return [f"{kind}:{key}" for kind, key in references] + [f"NUMBER:{n}" for n in numbers]


def _customers_of(block: Sequence[_Work]) -> dict[str, Customer]:
    codes = {code for work in block for code in _codes(work.reading) if code}
    return {row.code: row for row in Customer.objects.filter(code__in=codes)} if codes else {}


def _codes(reading: Reading) -> tuple[str, str]:
    return reading.limited_to, reading.plan.customer_code if reading.plan else ""


def _find_or_plan(work: _Work, customers: Mapping[str, Customer], *, at: datetime) -> None:
    """Give the work its load: the one it names, changed by its plan, or made from it."""
    reading = work.reading
    work.problems.extend(reading.problems)
    if reading.key is None or reading.is_empty:
        return
    customer = _customer(work, customers)
    if work.problems and reading.plan:
        return
    found = find_named_load(reading.key, customer=customer, is_plan=reading.plan is not None)
    if found.problem:
        work.problems.append(found.problem)
        return
    work.load = found.load
    if reading.plan:
        _plan(work, customer=customer, at=at)


def _customer(work: _Work, customers: Mapping[str, Customer]) -> Customer | None:
    """Return the customer a message speaks of: the one its plan names, or its sender's only one.

    A plan without one, or for another than the sender may speak of, is a problem.
    """
    plan, limit = work.reading.plan, work.reading.limited_to
    code = (plan.customer_code if plan else "") or limit
    if limit and code != limit:
        text = f"The sender may speak of {limit} only, not of {code[:20]}."
        work.problems.append(Problem("customer_not_allowed", text, field="load.customer"))
    customer = customers.get(code)
    if plan and customer is None:
        told = f"{code[:20]!r} is no customer of ours." if code else "No customer is told."
        text = f"{told} Name one in the message, or in the profile of its sender."
        work.problems.append(Problem("customer_unknown", text, field="load.customer"))
    return customer


def _plan(work: _Work, *, customer: Customer | None, at: datetime) -> None:
    """Make the load from the plan, or lay the plan over the load there is."""
    message, plan = work.message, work.reading.plan
    if plan is None or customer is None:
        return
    source = message.source
    make_or_change = (
        partial(create_load, customer=customer)
        if work.load is None
        else partial(change_load, work.load)
    )
    done = "created" if work.load is None else "planned anew"
    try:
        work.load = make_or_change(
            facts=plan,
            by=source.actor,
            at=at,
            source=source.slug,
            source_reference=message.external_id,
            planned_at=work.reading.planned_at,
        )
        work.done.append(f"Load {work.load.number} {done}.")
    except PlanError as error:
        work.problems.append(Problem(error.code, str(error), field=f"load.{error.field}"))
    except LoadExists as error:
        work.problems.append(Problem("load_exists", str(error), field="load.references"))


def _prepare_telling(work: _Work) -> None:
    """Give each thing heard its instant, now that the stops of the load are known."""
    if work.load is None or not work.reading.heard:
        return
    placed = place_milestones(work.reading.heard, load=work.load)
    work.problems.extend(placed.problems)
    if placed.facts:
        source = work.message.source
        work.telling = Telling(
            work.load, placed.facts, source.slug, source.actor, work.message.correlation_id
        )


def _tell(block: Sequence[_Work], *, at: datetime) -> None:
    told = [work for work in block if work.telling]
    results = add_milestones_many([work.telling for work in told if work.telling], at=at)
    for work, tracked in zip(told, results, strict=True):
        work.load = tracked.load
        kinds = ", ".join(milestone.get_kind_display() for milestone in tracked.added)
        number = tracked.load.number
        work.done.append(f"Load {number}: {kinds}." if kinds else f"Load {number}: nothing new.")


def _file_documents(work: _Work, *, at: datetime) -> None:
    """File what came with the message; a proof of delivery that can be read is accepted by rule."""
    if work.load is None:
        return
    for paper in work.reading.documents:
        try:
            found = inspect_upload(paper.filename, paper.content)
        except UploadRefused as error:
            work.problems.append(Problem(error.code, str(error), field="document"))
            continue
        _file(work.message, work.load, paper, found, at=at)
        work.done.append(f"Load {work.load.number}: {Document.Kind(paper.kind).label} filed.")


def _file(
    message: InboxMessage, load: Load, paper: DocumentFacts, found: Inspected, *, at: datetime
) -> None:
    file_document(
        load,
        kind=paper.kind,
        filename=found.filename,
        content_type=found.content_type,
        pages=found.pages,
        size=len(paper.content),
        sha256=store_bytes(paper.content),
        source=message.source.slug,
        by=message.source.actor,
        at=at,
        stop=Stop.objects.filter(load=load, sequence=paper.stop_sequence or 0).first(),
        occurred_at=paper.occurred_at,
        amount=paper.amount,
        currency=paper.currency,
        receipt_number=paper.receipt_number,
        signed_by=paper.signed_by,
        acceptance=Acceptance.BY_RULE,
    )


def _settle(work: _Work, *, at: datetime) -> None:
    """Write the verdict, and open or close the cases that go with it."""
    message, reading = work.message, work.reading
    message.load, message.parked_keys, message.settled_at = work.load, [], at
    warnings = [str(warning) for warning in reading.warnings]
    message.warnings = [*dict.fromkeys([*message.warnings, *warnings])]
    sentences = [*work.done, *(str(problem) for problem in work.problems)]
    if reading.ignored:
        message.status, sentences = Status.IGNORED, [str(reading.ignored)]
    elif work.done:
        message.status = Status.PROCESSED
    elif work.problems or reading.key is None:
        message.status = Status.FAILED
    else:
        message.status, message.settled_at = Status.PARKED, None
        message.parked_at = message.parked_at or at
        message.parked_keys = _names_of_key(reading.key)
        sentences = [f"{_shown(reading.key)} names no load we know yet."]
    message.reason = " ".join(sentences)
    message.save(update_fields=VERDICT)


def _report(work: _Work, *, is_reported: bool, at: datetime) -> None:
    """Close the cases of a message that was reported before; open those of what is wrong now."""
    message, by = work.message, work.message.source.actor
    if message.status == Status.PARKED:
        return
    if is_reported:
        close_reports(message, at=at)
    if work.problems:
        report_refusal(message, problems=work.problems, by=by, at=at)


def _shown(key: LoadKey) -> str:
    return " ".join(key.references[0]) if key.references else f"Load {key.number}"
