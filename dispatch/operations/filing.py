"""File the papers of a load: their bytes first, then the row that says what they prove."""

import os
import secrets
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

from django.conf import settings

from accounts.queries.changes import last_change
from dispatch.events import DOCUMENT_RECEIVED, DocumentFacts, MilestoneFacts
from dispatch.fold import Kind
from dispatch.models import Document, Load, Stop
from dispatch.operations.tracking import add_milestones, lock_loads
from dispatch.operations.watching import watch_loads
from dispatch.queries.blobs import blob_path
from dispatch.rules.uploads import IMAGES, PDF, Infected, Inspected, UploadRefused, inspect
from journal.operations.lifecycle import advance
from journal.operations.recording import record

__all__ = [
    "Acceptance", "Infected", "Inspected", "ReasonMissing", "UploadRefused", "accept_document",
    "file_document", "file_paper", "inspect_upload", "reject_document", "store_bytes",
]  # fmt: skip

LEGIBLE_POD = "rule:pod-legible"


class ReasonMissing(ValueError):
    """A paper is refused without a word why."""

    status = 400
    code = "reason_missing"
    field = "reason"


class PaperJudged(Exception):
    """Somebody judged the paper since its page was drawn; says who, and when."""

    status = 409
    code = "paper_judged"

    def __init__(self, document: Document) -> None:
        change = last_change(document)
        told = f" by {change.name} at {change.at:%Y-%m-%d %H:%M} UTC" if change else ""
        word = document.get_status_display().lower()
        super().__init__(f"{document.filename} was {word}{told} since you looked at it.")


class Acceptance(StrEnum):
    """Who says that a filed paper is good enough to bill by."""

    BY_HAND = "BY_HAND"
    """Nobody yet: somebody has to look at it."""

    AT_ONCE = "AT_ONCE"
    """Whoever files it has looked at it."""

    BY_RULE = "BY_RULE"
    """The rule `rule:pod-legible`: a proof of delivery that is a readable PDF or an image."""


def inspect_upload(filename: str, content: bytes) -> Inspected:
    """Return what a file really is and the name it is kept under; call before `store_bytes`.

    A file with a known virus is kept in the quarantine, which nothing reads from, and refused.

    Raises:
        UploadRefused: it is empty, too large, or nothing that we keep; carries an HTTP status.
    """
    try:
        return inspect(filename, content, limit=settings.UPLOAD_LIMIT_BYTES)
    except Infected:
        digest = sha256(content).hexdigest()
        _write_once(Path(settings.BLOB_ROOT) / "quarantine" / digest, content)
        raise


def store_bytes(content: bytes) -> str:
    """Store bytes under their SHA-256 and return it; the same bytes are stored once.

    Called before the transaction that refers to them: once it returns, the bytes outlive a
    crash. Bytes that no row comes to refer to are litter, not harm.
    """
    digest = sha256(content).hexdigest()
    _write_once(blob_path(digest), content)
    return digest


def file_document(
    load: Load,
    *,
    kind: str,
    filename: str,
    content_type: str,
    pages: int,
    size: int,
    sha256: str,
    source: str,
    by: str,
    at: datetime,
    stop: Stop | None = None,
    occurred_at: datetime | None = None,
    amount: Decimal | None = None,
    currency: str = "",
    receipt_number: str = "",
    signed_by: str = "",
    acceptance: Acceptance = Acceptance.BY_HAND,
) -> Document:
    """File stored bytes as a paper of `load`; the same bytes of the same kind are one paper.

    A new paper records `document.received`. A proof of delivery is a milestone too, as of
    `occurred_at`.
    """
    lock_loads([load.pk])
    document, is_new = Document.objects.get_or_create(
        load=load,
        kind=kind,
        sha256=sha256,
        defaults={
            "customer_id": load.customer_id, "stop": stop, "filename": filename,
            "content_type": content_type, "pages": pages, "size": size, "amount": amount,
            "currency": currency or load.currency, "receipt_number": receipt_number,
            "signed_by": signed_by, "source": source, "received_at": at,
        },
    )  # fmt: skip
    if is_new:
        new = {"status": document.status, "kind": kind, "filename": filename, "sha256": sha256}
        record(
            DOCUMENT_RECEIVED, subject=document, by=by, at=at, occurred_at=occurred_at,
            new=new, payload=_payload(document),
        )  # fmt: skip
    if document.status == Document.Status.RECEIVED:
        _accept_by(acceptance, document, by=by, at=at)
    if kind == Document.Kind.POD:
        _tell_of_pod(document, source=source, by=by, at=at, occurred_at=occurred_at)
    return document


def file_paper(
    load: Load,
    *,
    facts: DocumentFacts,
    source: str,
    by: str,
    at: datetime,
    acceptance: Acceptance = Acceptance.BY_HAND,
) -> Document:
    """Inspect, store and file a paper as a source told of it; see `file_document`.

    Whoever holds a transaction open stores the bytes before it; storing them again costs nothing.

    Raises:
        UploadRefused: the content is nothing that we keep.
    """
    found = inspect_upload(facts.filename, facts.content)
    return file_document(
        load,
        kind=facts.kind,
        filename=found.filename,
        content_type=found.content_type,
        pages=found.pages,
        size=len(facts.content),
        sha256=store_bytes(facts.content),
        source=source,
        by=by,
        at=at,
        stop=_find_stop(load, facts.stop_sequence),
        occurred_at=facts.occurred_at,
        amount=facts.amount,
        currency=facts.currency,
        receipt_number=facts.receipt_number,
        signed_by=facts.signed_by,
        acceptance=acceptance,
    )


def accept_document(document: Document, *, by: str, at: datetime, seen: str = "") -> Document:
    """Accept a paper as proof; `seen` is the status that somebody judges it by.

    Raises:
        PaperJudged: it has another status by now.
        IllegalMove: it is accepted already.
    """
    _hold_seen(document, seen)
    advance(document, Document.Status.ACCEPTED, by=by, at=at, payload=_payload(document))
    watch_loads([document.load_id])
    return document


def reject_document(
    document: Document, *, by: str, at: datetime, reason: str, seen: str = ""
) -> Document:
    """Refuse a paper as proof; `seen` is the status that somebody judges it by.

    Raises:
        ReasonMissing: `reason` says nothing.
        PaperJudged: it has another status by now.
        IllegalMove: it is rejected already.
    """
    if not reason.strip():
        raise ReasonMissing("Say why the document is refused.")
    _hold_seen(document, seen)
    advance(
        document, Document.Status.REJECTED, by=by, at=at, reason=reason, payload=_payload(document)
    )
    watch_loads([document.load_id])
    return document


def _hold_seen(document: Document, seen: str) -> None:
    lock_loads([document.load_id])
    document.refresh_from_db(fields=["status"])
    if seen and document.status != seen:
        raise PaperJudged(document)


def _find_stop(load: Load, sequence: int | None) -> Stop | None:
    if sequence is None:
        return None
    return Stop.objects.filter(load=load, sequence=sequence).first()


def _accept_by(acceptance: Acceptance, document: Document, *, by: str, at: datetime) -> None:
    if acceptance == Acceptance.AT_ONCE:
        accept_document(document, by=by, at=at)
    elif acceptance == Acceptance.BY_RULE and _is_legible_pod(document):
        accept_document(document, by=LEGIBLE_POD, at=at)


def _is_legible_pod(document: Document) -> bool:
    is_readable = document.content_type == PDF or document.content_type in IMAGES
    return document.kind == Document.Kind.POD and is_readable and document.pages >= 1


def _tell_of_pod(
    document: Document, *, source: str, by: str, at: datetime, occurred_at: datetime | None
) -> None:
    received = MilestoneFacts(
        kind=Kind.POD_RECEIVED,
        occurred_at=occurred_at or document.received_at,
        stop_sequence=document.stop.sequence if document.stop else None,
        source_reference=f"sha256:{document.sha256}",
    )
    add_milestones(document.load, facts=[received], source=source, by=by, at=at)


def _payload(document: Document) -> dict[str, object]:
    return {"load_id": document.load_id, "kind": document.kind}


def _write_once(path: Path, content: bytes) -> None:
    """Write a file that is either whole or not there, whatever happens in the middle."""
    if path.is_file():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with part.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    _sync_directory(path.parent)


def _sync_directory(directory: Path) -> None:
    """Make a rename outlive a power cut."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
