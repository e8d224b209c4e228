"""Who is told of what: only whom it concerns, as soon as they want, and once."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import transaction

from accounts.models import Customer, User
from accounts.operations.subscribing import choose_notices
from accounts.rules import Role
from accounts.rules.notices import Cadence, Topic
from billing.models import Invoice
from billing.operations.invoicing import issue_invoice
from billing.operations.readiness import evaluate_load
from dispatch.models import Document
from exceptions.models import Case
from exceptions.operations.assigning import assign_case
from exceptions.operations.opening import open_case
from exceptions.operations.reminding import tell_overdue
from exceptions.operations.snoozing import snooze_case
from integrations.models import Notice, OutboxMessage
from integrations.operations.announcing import announce_papers
from integrations.operations.notifying import write_daily_letters
from journal.operations.recording import record
from tests.factories import CustomerFactory, UserFactory
from tests.factories.billing import delivered_load, found_carrier, publish_card

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(now: datetime):
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def customer() -> Customer:
    return CustomerFactory(name="Prairie Foods Co.")


@pytest.fixture
def anna(customer, now) -> User:
    """Somebody of the customer's, who wants no word of papers."""
    person = UserFactory(role=Role.CUSTOMER, customers=(customer,), email="anna@prairie.example")
    choose(person, Topic.POD_AVAILABLE, Cadence.OFF, at=now)
    return person


@pytest.fixture
def issue(now) -> Callable[[Customer], Invoice]:
    """Issue an invoice; its PDF is drawn when the queues are worked on."""
    publish_card()
    found_carrier()

    def issue_one(customer: Customer) -> Invoice:
        load = delivered_load(customer)
        billing = evaluate_load(load.pk, by="rule:readiness", at=now)
        return issue_invoice(billing, by="user:1", at=now)

    return issue_one


def letters() -> list[tuple[str, str]]:
    """Return to whom letters lie in the outbox, and about what."""
    rows = OutboxMessage.objects.filter(target="mail").order_by("pk")
    return [(row.body["to"], row.body["subject"]) for row in rows]


def choose(person: User, topic: Topic, cadence: Cadence, *, at: datetime) -> None:
    choose_notices(person, told={topic: cadence}, by=person.actor, at=at)


def test_a_new_invoice_is_told_to_the_customers_own_people_alone(
    customer, anna, issue, drain
) -> None:
    UserFactory(role=Role.CUSTOMER, customers=(CustomerFactory(),))
    UserFactory(role=Role.BILLER)
    UserFactory(role=Role.CUSTOMER, customers=(customer,), is_active=False)

    invoice = issue(customer)
    drain()

    assert letters() == [(anna.email, f"Invoice {invoice.number} over $1,000.00")]
    body = OutboxMessage.objects.get(target="mail").body
    assert body["link"]["path"] == f"/portal/invoices/{invoice.number}/"
    assert ["Due", "Dec 19, 2026"] in body["facts"]
    assert body["customer"] == customer.pk


def test_a_colleague_who_switched_it_off_is_not_told(customer, anna, issue, drain, now) -> None:
    quiet = UserFactory(role=Role.CUSTOMER, customers=(customer,))
    choose(quiet, Topic.INVOICE_ISSUED, Cadence.OFF, at=now)

    issue(customer)
    drain()

    assert [to for to, _ in letters()] == [anna.email]
    assert not Notice.objects.filter(topic=Topic.INVOICE_ISSUED).exists()


def test_an_invoice_is_told_once_however_often_the_event_is_heard(
    customer, anna, issue, drain, now
) -> None:
    invoice = issue(customer)
    drain()
    record("invoice.rendered", subject=invoice, by="system:printer", at=now)
    drain()

    assert len(letters()) == 1


def test_old_news_is_told_to_nobody(customer, anna, drain, now) -> None:
    choose(anna, Topic.POD_AVAILABLE, Cadence.NOW, at=now)
    delivered_load(customer)
    with time_machine.travel(now + timedelta(days=3), tick=False):
        drain()

    assert letters() == []


def test_who_wants_it_daily_gets_one_letter_in_the_morning_of_the_own_zone(
    customer, anna, issue, drain, now
) -> None:
    choose(anna, Topic.INVOICE_ISSUED, Cadence.DAILY, at=now)
    first, second = issue(customer), issue(customer)
    drain()
    assert letters() == []

    # 12:59 UTC is 06:59 in Chicago.
    assert write_daily_letters(at=datetime(2026, 11, 20, 12, 59, tzinfo=now.tzinfo)) == 0
    assert write_daily_letters(at=datetime(2026, 11, 20, 13, 0, tzinfo=now.tzinfo)) == 1
    assert write_daily_letters(at=datetime(2026, 11, 21, 13, 0, tzinfo=now.tzinfo)) == 0

    assert letters() == [(anna.email, "Since yesterday: 2 things to know")]
    [text] = OutboxMessage.objects.get(target="mail").body["paragraphs"]
    assert first.number in text
    assert second.number in text


def test_a_daily_letter_leaves_out_what_was_switched_off_meanwhile(
    customer, anna, issue, drain, now
) -> None:
    choose(anna, Topic.INVOICE_ISSUED, Cadence.DAILY, at=now)
    issue(customer)
    drain()

    choose(anna, Topic.INVOICE_ISSUED, Cadence.OFF, at=now)

    assert write_daily_letters(at=now + timedelta(days=1)) == 0


def test_a_daily_letter_tells_nothing_of_a_customer_one_has_left(
    customer, anna, issue, drain, now
) -> None:
    choose(anna, Topic.INVOICE_ISSUED, Cadence.DAILY, at=now)
    issue(customer)
    drain()

    anna.memberships.all().delete()

    assert write_daily_letters(at=now + timedelta(days=1)) == 0


def test_a_proof_of_delivery_is_told_once_it_is_accepted(customer, anna, drain, now) -> None:
    choose(anna, Topic.POD_AVAILABLE, Cadence.NOW, at=now)
    load = delivered_load(customer, number="104882")
    record("document.accepted", subject=load.documents.get(), by="user:1", at=now)
    drain()

    assert letters() == [(anna.email, "Proof of delivery of shipment 104882")]


def test_a_paper_that_is_no_proof_is_told_to_nobody(customer, anna, drain, now) -> None:
    choose(anna, Topic.POD_AVAILABLE, Cadence.NOW, at=now)
    paper = delivered_load(customer).documents.get()
    Document.objects.filter(pk=paper.pk).update(kind=Document.Kind.BOL)
    record("document.accepted", subject=paper, by="user:1", at=now)
    drain()

    assert letters() == []


@pytest.fixture
def late(now) -> Callable[..., Case]:
    """Open a case whose time has just run out."""

    def make(key: str = "load:1", **more) -> Case:
        case = open_case("pod_missing", subject_key=key, by="rule:x", at=now, **more)
        Case.objects.filter(pk=case.pk).update(due_at=now - timedelta(minutes=5))
        case.refresh_from_db()
        return case

    return make


def test_an_overdue_case_is_told_to_its_owner_once(late, drain, now) -> None:
    rita, other = UserFactory(role=Role.BILLER), UserFactory(role=Role.BILLER)
    case = late()
    assign_case(case, to=rita, by=other.actor, at=now)

    assert tell_overdue(at=now) == 1
    assert tell_overdue(at=now) == 0
    drain()

    assert letters() == [(rita.email, f"{case.number} is overdue: {case.title}")]


def test_a_case_that_nobody_took_is_told_to_its_team(late, drain, now) -> None:
    team = [UserFactory(role=Role.BILLER), UserFactory(role=Role.BILLER)]
    UserFactory(role=Role.DISPATCHER)
    late()

    tell_overdue(at=now)
    drain()

    assert [to for to, _ in letters()] == [person.email for person in team]


def test_many_at_once_are_one_letter(late, drain, now) -> None:
    rita = UserFactory(role=Role.BILLER)
    for n in range(3):
        late(f"load:{n}")

    tell_overdue(at=now)
    drain()

    assert letters() == [(rita.email, "3 exceptions are overdue")]
    assert len(OutboxMessage.objects.get(target="mail").body["facts"]) == 3


def test_a_case_that_is_put_away_is_told_of_when_it_is_back(late, drain, now) -> None:
    UserFactory(role=Role.BILLER)
    case = late()
    snooze_case(case, until=now + timedelta(hours=2), by="user:1", at=now)

    assert tell_overdue(at=now) == 0
    assert tell_overdue(at=now + timedelta(hours=3)) == 1


def test_what_was_due_long_ago_is_no_news(late, now) -> None:
    late()

    assert tell_overdue(at=now + timedelta(days=2)) == 0


def test_whoever_wants_no_word_of_overdue_cases_gets_none(late, drain, now) -> None:
    rita = UserFactory(role=Role.BILLER)
    choose(rita, Topic.CASE_OVERDUE, Cadence.OFF, at=now)
    late()

    tell_overdue(at=now)
    drain()

    assert letters() == []


def test_telling_a_block_asks_a_fixed_number_of_times_for_its_people(
    customer, anna, now, django_assert_num_queries
) -> None:
    papers = [delivered_load(customer).documents.get() for _ in range(3)]
    events = [type("Heard", (), {"subject_id": paper.pk})() for paper in papers]

    # papers, people, memberships, and one question per paper for how soon each wants it
    with transaction.atomic(), django_assert_num_queries(3 + 3):
        announce_papers(events, at=now)
