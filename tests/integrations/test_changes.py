"""The feed of changes: in order, once each, none left out, to whom it concerns."""

import threading
from time import monotonic, sleep
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.rules import Scope
from billing.models import Charge
from dispatch.models import Load
from dispatch.operations.planning import create_load
from journal.models import Event
from journal.operations.recording import record
from tests.dispatch.plans import plan
from tests.factories import CustomerFactory, DocumentFactory, LoadFactory
from tests.factories.asking import an_asker
from tests.factories.exceptions import CaseFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def reader(now):
    return an_asker(at=now)


def ask(reader, since: str = "", **more: str):
    query = "&".join(f"{name}={value}" for name, value in {"since": since, **more}.items() if value)
    answer = reader.get(f"changes/?{query}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def wait_for(reader, since: str = "", *, count: int = 1, **more: str):
    """Ask until so much is told: transactions of other databases of the server hold a feed up."""
    until = monotonic() + 60
    while len((page := ask(reader, since, **more))["data"]) < count and monotonic() < until:
        sleep(0.05)
    return page


def tell(name: str, subject, now) -> int:
    with transaction.atomic():
        return record(name, subject=subject, by="user:1", at=now)


def test_a_change_names_what_changed_and_where_it_can_be_read(reader, now) -> None:
    start = ask(reader, "now")["next"]
    with transaction.atomic():
        load = create_load(plan(), customer=CustomerFactory(), by="u:1", at=now, source="desk")

    page = wait_for(reader, start)

    (change,) = page["data"]
    assert (change["kind"], change["event"], change["subject"]) == (
        "load", "load.created", load.number,
    )  # fmt: skip
    assert reader.get(change["path"]).json()["number"] == load.number
    assert page["has_more"] is False
    assert ask(reader, page["next"])["data"] == []


def test_what_commits_later_is_told_though_it_began_earlier(reader, now) -> None:
    """The first transaction takes its place, waits, and commits after the second was read."""
    first, second = LoadFactory(), LoadFactory()
    start = ask(reader, "now")["next"]
    has_written, may_commit = threading.Event(), threading.Event()

    def write_slowly() -> None:
        with transaction.atomic():
            record("load.changed", subject=first, by="user:1", at=now)
            has_written.set()
            may_commit.wait(10)
        connection.close()

    slow = threading.Thread(target=write_slowly)
    slow.start()
    has_written.wait(10)
    tell("load.changed", second, now)

    early = ask(reader, start)
    may_commit.set()
    slow.join()
    late = wait_for(reader, early["next"], count=2)

    told = [change["subject"] for page in (early, late) for change in page["data"]]
    assert early["data"] == []
    assert told == [first.number, second.number]


def test_pages_follow_each_other_without_gap_or_repetition(reader, now) -> None:
    loads = [LoadFactory() for _ in range(5)]
    start = ask(reader, "now")["next"]
    with transaction.atomic():
        for load in loads[:3]:
            record("load.changed", subject=load, by="user:1", at=now)
    for load in loads[3:]:
        tell("load.changed", load, now)

    wait_for(reader, start, count=5)
    pages: list[dict[str, Any]] = []
    token = start
    while not pages or pages[-1]["has_more"]:
        pages.append(ask(reader, token, size="2"))
        token = pages[-1]["next"]

    assert [len(page["data"]) for page in pages] == [2, 2, 1]
    told = [change["subject"] for page in pages for change in page["data"]]
    assert told == [load.number for load in loads]


def test_without_a_token_the_journal_is_told_from_its_beginning(reader, now) -> None:
    tell("load.changed", LoadFactory(), now)

    assert [change["event"] for change in wait_for(reader)["data"]] == ["load.changed"]


def test_only_the_kinds_that_are_asked_for_are_told(reader, now) -> None:
    tell("load.changed", LoadFactory(), now)
    tell("document.received", paper := DocumentFactory(), now)
    tell("cost.recorded", LoadFactory(), now)

    told = wait_for(reader, kind="document")["data"]

    assert [(change["kind"], change["subject"]) for change in told] == [("document", str(paper.pk))]
    assert "cost.recorded" not in {change["event"] for change in ask(reader)["data"]}


def test_a_key_is_told_of_what_it_may_read_alone(now) -> None:
    tell("load.changed", LoadFactory(), now)
    tell("case.opened", CaseFactory(), now)
    reader = an_asker(scopes=[Scope.CASES_READ], at=now)

    assert {change["kind"] for change in wait_for(reader)["data"]} == {"case"}
    answer = reader.get("changes/?kind=load")
    assert (answer.status_code, answer.json()["code"]) == (403, "scope")
    writer = an_asker(scopes=[Scope.EVENTS_WRITE], at=now)
    assert writer.get("changes/").json()["code"] == "scope"


def test_a_customer_is_told_of_its_own_alone(now) -> None:
    own, other = LoadFactory(), LoadFactory()
    for load in (own, other):
        tell("load.changed", load, now)

    told = wait_for(an_asker(customer=own.customer, at=now))["data"]

    assert [change["subject"] for change in told] == [own.number]
    assert Load.objects.count() == 2
    assert Event.objects.filter(name="load.changed").count() == 2


def test_a_customer_hears_nothing_of_what_is_between_us(now) -> None:
    load = LoadFactory()
    hidden = DocumentFactory(load=load, kind="RATE_CONFIRMATION", status="ACCEPTED")
    shown = DocumentFactory(load=load, kind="POD", status="ACCEPTED")
    charge = Charge(pk=7, customer=load.customer)
    for name, subject in (
        ("load.changed", load), ("load.check_call", load), ("charge.held", charge),
        ("document.accepted", hidden), ("document.accepted", shown),
    ):  # fmt: skip
        tell(name, subject, now)

    told = wait_for(an_asker(customer=load.customer, at=now))["data"]

    assert [(change["event"], change["subject"]) for change in told] == [
        ("load.changed", load.number), ("document.accepted", str(shown.pk)),
    ]  # fmt: skip


@pytest.mark.parametrize("query", ["since=yesterday", "since=-1", "kind=cost", "size=0", "page=2"])
def test_what_cannot_be_read_is_refused_by_name(reader, query) -> None:
    answer = reader.get(f"changes/?{query}")

    assert answer.status_code == 400
    assert answer.json()["field"] == query.partition("=")[0]
