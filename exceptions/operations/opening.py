"""Put something before a person, once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from accounts.models import Customer
from dispatch.models import Load
from exceptions.models import Case
from exceptions.operations.telling import about, write_entry
from exceptions.rules.kinds import Kind, find_kind
from exceptions.rules.wording import clean, fit_key, plain
from journal.operations.correlating import current_correlation
from journal.operations.recording import assert_in_transaction, record


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
    assert_in_transaction()
    rule = find_kind(kind)
    told = _told(
        rule, title=title, value_amount=value_amount, currency=currency, evidence=evidence,
        detail=detail or {},
    )  # fmt: skip
    draft = Case(
        kind=kind,
        subject_key=fit_key(subject_key),
        severity=rule.severity,
        is_blocking=rule.is_blocking,
        owner_group=owner_group or rule.owner,
        load=load,
        customer_id=_customer_id(customer, load),
        correlation_id=correlation_id or current_correlation(),
        opened_at=at,
        due_at=due_at or at + timedelta(hours=rule.hours),
        **{"title": rule.title_for({}), **told.fields()},
    )
    return _insert_or_renew(draft, told, by=by, at=at)


def _customer_id(customer: Customer | None, load: Load | None) -> int | None:
    if customer is not None:
        return customer.pk
    return load.customer_id if load is not None else None


def _told(
    rule: Kind,
    *,
    title: str,
    value_amount: Decimal | None,
    currency: str,
    evidence: Sequence[Mapping[str, Any]],
    detail: Mapping[str, Any],
) -> _Told:
    known = plain(detail)
    headline = title or (rule.title_for(known) if known else "")
    return _Told(
        title=clean(headline)[: Case._meta.get_field("title").max_length],
        value_amount=value_amount,
        currency=currency,
        evidence=plain(list(evidence)),
        detail=known,
    )


def _insert_or_renew(draft: Case, told: _Told, *, by: str, at: datetime) -> Case:
    """Insert the draft; when its case is open already, tell that one instead."""
    found = _lock_open(draft)
    while found is None:
        if inserted := _insert(draft, by=by, at=at):
            return inserted
        found = _lock_open(draft)
    return _renew(found, told, by=by, at=at)


def _lock_open(draft: Case) -> Case | None:
    same = Case.objects.filter(
        kind=draft.kind, subject_key=draft.subject_key, status=Case.Status.OPEN
    )
    return same.select_for_update(of=("self",)).first()


def _insert(draft: Case, *, by: str, at: datetime) -> Case | None:
    """Insert the draft under a new number, or return None: somebody opened the case just now."""
    draft.number = _next_number()
    Case.objects.bulk_create([draft], ignore_conflicts=True)
    case = Case.objects.filter(number=draft.number).first()
    if case is not None:
        write_entry(case, "opened", by=by, at=at, comment=case.title)
        new = {"status": case.status, "title": case.title, "value_amount": case.value_amount}
        record("case.opened", subject=case, by=by, at=at, new=new, payload=about(case))
    return case


def _next_number() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('exceptions_case_number')")
        return f"EX-{cursor.fetchone()[0]}"


def _renew(case: Case, told: _Told, *, by: str, at: datetime) -> Case:
    """Write what is new about an open case, with an entry; nothing when nothing is."""
    news = {name: value for name, value in told.fields().items() if getattr(case, name) != value}
    if not news:
        return case
    before = {name: getattr(case, name) for name in news}
    for name, value in news.items():
        setattr(case, name, value)
    case.version += 1
    case.save(update_fields=[*news, "version"])
    write_entry(case, "updated", by=by, at=at, before=before, after=news)
    record("case.updated", subject=case, by=by, at=at, old=before, new=news, payload=about(case))
    return case
