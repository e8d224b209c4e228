"""Put something before a person, once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from accounts.models import Customer
from dispatch.models import Load
from exceptions.models import Case, CaseEntry
from exceptions.operations.holding import Key, lock_open
from exceptions.operations.telling import about, entry_of
from exceptions.rules.kinds import Kind, find_kind
from exceptions.rules.wording import clean, fit_key, plain
from journal.events import Entry
from journal.models import Event
from journal.operations.correlating import because_of, current_correlation
from journal.operations.recording import assert_in_transaction, entry_for, record_many
from journal.operations.writing import insert_missing, insert_rows, update_rows

SAID = ("title", "value_amount", "currency", "evidence", "detail")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What is to be put before a person, as `open_case` takes it; `cause` has it opened."""

    kind: str
    subject_key: str
    title: str = ""
    value_amount: Decimal | None = None
    currency: str = "USD"
    load: Load | None = None
    customer: Customer | None = None
    evidence: Sequence[Mapping[str, Any]] = ()
    detail: Mapping[str, Any] = field(default_factory=dict)
    owner_group: str = ""
    due_at: datetime | None = None
    correlation_id: UUID | None = None
    cause: Event | None = None

    @property
    def key(self) -> Key:
        """Return what makes it the same case."""
        return self.kind, fit_key(self.subject_key)

    @property
    def customer_id(self) -> int | None:
        """Return whose case it is: the load's customer's unless somebody is named."""
        if self.customer is not None:
            return self.customer.pk
        return self.load.customer_id if self.load is not None else None


@dataclass(frozen=True, slots=True)
class _Told:
    """What the opener says about the case; None and empty say nothing."""

    title: str
    value_amount: Decimal | None
    currency: str
    evidence: list[Any]
    detail: dict[str, Any]

    def fields(self) -> dict[str, Any]:
        """Return what was said, by column."""
        said: dict[str, Any] = {}
        if self.title:
            said["title"] = self.title
        if self.value_amount is not None:
            said |= {"value_amount": self.value_amount, "currency": self.currency}
        if self.evidence:
            said["evidence"] = self.evidence
        if self.detail:
            said["detail"] = self.detail
        return said


@dataclass(slots=True)
class _Block:
    """Cases on their way: the open ones by key, what was told of each, and what is to be written.

    `opened` names the opening, by its place, that made a case.
    """

    told: list[_Told]
    cases: dict[Key, Case]
    opened: dict[Key, int] = field(default_factory=dict)
    renewed: dict[int, Case] = field(default_factory=dict)
    trail: list[CaseEntry] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)


def open_case(
    kind: str,
    *,
    subject_key: str,
    by: str,
    at: datetime,
    title: str = "",
    value_amount: Decimal | None = None,
    currency: str = "USD",
    load: Load | None = None,
    customer: Customer | None = None,
    evidence: Sequence[Mapping[str, Any]] = (),
    detail: Mapping[str, Any] | None = None,
    owner_group: str = "",
    due_at: datetime | None = None,
    correlation_id: UUID | None = None,
) -> Case:
    """Open the one case of (kind, subject key), or tell the open one what is new.

    `subject_key` names the stop, charge, document or message, as in "load:12:stop:3". Owner and
    clock are the kind's unless given; an open case keeps the clock it has. The customer is the
    load's unless given. Evidence is a list of {"fact", "value", "source", "check"}. Saying the
    same again changes nothing.

    Raises:
        UnknownKind: `kind` is not in the registry.
    """
    opening = Opening(
        kind=kind, subject_key=subject_key, title=title, value_amount=value_amount,
        currency=currency, load=load, customer=customer, evidence=evidence, detail=detail or {},
        owner_group=owner_group, due_at=due_at, correlation_id=correlation_id,
    )  # fmt: skip
    return open_cases([opening], by=by, at=at)[0]


def open_cases(openings: Sequence[Opening], *, by: str, at: datetime) -> list[Case]:
    """Open a case for each opening, or tell the open one, in a fixed number of statements.

    Cases are locked in the order of their ids, then opened in that of their keys, so that blocks
    never deadlock. Of two openings of one case the later one tells what is new.

    Raises:
        UnknownKind: a kind is not in the registry.
    """
    assert_in_transaction()
    if not openings:
        return []
    told = [_told(opening, find_kind(opening.kind)) for opening in openings]
    block = _Block(told, lock_open(opening.key for opening in openings))
    _insert_new(openings, block, at=at)
    for number, opening in enumerate(openings):
        with because_of(opening.cause):
            case = block.cases[opening.key]
            if block.opened.get(opening.key) == number:
                _tell_opened(case, block, by=by, at=at)
            else:
                _renew(case, told[number], block, by=by, at=at)
    update_rows(list(block.renewed.values()), (*SAID, "version"))
    insert_rows(block.trail)
    record_many(block.entries)
    return [block.cases[opening.key] for opening in openings]


def _told(opening: Opening, rule: Kind) -> _Told:
    known = plain(opening.detail)
    headline = opening.title or (rule.title_for(known) if known else "")
    return _Told(
        title=clean(headline)[: Case._meta.get_field("title").max_length],
        value_amount=opening.value_amount,
        currency=opening.currency,
        evidence=plain(list(opening.evidence)),
        detail=known,
    )


def _insert_new(openings: Sequence[Opening], block: _Block, *, at: datetime) -> None:
    """Insert what is not open yet; what somebody opened just now is locked instead."""
    first = {opening.key: number for number, opening in reversed(list(enumerate(openings)))}
    while missing := sorted(first.keys() - block.cases.keys()):
        numbers = _next_numbers(len(missing))
        drafts = [
            _draft(openings[first[key]], block.told[first[key]], number=number, at=at)
            for key, number in zip(missing, numbers, strict=True)
        ]
        for case in insert_missing(drafts, named_by="number"):
            key = case.kind, case.subject_key
            block.cases[key], block.opened[key] = case, first[key]
        block.cases |= lock_open(key for key in missing if key not in block.cases)


def _draft(opening: Opening, told: _Told, *, number: str, at: datetime) -> Case:
    rule = find_kind(opening.kind)
    kind, subject_key = opening.key
    with because_of(opening.cause):
        correlation_id = opening.correlation_id or current_correlation()
    return Case(
        number=number,
        kind=kind,
        subject_key=subject_key,
        severity=rule.severity,
        is_blocking=rule.is_blocking,
        owner_group=opening.owner_group or rule.owner,
        load=opening.load,
        customer_id=opening.customer_id,
        correlation_id=correlation_id,
        opened_at=at,
        due_at=opening.due_at or at + timedelta(hours=rule.hours),
        **{"title": rule.title_for({}), **told.fields()},
    )


def _next_numbers(count: int) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval('exceptions_case_number') FROM generate_series(1, %s)", [count]
        )
        return [f"EX-{number}" for (number,) in cursor.fetchall()]


def _tell_opened(case: Case, block: _Block, *, by: str, at: datetime) -> None:
    block.trail.append(entry_of(case, "opened", by=by, at=at, comment=case.title))
    new = {"status": case.status, "title": case.title, "value_amount": case.value_amount}
    block.entries.append(
        entry_for("case.opened", subject=case, by=by, at=at, new=new, payload=about(case))
    )


def _renew(case: Case, told: _Told, block: _Block, *, by: str, at: datetime) -> None:
    """Say what is new about an open case, with an entry; nothing when nothing is."""
    news = {name: value for name, value in told.fields().items() if getattr(case, name) != value}
    if not news:
        return
    before = {name: getattr(case, name) for name in news}
    for name, value in news.items():
        setattr(case, name, value)
    case.version += 1
    block.renewed[case.pk] = case
    block.trail.append(entry_of(case, "updated", by=by, at=at, before=before, after=news))
    block.entries.append(
        entry_for(
            "case.updated", subject=case, by=by, at=at, old=before, new=news, payload=about(case)
        )
    )
