"""Papers: bytes first, then the row."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from threading import Barrier

import pytest
from django.conf import settings
from django.db import connection, transaction

from dispatch.events import DocumentFacts
from dispatch.models import Document, Load, Milestone
from dispatch.operations.filing import (
    Acceptance,
    Infected,
    ReasonMissing,
    UploadRefused,
    accept_document,
    file_document,
    file_paper,
    inspect_upload,
    reject_document,
    store_bytes,
)
from dispatch.operations.planning import create_load
from dispatch.queries.blobs import BlobMissing, blob_path, has_blob, open_blob, read_blob
from journal.models import Event
from journal.operations.lifecycle import IllegalMove
from tests.dispatch.files import CSV, EICAR, pdf
from tests.dispatch.plans import plan
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db


def make_load(now: datetime) -> Load:
    return create_load(
        plan(), customer=CustomerFactory.create(), by="source:tms", at=now, source="tms"
    )


@pytest.fixture
def load(db, now) -> Load:
    return make_load(now)


def file(load: Load, at: datetime, *, content: bytes = b"", **fields) -> Document:
    content = content or pdf(2)
    found = inspect_upload("pod.pdf", content)
    told = {
        "kind": "POD", "filename": found.filename, "content_type": found.content_type,
        "pages": found.pages, "size": len(content), "sha256": store_bytes(content),
        "source": "tms", "by": "source:tms", **fields,
    }  # fmt: skip
    return file_document(load, at=at, **told)


def events(document: Document) -> list[Event]:
    return list(
        Event.objects.filter(subject_table="dispatch_document", subject_id=document.pk).order_by(
            "id"
        )
    )


class TestBytes:
    """The store."""

    def test_bytes_are_found_by_their_hash(self):
        digest = store_bytes(b"signed by R. Ortega")

        assert read_blob(digest) == b"signed by R. Ortega"
        with open_blob(digest) as blob:
            assert blob.read(6) == b"signed"
        assert blob_path(digest) == Path(settings.BLOB_ROOT) / digest[:2] / digest

    def test_the_same_bytes_are_stored_once(self):
        first = store_bytes(b"same")
        written = blob_path(first).stat()

        assert store_bytes(b"same") == first
        assert blob_path(first).stat().st_ino == written.st_ino

    def test_a_write_that_fails_in_the_middle_leaves_nothing(self, monkeypatch):
        def full(_descriptor: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("os.fsync", full)
        with pytest.raises(OSError, match="No space left"):
            store_bytes(b"lost")

        assert [path for path in Path(settings.BLOB_ROOT).rglob("*") if path.is_file()] == []

    @pytest.mark.parametrize("name", ["", "../../etc/passwd", "a" * 63, "A" * 64, "0" * 64])
    def test_what_is_not_stored_is_missing(self, name):
        with pytest.raises(BlobMissing):
            open_blob(name)

    def test_a_store_can_be_asked_without_reading(self):
        digest = store_bytes(b"here")

        assert has_blob(digest)
        assert not has_blob("0" * 64)

    def test_a_virus_is_set_aside_and_refused(self):
        with pytest.raises(Infected):
            inspect_upload("pod.pdf", EICAR)

        (kept,) = (Path(settings.BLOB_ROOT) / "quarantine").iterdir()
        assert kept.read_bytes() == EICAR
        assert not has_blob(kept.name)

    def test_the_limit_is_the_one_of_the_settings(self, settings):
        settings.UPLOAD_LIMIT_BYTES = 10

        with pytest.raises(UploadRefused, match="larger"):
            inspect_upload("pod.pdf", b"%PDF-1.7 and more")


class TestFiling:
    """The row."""

    def test_a_paper_is_received_with_all_that_is_known_of_it(self, load, now):
        stop = load.stops.get(sequence=2)

        document = file(
            load, now, kind="LUMPER_RECEIPT", stop=stop, amount=Decimal("285.00"),
            receipt_number="5519", signed_by="J. Alvarez",
        )  # fmt: skip

        document.refresh_from_db()
        assert (document.status, document.pages, document.stop) == ("RECEIVED", 2, stop)
        assert (document.amount, document.currency) == (Decimal(285), "USD")
        assert (document.receipt_number, document.signed_by) == ("5519", "J. Alvarez")
        (event,) = events(document)
        assert event.name == "document.received"
        assert event.payload == {"load_id": load.pk, "kind": "LUMPER_RECEIPT"}

    def test_the_same_bytes_twice_are_one_paper(self, load, now):
        first = file(load, now, content=pdf(3))

        again = file(load, now, content=pdf(3), filename="other.pdf")

        assert again == first
        assert len(events(first)) == 1
        assert Milestone.objects.filter(load=load, kind="POD_RECEIVED").count() == 1

    def test_the_same_bytes_as_another_kind_are_another_paper(self, load, now):
        assert file(load, now) != file(load, now, kind="BOL")

    def test_a_proof_of_delivery_is_a_milestone_too(self, load, now):
        signed_at = now.replace(hour=9)

        file(load, now, occurred_at=signed_at, stop=load.stops.get(sequence=2))

        (milestone,) = load.milestones.all()
        assert (milestone.kind, milestone.occurred_at) == ("POD_RECEIVED", signed_at)
        assert milestone.stop == load.stops.get(sequence=2)
        assert Load.objects.get(pk=load.pk).status == "PLANNED"

    def test_a_paper_that_a_source_told_of_is_inspected_stored_and_filed(self, load, now):
        told = DocumentFacts(
            kind="LUMPER_RECEIPT", filename="../lumper.exe", content=pdf(1), stop_sequence=2,
            amount=Decimal("285.00"), currency="CAD", receipt_number="5519",
        )  # fmt: skip

        document = file_paper(load, facts=told, source="tms", by="source:tms", at=now)

        assert (document.filename, document.content_type) == ("lumper.pdf", "application/pdf")
        assert read_blob(document.sha256) == told.content
        assert (document.stop, document.currency) == (load.stops.get(sequence=2), "CAD")

    def test_another_paper_is_no_milestone(self, load, now):
        file(load, now, kind="BOL")

        assert not load.milestones.exists()


class TestAcceptance:
    """Whether a paper is good enough to bill by."""

    def test_a_legible_proof_is_accepted_by_the_named_rule(self, load, now):
        document = file(load, now, acceptance=Acceptance.BY_RULE)

        assert document.status == "ACCEPTED"
        received, accepted = events(document)
        assert (received.actor, accepted.actor) == ("source:tms", "rule:pod-legible")
        assert accepted.payload == {"load_id": load.pk, "kind": "POD"}

    @pytest.mark.parametrize(
        "fields",
        [{"kind": "BOL"}, {"content": CSV}, {"acceptance": Acceptance.BY_HAND}],
    )
    def test_anything_else_waits_for_a_person(self, load, now, fields):
        document = file(load, now, **{"acceptance": Acceptance.BY_RULE, **fields})

        assert document.status == "RECEIVED"

    def test_who_files_a_paper_may_vouch_for_it(self, load, now):
        document = file(load, now, kind="BOL", by="user:7", acceptance=Acceptance.AT_ONCE)

        assert document.status == "ACCEPTED"
        assert [event.actor for event in events(document)] == ["user:7", "user:7"]

    def test_a_paper_that_waits_is_accepted_when_it_comes_again_vouched_for(self, load, now):
        waiting = file(load, now)

        document = file(load, now, by="user:7", acceptance=Acceptance.AT_ONCE)

        assert (document.pk, document.status) == (waiting.pk, "ACCEPTED")

    def test_a_rejected_paper_is_not_accepted_by_coming_again(self, load, now):
        reject_document(file(load, now), by="user:7", at=now, reason="Not our consignee.")

        assert file(load, now, acceptance=Acceptance.BY_RULE).status == "REJECTED"

    def test_rejection_says_why_and_can_be_undone(self, load, now):
        document = file(load, now)

        reject_document(document, by="user:7", at=now, reason="Signature is missing.")
        assert (document.status, document.reason) == ("REJECTED", "Signature is missing.")
        accept_document(document, by="user:8", at=now)

        document.refresh_from_db()
        assert document.status == "ACCEPTED"
        assert [event.name for event in events(document)] == [
            "document.received",
            "document.rejected",
            "document.accepted",
        ]
        assert events(document)[1].reason == "Signature is missing."

    def test_a_rejection_without_a_reason_is_refused(self, load, now):
        with pytest.raises(ReasonMissing):
            reject_document(file(load, now), by="user:7", at=now, reason="  ")

    def test_a_stale_acceptance_is_an_illegal_move(self, load, now):
        document = file(load, now, acceptance=Acceptance.AT_ONCE)

        with pytest.raises(IllegalMove, match="is ACCEPTED and cannot become ACCEPTED"):
            accept_document(document, by="user:7", at=now)


@pytest.mark.django_db(transaction=True)
def test_the_same_proof_from_two_workers_at_once_is_one_paper(now):
    with transaction.atomic():
        load = make_load(now)
    start = Barrier(4)

    def work() -> int:
        try:
            start.wait(timeout=10)
            with transaction.atomic():
                return file(load, now, acceptance=Acceptance.BY_RULE, occurred_at=now).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        papers = {job.result(timeout=60) for job in [pool.submit(work) for _ in range(4)]}

    assert len(papers) == 1
    assert Milestone.objects.filter(kind="POD_RECEIVED").count() == 1
