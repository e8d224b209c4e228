"""Documents reach the ERP once, whatever it answers; what it refuses lies before a person."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from billing.models import Invoice, InvoiceState
from billing.operations.invoicing import issue_invoice
from billing.operations.readiness import evaluate_load
from exceptions.models import Case
from integrations.adapters import erp as erp_dialect
from integrations.adapters import wire
from integrations.events import Answer, Outcome, Outgoing
from integrations.models import Breaker, OutboxMessage
from integrations.operations import breaking, sending
from integrations.operations.replaying import SendAgain
from journal.models import Event
from tests.factories.billing import delivered_load, found_carrier, publish_card
from tests.integrations import misbehaving
from tests.integrations.misbehaving import MisbehavingErp, running

pytestmark = pytest.mark.django_db(transaction=True)
BY = "rule:posting"
Queue = Callable[[], OutboxMessage]


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def move(self, **spans: float) -> None:
        self.at += timedelta(**spans)


@pytest.fixture
def clock(now: datetime) -> Clock:
    return Clock(now)


@pytest.fixture(autouse=True)
def _short_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "ANSWER_SECONDS", 0.3)
    monkeypatch.setattr(wire, "WHOLE_SECONDS", 0.5)


@pytest.fixture
def erp() -> Iterator[MisbehavingErp]:
    with running(MisbehavingErp()) as server:
        yield server


@pytest.fixture
def price() -> None:
    with transaction.atomic():
        found_carrier()
        publish_card()


@pytest.fixture
def issue(price: None, now: datetime) -> Callable[[], Invoice]:
    """Issue the invoice of a load of its own: 1,000.00 dollars."""

    def issue_one() -> Invoice:
        with transaction.atomic():
            load = delivered_load()
            billing = evaluate_load(load.pk, by="rule:readiness", at=now)
            return issue_invoice(billing, by="user:1", at=now)

    return issue_one


@pytest.fixture
def queue_invoice(issue: Callable[[], Invoice], clock: Clock) -> Queue:
    """Queue an issued invoice."""

    def queue_one() -> OutboxMessage:
        invoice = issue()
        with transaction.atomic():
            (message,) = sending.queue_invoices([invoice], target="erp", by=BY, at=clock())
        return message

    return queue_one


@pytest.fixture
def queue(transactional_db: None, clock: Clock) -> Queue:
    """Queue a document of which nothing but its message matters."""

    def queue_one() -> OutboxMessage:
        uid = str(uuid4())
        return OutboxMessage.objects.create(
            target="erp",
            kind="invoice",
            subject_key=f"invoice:{uid}",
            idempotency_key=uid,
            body={"external_reference": uid, "currency": "USD", "total_amount": "1000.00"},
            created_at=clock(),
            next_try_at=clock(),
        )

    return queue_one


@pytest.fixture
def send(erp: MisbehavingErp, clock: Clock) -> Callable[[], int]:
    def send_due() -> int:
        deliver = partial(erp_dialect.deliver, base_url=erp.url)
        return sending.send_due("erp", deliver=deliver, clock=clock)

    return send_due


def test_an_invoice_is_posted_and_the_erps_number_kept(queue_invoice, send, erp):
    message = queue_invoice()

    assert send() == 1

    message.refresh_from_db()
    assert (message.status, message.attempts) == ("SENT", 1)
    assert message.external_reference == "ERP-88001"
    state = InvoiceState.objects.get(invoice=message.invoice)
    assert (state.erp_status, state.erp_reference) == ("POSTED", "ERP-88001")
    assert erp.keys == [str(message.invoice.uid)]
    assert erp.calls == ["POST /invoices"]
    posted = Event.objects.get(name="invoice.posted")
    assert posted.correlation_id == message.correlation_id


def test_what_is_sent_is_the_issued_document_in_texts(queue_invoice):
    body = queue_invoice().body

    invoice = Invoice.objects.get()
    assert body["external_reference"] == str(invoice.uid)
    assert (body["number"], body["total_amount"], body["currency"]) == (
        invoice.number, "1000.00", "USD",
    )  # fmt: skip
    assert body["customer"]["code"] == invoice.customer.code
    assert [(line["code"], line["amount"]) for line in body["lines"]] == [("LHS", "1000.00")]


def test_queueing_twice_is_queueing_once(queue_invoice, clock):
    message = queue_invoice()
    clock.move(minutes=5)

    with transaction.atomic():
        again = sending.queue_invoices([message.invoice], target="erp", by=BY, at=clock())

    assert again == []
    assert OutboxMessage.objects.count() == 1
    assert Event.objects.filter(name="outbox.queued").count() == 1


def test_the_database_refuses_a_second_message_for_one_document(queue):
    message = queue()
    message.pk, message.idempotency_key = None, "another"

    with pytest.raises(IntegrityError, match="outbox_once_per_target"):
        message.save(force_insert=True)


TRANSIENT = {
    "500": misbehaving.status(500),
    "502": misbehaving.status(502),
    "401": misbehaving.status(401),
    "403": misbehaving.status(403),
    "503 later": misbehaving.status(503, Retry_After="7"),
    "429 later": misbehaving.status(429, Retry_After="7"),
    "302": misbehaving.redirect,
    "silent, not taken": misbehaving.hang_before_taking,
    "silent, taken": misbehaving.hang_after_taking,
    "dripping": misbehaving.drip,
    "reset in the middle": misbehaving.reset_in_the_middle,
    "reset at once": misbehaving.reset_at_once,
    "garbage": misbehaving.garbage,
    "nonsense": misbehaving.nonsense,
    "endless": misbehaving.endless,
    "no http": misbehaving.no_http,
    "for another": misbehaving.for_another,
    "duplicate, not found": misbehaving.duplicate_not_found,
}


@pytest.mark.parametrize("behaviour", TRANSIENT.values(), ids=TRANSIENT.keys())
def test_after_a_failure_the_document_arrives_once(queue, send, erp, clock, behaviour):
    erp.script = [behaviour, behaviour]
    message = queue()

    for _ in range(3):
        send()
        clock.move(minutes=20)

    message.refresh_from_db()
    assert message.status == "SENT"
    assert len(erp.documents) == 1
    assert set(erp.keys) == {message.idempotency_key}
    assert not any("elsewhere" in call for call in erp.calls)
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    "behaviour", [misbehaving.hang_after_taking, misbehaving.reset_in_the_middle]
)
def test_an_attempt_that_may_have_arrived_is_looked_up_and_not_sent_again(
    queue, send, erp, clock, behaviour
):
    erp.script = [behaviour]
    queue()

    send()
    clock.move(minutes=1)
    send()

    assert [call.split("?")[0] for call in erp.calls] == ["POST /invoices", "GET /invoices"]
    assert len(erp.documents) == 1


def test_a_duplicate_is_looked_up_at_once_and_counts_as_posted(queue, send, erp):
    erp.script = [misbehaving.duplicate]
    message = queue()

    send()

    message.refresh_from_db()
    assert (message.status, message.external_reference) == ("SENT", "ERP-88001")


def test_when_the_look_up_fails_nothing_is_sent(queue, send, erp, clock):
    erp.script = [misbehaving.status(500)]
    erp.look_ups = [misbehaving.status(500), misbehaving.garbage_look_up]
    message = queue()

    for _ in range(3):
        send()
        clock.move(minutes=20)

    message.refresh_from_db()
    assert (message.status, message.attempts) == ("WAITING", 3)
    assert [call.split(" ")[0] for call in erp.calls] == ["POST", "GET", "GET"]


@pytest.mark.parametrize("behaviour", [misbehaving.wrong_amount, misbehaving.wrong_currency])
def test_another_amount_or_currency_is_a_case_and_is_not_tried_again(
    queue_invoice, send, erp, clock, behaviour
):
    erp.script = [behaviour]
    message = queue_invoice()

    send()
    clock.move(hours=2)
    assert send() == 0

    message.refresh_from_db()
    assert message.status == "DEAD"
    case = Case.objects.get()
    assert (case.kind, case.value_amount) == ("erp_mismatch", message.invoice.total_amount)
    assert message.invoice.number in case.title
    assert "we sent 1000.00 USD" in case.detail["problems"][0]
    assert InvoiceState.objects.get(invoice=message.invoice).erp_status == "FAILED"


def test_a_document_held_twice_is_a_case(queue, send, erp, clock):
    erp.script = [misbehaving.hang_after_taking]
    message = queue()
    send()
    (held,) = erp.documents.values()
    erp.documents["by hand"] = held | {"id": "ERP-90000"}
    clock.move(minutes=1)

    send()

    message.refresh_from_db()
    assert (message.status, Case.objects.get().kind) == ("DEAD", "erp_mismatch")
    assert "2 times" in message.verdict


@pytest.mark.parametrize("code", [400, 404, 410, 422])
def test_a_refusal_is_a_dead_letter_at_once_with_the_erps_words(queue, send, erp, code):
    erp.script = [misbehaving.status(code)]
    message = queue()

    send()

    message.refresh_from_db()
    assert (message.status, message.attempts) == ("DEAD", 1)
    case = Case.objects.get()
    assert case.kind == "erp_rejected"
    assert case.detail["problems"] == [f"The ERP answered {code}: No, {code}."]


def test_after_eight_attempts_it_is_a_dead_letter_with_a_case(queue, send, erp, clock):
    erp.script = [misbehaving.status(500)] * 20
    message = queue()

    for _ in range(20):
        send()
        clock.move(hours=1)
        breaking_closed()

    message.refresh_from_db()
    assert (message.status, message.attempts) == ("DEAD", 8)
    assert len(erp.keys) == 8
    assert Case.objects.get().kind == "outbox_dead"


def breaking_closed() -> None:
    """Close the breaker, so that only the attempts decide."""
    Breaker.objects.update(status="CLOSED", failures=0)


def test_the_pauses_grow_and_are_never_the_same(queue, send, erp, clock):
    erp.script = [misbehaving.status(500)] * 5
    message = queue()
    pauses = []

    for _ in range(5):
        send()
        message.refresh_from_db()
        pauses.append((message.next_try_at - clock()).total_seconds())
        clock.at = message.next_try_at

    assert all(later > earlier for earlier, later in pairwise(pauses))
    assert 3 < pauses[0] < 7
    assert pauses[4] > 200


@pytest.mark.parametrize("code", [429, 503])
def test_a_retry_after_is_waited_for(queue, send, erp, clock, code):
    erp.script = [misbehaving.status(code, Retry_After="120")]
    message = queue()

    send()

    message.refresh_from_db()
    assert message.next_try_at == clock() + timedelta(seconds=120)
    clock.move(seconds=119)
    assert send() == 0
    clock.move(seconds=1)
    assert send() == 1


def test_nobody_waits_longer_than_an_hour(queue, send, erp, clock):
    erp.script = [misbehaving.status(503, Retry_After="86400")]
    message = queue()

    send()

    message.refresh_from_db()
    assert message.next_try_at == clock() + timedelta(hours=1)


def test_could_not_connect_uses_up_no_attempt(queue, clock):
    message = queue()
    deliver = partial(erp_dialect.deliver, base_url="http://127.0.0.1:1")

    for _ in range(20):
        sending.send_due("erp", deliver=deliver, clock=clock)
        clock.move(hours=1)
        breaking_closed()

    message.refresh_from_db()
    assert (message.status, message.attempts) == ("WAITING", 0)
    assert "No connection" in message.verdict


def test_the_breaker_opens_within_ten_failures_and_then_nothing_is_sent(queue, send, erp, clock):
    erp.script = [misbehaving.status(500)] * 50
    for _ in range(15):
        queue()

    assert send() <= 10
    clock.move(minutes=30)
    assert send() == 0

    assert len(erp.keys) <= 10
    assert Breaker.objects.get().status == "OPEN"


def test_a_closing_breaker_makes_what_waits_due_at_once(queue, send, erp, clock):
    erp.script = [misbehaving.status(500)] * 10
    messages = [queue() for _ in range(12)]
    send()
    clock.move(seconds=61)

    assert breaking.due_probes(at=clock()) == ["erp"]
    alive = erp_dialect.is_alive(base_url=erp.url)
    with transaction.atomic():
        breaking.note_probe("erp", is_alive=alive, at=clock())
    erp.script = []
    send()

    assert OutboxMessage.objects.filter(status="SENT").count() == len(messages)
    assert len(erp.documents) == len(messages)


def test_a_probe_that_fails_waits_for_the_next_one(queue, send, erp, clock):
    erp.script = [misbehaving.status(500)] * 10
    for _ in range(9):
        queue()
    send()
    clock.move(seconds=61)

    alive = erp_dialect.is_alive(base_url="http://127.0.0.1:1")
    with transaction.atomic():
        breaking.note_probe("erp", is_alive=alive, at=clock())

    assert breaking.due_probes(at=clock()) == []
    assert Breaker.objects.get().status == "OPEN"
    clock.move(seconds=61)
    assert breaking.due_probes(at=clock()) == ["erp"]


def test_a_success_forgets_the_failures_before_it(queue, send, erp, clock):
    erp.script = [misbehaving.status(500)] * 5
    for _ in range(6):
        queue()

    send()

    assert Breaker.objects.get().failures == 0


def test_a_sender_that_died_is_followed_by_a_look_up(queue, send, erp, clock):
    message = queue()
    with transaction.atomic():
        claimed = sending.claim("erp", at=clock())
    assert claimed == message
    erp.keep(message.idempotency_key, message.body)

    assert send() == 0
    clock.move(seconds=61)
    assert send() == 1

    message.refresh_from_db()
    assert message.status == "SENT"
    assert [call.split(" ")[0] for call in erp.calls] == ["GET"]


def test_a_sender_that_dies_every_time_ends_as_a_dead_letter(queue, clock):
    message = queue()
    for _ in range(8):
        with transaction.atomic():
            assert sending.claim("erp", at=clock()) is not None
        clock.move(seconds=61)

    with transaction.atomic():
        assert sending.claim("erp", at=clock()) is None
        assert sending.bury_crashed(at=clock()) == 1

    message.refresh_from_db()
    assert message.status == "DEAD"
    assert Case.objects.get().kind == "outbox_dead"


def test_an_answer_that_comes_after_the_lease_was_lost_is_dropped(queue, send, erp, clock):
    queue()
    with transaction.atomic():
        slow = sending.claim("erp", at=clock())
    clock.move(seconds=61)
    send()

    with transaction.atomic():
        assert slow
        answer = Answer(Outcome.REFUSED, "Too late.")
        held = sending.settle(slow, answer=answer, by="target:erp", at=clock())

    assert held.status == "SENT"
    assert not Case.objects.exists()


def test_a_dead_letter_sent_again_is_looked_up_first_and_its_case_closes(
    queue_invoice, send, erp, clock
):
    erp.script = [misbehaving.wrong_amount]
    message = queue_invoice()
    send()
    erp.documents[message.idempotency_key]["total_amount"] = "1000.00"
    case = Case.objects.get()
    action = SendAgain()
    proposal = action.propose(case)
    assert proposal
    assert proposal.changes[0].after == "WAITING"

    with transaction.atomic():
        action.apply(case, by="user:7", at=clock(), reason="", values={})
    send()

    message.refresh_from_db()
    assert message.status == "SENT"
    assert [call.split(" ")[0] for call in erp.calls] == ["POST", "GET"]
    case.refresh_from_db()
    assert (case.status, case.resolution) == ("CLOSED", "sent")
    assert InvoiceState.objects.get().erp_status == "POSTED"
    assert action.propose(case) is None


def test_the_network_is_refused_inside_a_transaction(queue, erp):
    message = queue()
    outgoing = Outgoing(message.idempotency_key, message.body)

    with transaction.atomic(), pytest.raises(RuntimeError, match="inside a transaction"):
        erp_dialect.deliver(outgoing, base_url=erp.url)


@pytest.mark.faults
def test_four_senders_at_once_post_each_document_once(queue, erp, clock):
    for _ in range(20):
        queue()
    together = threading.Barrier(4, timeout=20)

    def send_all(_: int) -> int:
        together.wait()
        deliver = partial(erp_dialect.deliver, base_url=erp.url)
        tried = sending.send_due("erp", deliver=deliver, clock=clock)
        connection.close()
        return tried

    with ThreadPoolExecutor(4) as pool:
        tried = list(pool.map(send_all, range(4)))

    assert sum(tried) == 20
    assert (len(erp.documents), len(erp.keys)) == (20, 20)
    assert OutboxMessage.objects.filter(status="SENT").count() == 20


def test_nothing_but_the_adapters_knows_http():
    root = Path(sending.__file__).parent.parent
    users = {
        path.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        if "import httpx" in path.read_text()
    }

    assert users == {"adapters/wire.py"}
