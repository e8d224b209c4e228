"""Kept messages become loads, milestones, papers or cases; none is left without a verdict."""

import base64
import json
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import permutations
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.models import Customer
from dispatch.models import Document, Load, Milestone, Stop
from dispatch.operations.filing import store_bytes
from dispatch.operations.planning import create_load
from exceptions.models import Case
from integrations.adapters import read_message, unpack
from integrations.models import InboxMessage, Source
from integrations.operations.receiving import receive, receive_many
from integrations.operations.replaying import IgnoreMessage, ReadAgain
from integrations.operations.understanding import age_parked, fetch_parked, prepare, understand
from journal.models import Event
from tests.factories import CustomerFactory
from tests.integrations.conftest import tell, tell_load
from tests.integrations.edi import samples

pytestmark = pytest.mark.django_db
Status = InboxMessage.Status
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF"
)


@pytest.fixture
def keep(tms: Source, customer: Customer, now: datetime) -> Callable[..., InboxMessage]:
    """Keep one message of the TMS."""

    def keep_message(message: dict[str, Any], *, source: Source = tms) -> InboxMessage:
        return receive(
            source, external_id=message["id"], body=json.dumps(message).encode(),
            content_type="application/json", headers={"door": "test"}, at=now,
        ).message  # fmt: skip

    return keep_message


@pytest.fixture
def take(keep: Callable[..., InboxMessage], now: datetime) -> Callable[..., list[InboxMessage]]:
    """Keep messages and understand them, each in a block of its own, or all in one."""

    def take_messages(*messages: dict[str, Any], together: bool = False) -> list[InboxMessage]:
        kept = [keep(message) for message in messages]
        blocks = [kept] if together else [[message] for message in kept]
        for block in blocks:
            understand(block, read=read_message, at=now)
        return kept

    return take_messages


@pytest.fixture
def take_edi(edi: Source, now: datetime) -> Callable[[str], InboxMessage]:
    """Keep an interchange of one set and understand it."""

    def take_interchange(text: str) -> InboxMessage:
        parcels = unpack(edi, text.encode())
        answers = receive_many(edi, parcels=parcels, headers={"door": "file"}, at=now)
        (message,) = [answer.message for answer in answers]
        if message.status == Status.RECEIVED:
            understand([message], read=read_message, at=now)
        return message

    return take_interchange


def paper(**fields: Any) -> dict[str, Any]:
    return {
        "kind": "POD", "filename": "pod.pdf", "content_base64": base64.b64encode(PDF).decode(),
        "signed_by": "R. Ortega",
    } | fields  # fmt: skip


def kinds(load: Load) -> list[str]:
    return list(load.milestones.order_by("occurred_at", "id").values_list("kind", flat=True))


# Loads


def test_a_tender_makes_the_load_with_its_stops_and_its_milestone(take):
    (message,) = take(tell_load())

    load = Load.objects.get()
    assert (message.status, message.load_id) == (Status.PROCESSED, load.pk)
    assert message.reason == f"Load {load.number} created. Load {load.number}: Tendered."
    assert (load.customer.code, load.status, load.source) == ("PRFD-0042", "TENDERED", "tms")
    assert [stop.city for stop in load.stops.order_by("sequence")] == ["Joliet", "Columbus"]
    assert Event.objects.get(name="load.created").correlation_id == message.correlation_id


def test_a_tender_lists_what_the_load_carries(take):
    message = tell_load()
    pallet = {"weight_lb": "450", "freight_class": "100", "pieces": 1, "length_in": "48",
              "width_in": "48", "height_in": "40.5", "is_stackable": False}  # fmt: skip
    message["load"] |= {"items": [pallet, {"weight_lb": 90}], "linear_feet": "4"}

    take(message)

    load = Load.objects.get()
    first, second = load.items.order_by("line")
    assert (first.freight_class, first.weight_lb, first.pieces) == (
        "100", Decimal(450), 1,
    )  # fmt: skip
    assert (first.height_in, first.is_stackable, second.height_in) == (
        Decimal("40.5"), False, None,
    )  # fmt: skip
    assert load.linear_feet == 4


@pytest.mark.parametrize(
    ("item", "problem"),
    [
        ({"pieces": 1}, "load.items[1].weight_lb is missing"),
        ({"weight_lb": None}, "load.items[1].weight_lb is missing"),
        ({"weight_lb": "1", "height_in": "4 ft"}, "load.items[1].height_in: '4 ft' is not"),
        ({"weight_lb": "1", "freight_class": "x" * 9}, "load.items[1].freight_class"),
    ],
)
def test_an_item_that_cannot_be_read_refuses_the_message_by_its_field(take, item, problem):
    message = tell_load()
    message["load"]["items"] = [{"weight_lb": "450"}, item]

    (kept,) = take(message)

    assert kept.status == Status.FAILED
    assert problem in Case.objects.get().detail["problems"][0]


def test_the_milestones_of_a_message_carry_its_correlation(take):
    _, arrived = take(tell_load(), tell("stop.arrived", stop={"sequence": 1}), together=True)

    milestone = Milestone.objects.get(kind="ARRIVED")
    assert milestone.correlation_id == arrived.correlation_id
    assert milestone.source_reference == "evt-1"
    told = Event.objects.filter(name="load.tracked").order_by("id")
    assert [event.correlation_id for event in told][1] == arrived.correlation_id


def test_a_change_that_comes_before_its_tender_makes_the_load_and_stays_the_newer_plan(take):
    changed = tell_load("evt-9", type="load.changed", occurred_at="2026-03-03T10:00:00-06:00")
    changed["load"]["commodity"] = "Frozen dairy"

    take(changed, tell_load())

    load = Load.objects.get()
    assert (load.commodity, load.status) == ("Frozen dairy", "TENDERED")


def test_another_load_on_the_same_order_is_another_load(take):
    second = tell_load("evt-2")
    second["load"]["references"][0]["value"] = "S-104880"

    take(tell_load(), second)

    assert Load.objects.count() == 2


def test_a_plan_without_a_customer_is_a_case(take):
    message = tell_load()
    del message["load"]["customer"]

    (kept,) = take(message)

    assert kept.status == Status.FAILED
    assert Case.objects.get().detail["problems"] == [
        "No customer is told. Name one in the message, or in the profile of its sender."
    ]


def test_a_source_of_one_customer_need_not_name_it_and_may_name_no_other(take, tms, customer):
    tms.default_customer = customer
    tms.save()
    CustomerFactory(code="OTHR-0001")
    unnamed, other = tell_load("evt-1"), tell_load("evt-2")
    del unnamed["load"]["customer"]
    other["load"] |= {"customer": "OTHR-0001"}
    other["load"]["references"][0] = {"kind": "SHIPMENT_ID", "value": "S-2"}

    first, second = take(unnamed, other)

    assert (first.status, second.status) == (Status.PROCESSED, Status.FAILED)
    assert "PRFD-0042 only" in second.reason
    assert Load.objects.count() == 1


def test_a_source_of_one_customer_cannot_touch_the_load_of_another(take, tms, now):
    other = CustomerFactory(code="OTHR-0001")
    take(tell_load())
    tms.default_customer = other
    tms.save()

    (message,) = take(tell("load.cancelled", "evt-5"))

    assert message.status == Status.PARKED
    assert Load.objects.get().status == "TENDERED"


def test_a_plan_the_domain_refuses_is_a_case_with_its_sentence(take_edi):
    long_name = "X" * 130

    message = take_edi(samples.tender().replace("Wolcott Cold Storage", long_name))

    assert message.status == Status.FAILED
    assert "more than" in message.reason
    assert not Load.objects.exists()


# Order


LIFE = [
    tell_load("evt-0"),
    tell("load.accepted", "evt-1", occurred_at="2026-03-02T11:00:00-06:00"),
    tell("stop.arrived", "evt-2", occurred_at="2026-03-04T07:50:00-06:00", stop={"sequence": 1}),
    tell("stop.departed", "evt-3", occurred_at="2026-03-04T09:30:00-06:00", stop={"sequence": 1}),
    tell("load.delivered", "evt-4", occurred_at="2026-03-05T09:40:00-05:00"),
]


def state() -> tuple[Any, ...]:
    load = Load.objects.get()
    stops = load.stops.order_by("sequence").values_list("status", "arrived_at", "departed_at")
    return load.status, load.picked_up_at, load.delivered_at, *stops


@pytest.mark.parametrize("order", list(permutations(range(5)))[::6])
def test_any_order_ends_in_the_same_state(take, now, order: Iterable[int]):
    take(*(LIFE[n] for n in order))
    fetch_parked([Load.objects.get().pk], read=read_message, at=now)

    status, picked_up_at, delivered_at, first, last = state()
    assert (status, first[0], last[0]) == ("DELIVERED", "COMPLETED", "COMPLETED")
    assert picked_up_at == datetime(2026, 3, 4, 15, 30, tzinfo=UTC)
    assert delivered_at == datetime(2026, 3, 5, 14, 40, tzinfo=UTC)
    assert set(InboxMessage.objects.values_list("status", flat=True)) == {"PROCESSED"}
    assert not Case.objects.exists()


@pytest.mark.parametrize("order", list(permutations(range(5)))[::24])
def test_a_block_in_any_order_ends_in_the_same_state(take, order: Iterable[int]):
    take(*(LIFE[n] for n in order), together=True)

    assert state()[0] == "DELIVERED"
    assert set(InboxMessage.objects.values_list("status", flat=True)) == {"PROCESSED"}


def test_a_correction_replaces_what_it_names_even_when_it_comes_first(take, now):
    right = tell(
        "stop.arrived", "evt-8", occurred_at="2026-03-04T08:20:00-06:00", stop={"sequence": 1},
        corrects="evt-2", reason="Driver pressed too early.",
    )  # fmt: skip

    take(LIFE[0], right, LIFE[2])

    stop = Stop.objects.get(sequence=1)
    assert stop.arrived_at == datetime(2026, 3, 4, 14, 20, tzinfo=UTC)


def test_what_is_withdrawn_no_longer_counts(take):
    take(LIFE[0], LIFE[2], tell("milestone.withdrawn", "evt-9", corrects="evt-2"))

    assert Stop.objects.get(sequence=1).arrived_at is None
    assert Load.objects.get().status == "TENDERED"


# Parking


def test_a_message_of_an_unknown_load_is_parked_under_its_key(take, now):
    (message,) = take(LIFE[2])

    assert (message.status, message.parked_at) == (Status.PARKED, now)
    assert message.parked_keys == ["SHIPMENT_ID:S104879"]
    assert message.reason == "SHIPMENT_ID S-104879 names no load we know yet."
    assert not Case.objects.exists()


def test_it_is_taken_up_when_the_load_comes_by_whatever_door(take, customer, now):
    (message,) = take(LIFE[2])
    tender = InboxMessage(body=json.dumps(LIFE[0]).encode(), source=message.source)
    plan = read_message(tender).plan
    assert plan
    load = create_load(plan, customer=customer, by="user:1", at=now, source="desk")

    assert fetch_parked([load.pk], read=read_message, at=now) == 1

    message.refresh_from_db()
    assert (message.status, message.load_id, message.parked_keys) == ("PROCESSED", load.pk, [])
    assert kinds(load) == ["ARRIVED"]


def test_a_load_of_another_name_does_not_take_it_up(take, now):
    take(LIFE[2])
    other = tell_load("evt-7")
    other["load"]["references"] = [{"kind": "SHIPMENT_ID", "value": "S-999"}]
    take(other)

    assert fetch_parked([Load.objects.get().pk], read=read_message, at=now) == 0


def test_after_fifteen_minutes_it_is_a_case_and_both_end_when_the_load_comes(take, now):
    (message,) = take(LIFE[2])
    assert age_parked(read=read_message, at=now + timedelta(minutes=14)) == 0
    assert not Case.objects.exists()

    assert age_parked(read=read_message, at=now + timedelta(minutes=15)) == 1
    assert age_parked(read=read_message, at=now + timedelta(minutes=16)) == 1

    case = Case.objects.get()
    assert (case.kind, case.status) == ("load_not_found", "OPEN")
    assert "S104879" in case.title
    assert json.loads(case.evidence[0]["value"])["type"] == "stop.arrived"

    take(LIFE[0])
    fetch_parked([Load.objects.get().pk], read=read_message, at=now)

    message.refresh_from_db()
    case.refresh_from_db()
    assert (message.status, case.status) == ("PROCESSED", "CLOSED")
    assert case.closed_by.startswith("rule:")


def test_aging_tries_the_message_once_more_first(take, customer, now):
    (message,) = take(LIFE[2])
    take(LIFE[0])

    assert age_parked(read=read_message, at=now + timedelta(minutes=15)) == 0

    message.refresh_from_db()
    assert message.status == "PROCESSED"
    assert not Case.objects.exists()


# Times


def test_a_local_time_is_read_on_the_clocks_of_its_stop(take):
    arrived = tell(
        "stop.arrived", occurred_at="2026-03-05T08:05:00", stop={"sequence": 2}
    )  # fmt: skip

    take(LIFE[0], arrived)

    milestone = Milestone.objects.get(kind="ARRIVED")
    assert milestone.occurred_at == datetime(2026, 3, 5, 13, 5, tzinfo=UTC)
    assert milestone.source_offset_minutes == -300


@pytest.mark.parametrize(
    ("when", "kind"),
    [("2026-03-08T02:30:00", "nonexistent_time"), ("2026-11-01T01:30:00", "ambiguous_time")],
)
def test_a_time_of_the_night_the_clocks_change_is_a_case_and_no_guess(take, when, kind):
    _, message = take(LIFE[0], tell("stop.arrived", occurred_at=when, stop={"sequence": 1}))

    assert message.status == Status.FAILED
    case = Case.objects.get()
    assert (case.kind, case.load) == (kind, Load.objects.get())
    assert when[:10] in case.title
    assert not Milestone.objects.filter(kind="ARRIVED").exists()


@pytest.mark.parametrize(
    ("when", "kind"),
    [("2026-03-08T02:30:00", "nonexistent_time"), ("2026-11-01T01:30:00", "ambiguous_time")],
)
def test_such_an_appointment_refuses_the_plan(take, when, kind):
    message = tell_load()
    message["load"]["stops"][0]["appointment_from"] = when

    (kept,) = take(message)

    assert (kept.status, Case.objects.get().kind) == (Status.FAILED, kind)
    assert not Load.objects.exists()


def test_a_place_without_a_zone_takes_the_clocks_of_the_first_stop_and_says_so(take):
    take(LIFE[0], tell("load.accepted", occurred_at="2026-03-02T11:00:00"))

    milestone = Milestone.objects.get(kind="ACCEPTED")
    assert milestone.occurred_at == datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
    assert milestone.detail["zone"] == "taken from the first stop"


# Papers


def test_a_readable_proof_of_delivery_is_filed_and_accepted_by_rule(take):
    pod = tell("document.received", document=paper(), stop={"sequence": 2})

    _, message = take(LIFE[0], pod)

    document = Document.objects.get()
    assert (document.kind, document.status) == ("POD", "ACCEPTED")
    assert (document.stop, document.signed_by) == (Stop.objects.get(sequence=2), "R. Ortega")
    assert message.reason.endswith("Proof of delivery filed.")


def test_the_same_paper_twice_is_one(take):
    pods = [tell("document.received", f"evt-{n}", document=paper()) for n in (1, 2)]

    take(LIFE[0], *pods)

    assert Document.objects.count() == 1


def test_a_receipt_keeps_its_amount(take):
    receipt = paper(kind="LUMPER_RECEIPT", amount="285.00", currency="USD", receipt_number="L-5512")

    take(LIFE[0], tell("document.received", document=receipt))

    document = Document.objects.get()
    assert (str(document.amount), document.receipt_number) == ("285.00", "L-5512")


@pytest.mark.parametrize("content", [b"MZ\x90\x00 a program", b"PK\x03\x04 an archive"])
def test_a_file_that_is_no_paper_is_a_case(take, content):
    bad = paper(content_base64=base64.b64encode(content).decode())

    _, message = take(LIFE[0], tell("document.received", document=bad))

    assert message.status == Status.FAILED
    assert Case.objects.get().kind == "message_unreadable"
    assert not Document.objects.exists()


def test_papers_are_stored_before_the_transaction(keep, monkeypatch):
    stored = []

    def store(content):
        stored.append(content)
        return store_bytes(content)

    monkeypatch.setattr("integrations.operations.understanding.store_bytes", store)
    message = keep(tell("document.received", document=paper()))

    read = prepare([message], read=read_message)

    assert stored == [PDF]
    assert read(message).documents[0].content == PDF


# EDI


def test_a_204_and_its_214s_make_and_move_a_load(take_edi):
    tender = take_edi(samples.tender())
    load = Load.objects.get()
    assert (tender.status, tender.load) == (Status.PROCESSED, load)

    moves = [
        take_edi(samples.status(code, time=time, control=control, **place))
        for control, (code, time, place) in enumerate(
            [
                ("X3", "0812", {}),
                ("AF", "0931", {}),
                ("X1", "1104", {"city": "WOLCOTT", "state": "NY", "date": "20260305"}),
                ("D1", "1250", {"city": "WOLCOTT", "state": "NY", "date": "20260305"}),
            ],
            start=10,
        )
    ]

    load.refresh_from_db()
    assert {move.status for move in moves} == {Status.PROCESSED}
    assert load.status == "DELIVERED"
    pickup, delivery = load.stops.order_by("sequence")
    assert pickup.arrived_at == datetime(2026, 3, 4, 13, 12, tzinfo=UTC)
    assert delivery.departed_at == datetime(2026, 3, 5, 17, 50, tzinfo=UTC)
    assert not Case.objects.exists()


def test_a_214_before_its_204_is_parked_and_linked_later(take_edi, now):
    early = take_edi(samples.status("X3"))
    assert early.status == Status.PARKED

    take_edi(samples.tender())
    fetch_parked([Load.objects.get().pk], read=read_message, at=now)

    early.refresh_from_db()
    assert (early.status, early.load) == ("PROCESSED", Load.objects.get())


def test_a_204_that_cancels_ends_the_load(take_edi):
    take_edi(samples.tender())

    take_edi(samples.tender("01", control=8))

    assert Load.objects.get().status == "CANCELLED"


def test_an_unknown_status_code_is_a_case_that_shows_it(take_edi):
    take_edi(samples.tender())

    message = take_edi(samples.status("LY"))

    assert message.status == Status.FAILED
    case = Case.objects.get()
    assert (case.kind, "LY" in case.title) == ("unknown_status_code", True)
    assert "AT7*LY" in case.evidence[0]["value"]


def test_what_is_known_counts_and_the_unknown_code_is_a_case(take_edi):
    take_edi(samples.tender())
    text = samples.interchange(
        samples.statuses("AT7*X3*NS***20260304*0812*LT~", "AT7*QQ*NS***20260304*0900*LT~"),
        control=9,
    )

    message = take_edi(text)

    assert message.status == Status.PROCESSED
    assert "ARRIVED" in kinds(Load.objects.get())
    assert Case.objects.get().kind == "unknown_status_code"


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ("SE*6*", "SE*7*", "message_unreadable"),
        ("GE*1*", "GE*2*", "message_unreadable"),
        ("IEA*1*000000008~", "", "message_unreadable"),
        ("*0*P*", "*0*T*", "message_unreadable"),
        ("PRAIRIE        ", "STRANGER       ", "unknown_sender"),
        ("ISA*00*          *", "ISA*00*         *", "message_unreadable"),
    ],
    ids=["SE", "GE", "cut", "test", "sender", "ISA of 105"],
)
def test_a_fault_of_the_envelope_applies_nothing_and_is_a_case(take_edi, old, new, kind):
    take_edi(samples.tender())
    text = samples.status("X3")
    assert old in text

    message = take_edi(text.replace(old, new))

    assert message.status == Status.FAILED
    assert Case.objects.get().kind == kind
    assert kinds(Load.objects.get()) == ["TENDERED"]


def test_what_a_partner_is_forgiven_is_only_warned_about(take_edi, edi):
    edi.partners.update(tolerates=["count_mismatch", "test_indicator", "isa_length"])
    take_edi(samples.tender())
    text = samples.status("X3").replace("SE*6*", "SE*7*").replace("*0*P*", "*0*T*")

    message = take_edi(text)

    assert message.status == Status.PROCESSED
    assert message.warnings == [
        "Segment 1: ISA15 marks the interchange as a test.",
        "Segment 8: SE01 says 7, but there are 6 segments.",
    ]


def test_a_control_number_used_again_applies_nothing_and_is_a_case(take_edi):
    take_edi(samples.tender())
    take_edi(samples.status("X3"))

    take_edi(samples.status("AF"))

    assert kinds(Load.objects.get()) == ["TENDERED", "ARRIVED"]
    case = Case.objects.get()
    assert case.kind == "duplicate_interchange"


def test_of_a_partner_that_reuses_its_numbers_it_is_another_message(take_edi, edi):
    edi.partners.update(reuses_control_numbers=True)
    take_edi(samples.tender())
    for code in ("X3", "AF", "AF"):
        take_edi(samples.status(code))

    assert kinds(Load.objects.get()) == ["TENDERED", "ARRIVED", "DEPARTED"]
    assert not Case.objects.exists()


# Afterwards


def test_a_failed_message_is_read_again_and_its_case_closes(take_edi, edi, now):
    take_edi(samples.tender())
    message = take_edi(samples.status("LY"))
    edi.partners.update(aliases={"LY": "X3"})
    case = Case.objects.get()
    proposal = ReadAgain().propose(case)
    assert proposal
    assert proposal.changes[0].before == "FAILED"

    ReadAgain().apply(case, by="user:7", at=now, reason="", values={})
    message.refresh_from_db()
    understand([message], read=read_message, at=now)

    case.refresh_from_db()
    assert (message.status, case.status) == (Status.PROCESSED, "CLOSED")
    assert kinds(Load.objects.get()) == ["TENDERED", "ARRIVED"]
    assert ReadAgain().propose(case) is None


def test_a_message_is_ignored_with_a_reason_and_its_bytes_stay(take, now):
    (message,) = take(LIFE[2])
    age_parked(read=read_message, at=now + timedelta(hours=1))
    case = Case.objects.get()

    IgnoreMessage().apply(case, by="user:7", at=now, reason="A trial run.", values={})

    message.refresh_from_db()
    assert (message.status, message.reason) == ("IGNORED", "A trial run.")
    assert bytes(message.body)
    told = Event.objects.get(name="message.ignored")
    assert (told.actor, told.reason) == ("user:7", "A trial run.")


def test_a_block_costs_no_statement_per_message(keep, now, django_assert_max_num_queries):
    understand([keep(LIFE[0])], read=read_message, at=now)
    block = [
        keep(tell("load.check_call", f"note-{n}", occurred_at=f"2026-03-04T10:{n:02}:00-06:00"))
        for n in range(50)
    ]

    # One look-up and one verdict each; milestones, events and state in a fixed few.
    with django_assert_max_num_queries(2 * 50 + 25):
        understand(block, read=read_message, at=now)


@pytest.mark.django_db(transaction=True)
def test_two_workers_with_the_tender_and_a_change_make_one_load(keep, now):
    changed = tell_load("evt-9", type="load.changed", occurred_at="2026-03-03T10:00:00-06:00")
    with transaction.atomic():
        messages = [keep(LIFE[0]), keep(changed)]

    run_together([partial(_understand_alone, message, now) for message in messages])

    assert Load.objects.count() == 1
    assert set(InboxMessage.objects.values_list("status", flat=True)) == {"PROCESSED"}


def _understand_alone(message: InboxMessage, at: datetime) -> None:
    with transaction.atomic():
        understand([message], read=read_message, at=at)


def run_together(calls: list[Callable[[], None]]) -> None:
    """Run the calls at the same time, each on a connection of its own."""
    together = threading.Barrier(len(calls), timeout=20)

    def run(call: Callable[[], None]) -> None:
        together.wait()
        try:
            call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        list(pool.map(run, calls))
