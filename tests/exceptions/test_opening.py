from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import IntegrityError, connections, transaction

from accounts.rules import Role
from exceptions.models import Case, CaseEntry
from exceptions.operations.closing import close_case
from exceptions.operations.opening import Opening, open_case, open_cases
from exceptions.rules.kinds import UnknownKind
from journal.models import Event
from journal.operations.correlating import correlated
from journal.operations.recording import NoTransaction, record
from tests.factories import CustomerFactory, LoadFactory

RULE = "rule:pod_accepted"
CORRELATION = UUID("0d3c1a52-7f0e-4d8f-9a37-3f1f6a0f6c11")


def open_pod(now, **told) -> Case:
    key = told.pop("subject_key", "load:104882")
    return open_case("pod_missing", subject_key=key, by=RULE, at=now, **told)


@pytest.mark.django_db
def test_a_case_has_the_owner_clock_and_weight_of_its_kind(now):
    load = LoadFactory()
    case = open_pod(now, load=load, value_amount=Decimal("1652.01"), detail={"place": "stop 3"})
    assert case.title == "Proof of delivery missing, stop 3"
    assert (case.owner_group, case.severity, case.is_blocking) == (Role.BILLER, "BAD", True)
    assert case.due_at == now + timedelta(hours=24)
    assert (case.load, case.customer) == (load, load.customer)
    assert (case.status, case.version, case.value_amount) == ("OPEN", 1, Decimal("1652.01"))


@pytest.mark.django_db
def test_the_opener_may_know_better_than_the_kind(now):
    customer = CustomerFactory()
    case = open_pod(
        now, title="POD unreadable, page 2", owner_group=Role.DISPATCHER,
        due_at=now + timedelta(hours=2), customer=customer, currency="CAD",
        value_amount=Decimal(5),
    )  # fmt: skip
    assert (case.title, case.owner_group) == ("POD unreadable, page 2", "dispatcher")
    assert (case.due_at, case.customer) == (now + timedelta(hours=2), customer)
    assert case.currency == "CAD"


@pytest.mark.django_db
def test_case_numbers_rise(now):
    first, second = (
        open_case("time_order", subject_key=key, by=RULE, at=now) for key in ("load:1", "load:2")
    )
    assert first.number.startswith("EX-")
    assert int(second.number[3:]) == int(first.number[3:]) + 1


@pytest.mark.django_db
def test_opening_leaves_an_entry_and_an_event(now):
    with correlated(CORRELATION):
        case = open_pod(now)
    entry = case.entries.get()
    assert (entry.action, entry.by, entry.at) == ("opened", RULE, now)
    event = Event.objects.get(name="case.opened")
    assert (event.subject_table, event.subject_id) == ("exceptions_case", case.pk)
    assert event.payload == {
        "number": case.number, "kind": "pod_missing", "subject_key": "load:104882",
        "is_blocking": True, "load_id": None,
    }  # fmt: skip
    assert case.correlation_id == event.correlation_id == CORRELATION


@pytest.mark.django_db
def test_opening_again_adds_what_is_new_to_the_one_open_case(now):
    first = open_pod(now, value_amount=Decimal("100.00"), evidence=[{"fact": "POD"}])
    again = open_pod(now + timedelta(hours=3), value_amount=Decimal("250.00"))
    assert again.pk == first.pk
    assert (again.version, again.value_amount) == (2, Decimal("250.00"))
    assert again.due_at == first.due_at
    assert again.evidence == [{"fact": "POD"}]
    entry = again.entries.get(action="updated")
    assert entry.before == {"value_amount": "100.00"}
    assert entry.after == {"value_amount": "250.00"}
    assert Event.objects.get(name="case.updated").old == {"value_amount": "100.00"}


@pytest.mark.django_db
def test_saying_the_same_again_writes_nothing(now, django_assert_num_queries):
    told = {"value_amount": Decimal("100.00"), "evidence": [{"at": now}], "detail": {"n": 3}}
    case = open_pod(now, **told)
    with django_assert_num_queries(1):
        again = open_pod(now + timedelta(hours=3), **told)
    assert again.version == case.version == 1
    assert CaseEntry.objects.count() == 1


@pytest.mark.django_db
def test_a_block_of_openings_is_a_fixed_number_of_statements(now, django_assert_num_queries):
    openings = [Opening(kind="pod_missing", subject_key=f"load:{n}") for n in range(9)]
    open_pod(now, subject_key="load:3")
    with django_assert_num_queries(5):
        cases = open_cases(openings, by=RULE, at=now)
    assert [case.subject_key for case in cases] == [f"load:{n}" for n in range(9)]
    assert len({case.number for case in cases}) == 9
    assert Case.objects.count() == CaseEntry.objects.count() == 9


@pytest.mark.django_db
def test_of_two_openings_of_one_case_the_later_tells_what_is_new(now):
    openings = [
        Opening(kind="pod_missing", subject_key="load:1", value_amount=Decimal(amount))
        for amount in ("1.00", "2.00")
    ]
    first, second = open_cases(openings, by=RULE, at=now)
    assert first.pk == second.pk
    stored = Case.objects.get()
    assert (stored.value_amount, stored.version) == (Decimal("2.00"), 2)
    assert list(stored.entries.order_by("id").values_list("action", flat=True)) == [
        "opened", "updated"
    ]  # fmt: skip


@pytest.mark.django_db
def test_each_case_of_a_block_hangs_on_its_own_cause(now):
    causes = [
        Event.objects.get(pk=record("load.tracked", subject=LoadFactory(), by=RULE, at=now))
        for _ in range(2)
    ]
    openings = [
        Opening(kind="pod_missing", subject_key=f"load:{n}", cause=cause)
        for n, cause in enumerate(causes)
    ]
    cases = open_cases(openings, by=RULE, at=now)
    opened = Event.objects.filter(name="case.opened").order_by("id")
    assert [event.cause_id for event in opened] == [cause.pk for cause in causes]
    assert [case.correlation_id for case in cases] == [each.correlation_id for each in causes]


@pytest.mark.django_db
def test_a_closed_case_does_not_stand_in_the_way_of_a_new_one(now):
    first = open_pod(now)
    close_case(first, by=RULE, at=now, resolution="cleared", reason="It came.")
    second = open_pod(now + timedelta(days=1))
    assert second.pk != first.pk
    assert second.status == "OPEN"


@pytest.mark.django_db
def test_the_database_itself_refuses_a_second_open_case(now):
    case = open_pod(now)
    case.pk, case.number = None, "EX-1"
    with pytest.raises(IntegrityError, match="case_one_open"), transaction.atomic():
        case.save(force_insert=True)


@pytest.mark.django_db(transaction=True)
def test_twenty_openers_at_the_same_time_open_one_case(now):
    with ThreadPoolExecutor(8) as openers:
        numbers = set(openers.map(lambda n: _open_elsewhere(now, n), range(20)))
    assert Case.objects.count() == len(numbers) == 1
    assert CaseEntry.objects.filter(action="opened").count() == 1
    assert Event.objects.filter(name="case.opened").count() == 1


def _open_elsewhere(now, n: int) -> str:
    try:
        with transaction.atomic():
            return open_pod(now, detail={"n": n}).number
    finally:
        connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_a_case_opens_with_its_cause_or_not_at_all(now):
    with pytest.raises(NoTransaction):
        open_pod(now)
    with transaction.atomic():
        open_pod(now)
        transaction.set_rollback(True)
    assert not Case.objects.exists()


@pytest.mark.django_db
def test_a_kind_nobody_registered_is_an_error(now):
    with pytest.raises(UnknownKind, match="'lost_wallet' is no kind of case"):
        open_case("lost_wallet", subject_key="x", by=RULE, at=now)


@pytest.mark.django_db
def test_what_a_database_cannot_hold_is_made_visible_and_not_refused(now):
    case = open_case(
        "message_unreadable", subject_key="message:\x001", by=RULE, at=now,
        detail={"problem": "NUL \x00 and \ud800"}, evidence=[{"value": "raw \x00", "\x00": [1]}],
    )  # fmt: skip
    case.refresh_from_db()
    assert case.subject_key == "message:␀1"
    assert case.title == "Message cannot be understood: NUL ␀ and ?"
    assert case.evidence == [{"value": "raw ␀", "␀": [1]}]


@pytest.mark.django_db
def test_keys_too_long_for_their_column_stay_apart(now):
    one, other = (
        open_case("time_order", subject_key="k" * 300 + end, by=RULE, at=now) for end in "ab"
    )
    assert one.pk != other.pk
    assert one.subject_key[:100] == other.subject_key[:100] == "k" * 100


@pytest.mark.django_db
def test_a_long_title_is_cut(now):
    assert len(open_pod(now, title="x" * 500).title) == 160
