"""An EDI tender that is answered, wherever it is answered, goes out as one 990."""

import io
from datetime import timedelta
from pathlib import Path

import pytest
import pyx12.x12file

from dispatch.models import Load
from dispatch.operations.answering import accept_tender, decline_tender
from dispatch.operations.planning import create_load
from integrations.adapters import read_message, unpack
from integrations.adapters.edi.answers import plain, read_tender
from integrations.adapters.folder import deliver, is_alive
from integrations.events import Outcome, Outgoing
from integrations.handlers import answer_tenders
from integrations.models import EdiPartner, OutboxMessage
from integrations.operations.receiving import receive_many
from integrations.operations.sending import send_due
from integrations.operations.understanding import understand
from journal.models import Delivery, Event
from tests.dispatch.plans import plan
from tests.factories.asking import an_asker
from tests.integrations.edi import samples

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(settings, tmp_path) -> Path:
    settings.EDI_FOLDER = tmp_path / "edi"
    return settings.EDI_FOLDER / "prairie"


@pytest.fixture
def tendered(edi, folder, now) -> Load:
    """A load that a partner offered by 204, who looks for answers in a folder."""
    EdiPartner.objects.update(answers_folder="prairie")
    parcels = unpack(edi, samples.tender().encode())
    (kept,) = receive_many(edi, parcels=parcels, headers={"door": "file"}, at=now)
    understand([kept.message], read=read_message, at=now)
    return Load.objects.get()


def segments(path: Path) -> list[list[str]]:
    return [line.split("*") for line in path.read_text().split("~") if line]


def test_an_accepted_tender_goes_out_as_a_990_into_the_partners_folder(
    tendered, folder, drain, now
) -> None:
    accept_tender(tendered, by="user:7", at=now)

    drain()

    (sent,) = folder.iterdir()
    told = {line[0]: line for line in segments(sent)}
    came = read_tender(bytes(tendered.messages.get().body))
    assert came
    assert told["ST"][1] == "990"
    assert told["B1"] == ["B1", came.scac, came.shipment_id, "20261119", "A"]
    assert told["N9"] == ["N9", "CN", tendered.number]
    assert (told["ISA"][6].strip(), told["ISA"][8].strip()) == (came.receiver[1], came.sender[1])
    assert told["GS"][1:4] == ["GF", came.receiver[1], came.sender[1]]


def test_it_is_a_whole_interchange_to_another_reader_too(tendered, folder, drain, now) -> None:
    decline_tender(tendered, reason="No truck", by="user:7", at=now)
    drain()
    (sent,) = folder.iterdir()

    reader = pyx12.x12file.X12Reader(io.StringIO(sent.read_text()))

    assert [segment.get_seg_id() for segment in reader] == [
        "ISA", "GS", "ST", "B1", "N9", "K1", "SE", "GE", "IEA",
    ]  # fmt: skip
    assert reader.pop_errors() == []


def test_a_declined_one_says_why_in_words_that_x12_can_carry(tendered, folder, drain, now) -> None:
    words = "Kein Fahrer*~ für Köln, auch nicht am Montag"
    decline_tender(tendered, reason=words, by="user:1", at=now)
    drain()

    (sent,) = folder.iterdir()
    told = {line[0]: line for line in segments(sent)}
    assert told["B1"][4] == "D"
    assert told["K1"] == ["K1", "Kein Fahrer fur Koln, auch nic", "ht am Montag"]


def test_the_answer_hangs_on_the_thread_of_the_tender(tendered, folder, drain, now) -> None:
    accept_tender(tendered, by="user:7", at=now)
    drain()

    message = OutboxMessage.objects.get(target="edi")
    assert message.correlation_id == tendered.messages.get().correlation_id
    assert message.status == "SENT"
    assert message.external_reference == next(folder.iterdir()).name
    queued = Event.objects.get(name="outbox.queued")
    assert queued.correlation_id == message.correlation_id


def test_an_answer_over_the_api_goes_out_alike(tendered, folder, drain, now) -> None:
    an_asker(at=now).post(f"loads/{tendered.number}/accept/")

    drain()

    assert len(list(folder.iterdir())) == 1


def test_asked_twice_it_is_sent_once(tendered, folder, drain, now) -> None:
    accept_tender(tendered, by="user:7", at=now)
    drain()
    delivery = Delivery.objects.get(subscriber="integrations.handlers.answer_tenders")

    answer_tenders([delivery])
    drain()

    assert OutboxMessage.objects.filter(target="edi").count() == 1
    assert len(list(folder.iterdir())) == 1


def test_a_partner_that_wants_no_990_gets_none(tendered, folder, drain, now) -> None:
    EdiPartner.objects.update(answers_folder="")
    accept_tender(tendered, by="user:7", at=now)

    drain()

    assert not OutboxMessage.objects.filter(target="edi").exists()


def test_a_tender_of_the_tms_is_answered_in_the_feed_alone(customer, folder, drain, now) -> None:

    load = create_load(
        plan(), customer=customer, by="source:tms", at=now, source="tms", tendered_at=now
    )
    accept_tender(load, by="user:7", at=now)

    drain()

    note = Delivery.objects.get(subscriber="integrations.handlers.answer_tenders").note
    assert note == "It did not come as a 204."
    assert not folder.exists()


def test_a_folder_that_cannot_be_written_is_tried_again_later(
    tendered, settings, drain, tmp_path, now
) -> None:
    (tmp_path / "file").write_text("in the way")
    settings.EDI_FOLDER = tmp_path / "file"
    accept_tender(tendered, by="user:7", at=now)
    drain()

    message = OutboxMessage.objects.get(target="edi")
    assert (message.status, message.attempts) == ("WAITING", 0)
    assert not is_alive(root=settings.EDI_FOLDER)

    settings.EDI_FOLDER = tmp_path / "edi"
    later = message.next_try_at + timedelta(seconds=1)
    send_due("edi", deliver=lambda o: deliver(o, root=settings.EDI_FOLDER), clock=lambda: later)

    message.refresh_from_db()
    assert message.status == "SENT"


def test_the_same_file_again_is_the_same_and_another_of_its_name_is_not(tmp_path) -> None:
    def put(content: str):
        body = {"folder": "p", "filename": "990-1.edi", "content": content}
        return deliver(Outgoing(idempotency_key="k", body=body), root=tmp_path).outcome

    outcomes = [put("ISA~"), put("ISA~"), put("other~")]

    assert outcomes == [Outcome.POSTED, Outcome.POSTED, Outcome.MISMATCH]
    assert [path.name for path in (tmp_path / "p").iterdir()] == ["990-1.edi"]


@pytest.mark.parametrize("body", [b"", b"{}", samples.status("X3").encode(), b"ISA*00"])
def test_what_is_no_204_asks_for_no_answer(body) -> None:
    assert read_tender(body) is None


@pytest.mark.parametrize(
    ("text", "kept"), [("a*b~c>d", "a b c d"), ("  x\ny ", "x y"), ("Łódź", "odz"), ("", "")]
)
def test_text_is_cut_to_what_x12_carries(text, kept) -> None:
    assert plain(text, 30) == kept
