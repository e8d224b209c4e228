"""Bring a load's charges in line with a new rating: update, hold, supersede, never double."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from billing.models import Charge
from billing.operations.causes import NO_CAUSES, Causes
from billing.queries.dossiers import Dossier
from journal.events import Entry
from journal.operations.correlating import because_of
from journal.operations.lifecycle import advance
from journal.operations.recording import entry_for, record, record_many
from journal.operations.writing import insert_rows
from rating.engine.quote import Line
from rating.engine.storing import to_plain

RULE = "rule:auto-approve"
CENT = Decimal("0.01")
QUANTITY_PLACES = Decimal("0.000001")
RATE_PLACES = Decimal("0.00000001")

Status = Charge.Status
Identity = tuple[str, int | None, int]
Terms = dict[str, Any]


def apply_lines(
    rated: Sequence[tuple[Dossier, Sequence[Line]]],
    *,
    by: str,
    at: datetime,
    causes: Causes = NO_CAUSES,
) -> None:
    """Make the rated charges of each load those of its lines, by identity.

    A charge that is missing is made, one that differs is updated in place, one that is charged no
    more is superseded. What a person added stays, as does what is billed. What the rules let pass
    is approved at once; the rest is held.
    """
    missing = []
    for dossier, lines in rated:
        with because_of(causes.get(dossier.load.pk)):
            missing.append((dossier, _follow_all(dossier, lines, by=by, at=at)))
    _make(missing, by=by, at=at, causes=causes)
    for dossier, _ in rated:
        dossier.charges = [c for c in dossier.charges if c.status != Status.SUPERSEDED]


def _follow_all(
    dossier: Dossier, lines: Iterable[Line], *, by: str, at: datetime
) -> dict[Identity, Line]:
    """Bring the standing charges of a load in line; return the lines that have none."""
    stops = {stop.sequence: stop.pk for stop in dossier.stops}
    wanted = {(ln.code, stops.get(ln.stop_sequence or 0), ln.occurrence): ln for ln in lines}
    standing = {charge.identity: charge for charge in dossier.charges if not charge.adjusts}
    for identity, charge in standing.items():
        if charge.origin == Charge.Origin.RATED and charge.pk not in dossier.billed:
            _follow(charge, wanted.get(identity), dossier, by=by, at=at)
    return {identity: line for identity, line in wanted.items() if identity not in standing}


def terms_of(line: Line) -> Terms:
    """Return the columns of a charge that a line gives.

    A line whose amount is not its quantity times its rate, because it balances others or its
    tariff rounds coarser than the cent, is billed as a lump; its steps tell the rest.
    """
    quantity, rate = line.quantity.quantize(QUANTITY_PLACES), line.rate.quantize(RATE_PLACES)
    is_product = abs(quantity * rate - line.amount) <= CENT
    return {
        "description": line.description,
        "basis": line.summary,
        "quantity": quantity if is_product else Decimal(1),
        "unit": line.unit if is_product else "",
        "rate": rate if is_product else line.amount,
        "amount": line.amount,
        "currency": line.currency,
        "explanation": {
            "rule": line.rule,
            "version_label": line.version_label,
            "basis": line.basis.value,
            "approval_reason": line.approval_reason,
            "steps": to_plain(line.steps),
            "evidence": to_plain(line.evidence),
        },
    }


def _make(
    missing: Sequence[tuple[Dossier, Mapping[Identity, Line]]],
    *,
    by: str,
    at: datetime,
    causes: Causes,
) -> None:
    """Insert charges with their first decision, all in two statements."""
    charges = []
    for dossier, lines in missing:
        made = [_charge(dossier, *pair, by=by, at=at) for pair in lines.items()]
        dossier.charges.extend(made)
        charges += made
    insert_rows(charges)
    entries = []
    for charge in charges:
        with because_of(causes.get(charge.load_id)):
            entries.append(_told_rated(charge, at=at))
    record_many(entries)


def _charge(dossier: Dossier, identity: Identity, line: Line, *, by: str, at: datetime) -> Charge:
    return Charge(
        load=dossier.load,
        customer=dossier.load.customer,
        code=line.code,
        stop_id=identity[1],
        occurrence=line.occurrence,
        rating_record=dossier.rating,
        made_by=by,
        status=_allowed(line),
        reason=line.approval_reason,
        decided_by=RULE,
        created_at=at,
        changed_at=at,
        **terms_of(line),
    )


def _told_rated(charge: Charge, *, at: datetime) -> Entry:
    new = told_of(charge) | {"status": charge.status}
    return entry_for("charge.rated", subject=charge, by=RULE, at=at, reason=charge.reason, new=new)


def told_of(charge: Charge) -> dict[str, Any]:
    """Return what an event tells of a charge."""
    return {"code": charge.code, "description": charge.description, "amount": charge.amount}


def _follow(charge: Charge, line: Line | None, dossier: Dossier, *, by: str, at: datetime) -> None:
    """Bring one standing charge in line, or supersede it when it is charged no more."""
    if line is None:
        reason = "The newest rating does not charge it."
        advance(charge, Status.SUPERSEDED, by=by, at=at, reason=reason, changed_at=at)
        return
    terms = terms_of(line)
    old = {
        name: getattr(charge, name)
        for name, value in terms.items()
        if getattr(charge, name) != value
    }
    status, reason = _decision(charge, line, is_same_amount="amount" not in old)
    if not old and status == charge.status:
        return
    new = terms | {"rating_record_id": dossier.rating and dossier.rating.pk, "reason": reason}
    _write(charge, new, by=by, at=at)
    if status != charge.status:
        advance(charge, status, by=RULE, at=at, reason=reason, decided_by=RULE)


def _write(charge: Charge, terms: Terms, *, by: str, at: datetime) -> None:
    """Write what differs, with the entry that says so; the explanation is the rating's to tell."""
    old = {name: getattr(charge, name) for name in terms if getattr(charge, name) != terms[name]}
    for name in old:
        setattr(charge, name, terms[name])
    charge.changed_at = at
    charge.save(update_fields=["changed_at", *sorted(old)])
    old.pop("explanation", None)
    new = {name: terms[name] for name in old}
    record("charge.rerated", subject=charge, by=by, at=at, old=old, new=new)


def _decision(charge: Charge, line: Line, *, is_same_amount: bool) -> tuple[str, str]:
    """Return the status after a re-rating, and why.

    What a person decided counts for the amount it was decided on; a hold by a person stays until
    a person ends it.
    """
    by_person = charge.decided_by != RULE
    if by_person and (is_same_amount or charge.status == Status.HELD):
        return charge.status, charge.reason
    if by_person and charge.status == Status.WAIVED:
        return Status.HELD, f"It was waived at {charge.amount}, and the amount has changed."
    return _allowed(line), line.approval_reason


def _allowed(line: Line) -> str:
    return Status.HELD if line.needs_approval else Status.APPROVED
