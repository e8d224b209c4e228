"""The review queue: what is urgent first, each decision once, by somebody, for a reason."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

import pytest

from accounts.rules import BILLING_ROLES, Role
from exceptions.models import Case
from exceptions.operations.opening import open_case
from exceptions.queries import resolutions
from exceptions.rules.proposals import Change, Field, Proposal
from tests.factories import UserFactory
from tests.factories.doors import sign_in

pytestmark = pytest.mark.django_db

QUEUE_QUERIES = 16


class Mend:
    """A way out that wants a number and a file, and mends nothing."""

    label: ClassVar[str] = "Mend it"
    needs_reason: ClassVar[bool] = False
    roles: ClassVar[frozenset[Role]] = BILLING_ROLES
    told: ClassVar[list[Mapping[str, Any]]] = []

    def propose(self, case: Case) -> Proposal:
        return Proposal(
            summary="Attach the number and bill it.",
            changes=(Change("Number", "", "PF-1"),),
            fields=(Field("number", "Number"), Field("amount", "Amount", kind="amount")),
        )

    def apply(self, case: Case, *, by: str, at: datetime, reason: str, values: Any) -> str:
        self.told.append(values)
        return f"Number {values['number']} attached."


@pytest.fixture
def mend(monkeypatch: pytest.MonkeyPatch) -> Mend:
    """Offer the way out on missing proofs of delivery."""
    mend = Mend()
    mend.told.clear()
    monkeypatch.setattr(resolutions, "resolutions", lambda: {("pod_missing", "mend"): mend})
    return mend


@pytest.fixture
def case(load, now) -> Case:
    """A load without its proof of delivery."""
    return a_case(load, now, "pod", value_amount=Decimal("1471.40"))


def a_case(load, now, key: str, **more) -> Case:
    told = {"fact": "Proof of delivery", "value": "None", "source": "Papers", "check": "missing"}
    return open_case(
        "pod_missing", subject_key=key, by="rule:pod_accepted", at=now, load=load,
        detail={"place": "Columbus OH"}, evidence=[told], **more,
    )  # fmt: skip


def listed(page: str) -> list[str]:
    """Return the case numbers of the list, in order."""
    return re.findall(r'href="/exceptions/(EX-\d+)/[^"]*"\s+hx-get', page)


def test_the_queue_puts_what_is_urgent_first_and_opens_it(desk, load, case, now) -> None:
    urgent = a_case(load, now, "other", value_amount=Decimal(9000), due_at=now - timedelta(1))

    page = desk().get("/exceptions/").content.decode()

    assert listed(page) == [urgent.number, case.number]
    assert f"Why the risk is {100}" in page
    assert "2 open" in page
    assert "$10,471.40" in page
    assert "1 past SLA" in page


def test_each_view_keeps_what_it_says(load, case, now) -> None:
    rita = UserFactory(role=Role.BILLER)
    mine = a_case(load, now, "mine")
    Case.objects.filter(pk=mine.pk).update(assignee=rita)
    late = a_case(load, now, "late", due_at=now - timedelta(hours=1))
    browser = sign_in(rita)

    def shown(view: str) -> set[str]:
        return set(listed(browser.get("/exceptions/", {"view": view}).content.decode()))

    assert shown("mine") == {mine.number}
    assert shown("late") == {late.number}
    assert shown("unassigned") == {case.number, late.number}
    assert shown("team") == {case.number, mine.number, late.number}
    assert shown("cleared") == set()


def test_the_statements_of_the_queue_do_not_grow_with_its_rows(
    desk, load, case, now, mend, django_assert_num_queries
) -> None:
    browser = desk()
    a_case(load, now, "second")
    with django_assert_num_queries(QUEUE_QUERIES):
        browser.get("/exceptions/")
    for n in range(6):
        a_case(load, now, f"more {n}")

    with django_assert_num_queries(QUEUE_QUERIES):
        browser.get("/exceptions/")


def test_a_case_shows_evidence_and_comes_as_a_fragment_too(desk, case) -> None:
    browser = desk()

    page = browser.get(f"/exceptions/{case.number}/").content.decode()
    fragment = browser.get(f"/exceptions/{case.number}/", headers={"HX-Request": "true"})

    assert "Proof of delivery missing, Columbus OH" in page
    assert "Missing</span>" in page
    assert b"<html" not in fragment.content
    assert "Proof of delivery missing" in fragment.content.decode()


def test_a_case_without_a_way_out_says_what_to_do(
    desk, case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resolutions, "resolutions", dict)

    page = desk().get(f"/exceptions/{case.number}/").content.decode()

    assert "Upload the signed proof of delivery" in page
    assert "Open load 104882" in page


def test_a_way_out_shows_before_and_after(desk, case, mend) -> None:
    page = desk(Role.BILLER).get(f"/exceptions/{case.number}/").content.decode()

    assert "Attach the number and bill it." in page
    assert "<del>None</del>" in page
    assert "<ins>PF-1</ins>" in page


def applied(browser, case: Case, **told):
    fields = {"version": case.version, "number": "PF-1", "amount": "112.50", **told}
    return browser.post(f"/exceptions/{case.number}/do/mend/?view=late", fields)


def test_the_way_out_is_taken_once_and_closes_the_case(desk, case, mend) -> None:
    browser = desk(Role.BILLER)

    first, second = applied(browser, case), applied(browser, case)

    case.refresh_from_db()
    assert first.url == "/exceptions/?view=late"
    assert second.status_code == 409
    assert mend.told == [{"number": "PF-1", "amount": Decimal("112.50")}]
    assert (case.status, case.resolution) == (Case.Status.CLOSED, "mend")
    assert case.entries.filter(action="mend").count() == 1


def test_a_form_that_lacks_something_keeps_its_input(desk, case, mend) -> None:
    answer = applied(desk(Role.BILLER), case, amount="much", number="PF-77")

    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="PF-77"' in page
    assert "Enter a number." in page
    assert mend.told == []


def test_a_stale_tab_changes_nothing_and_is_told_who_was_faster(
    desk, load, case, now, mend
) -> None:
    stale = case.version
    a_case(load, now, "pod", value_amount=Decimal(5))

    answer = applied(desk(Role.BILLER), case, version=stale)

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Nothing was changed." in page
    assert "was changed by" in page
    assert "See it as it is now" in page
    assert mend.told == []


def test_who_may_not_take_the_way_out_is_told_so(desk, case, mend) -> None:
    browser = desk(Role.DISPATCHER)

    page = browser.get(f"/exceptions/{case.number}/").content.decode()
    answer = applied(browser, case)

    assert "Your role may not do this" in page
    assert answer.status_code == 422
    assert "Only a person with one of these roles" in answer.content.decode()
    assert mend.told == []


def test_waiving_needs_a_reason(desk, case) -> None:
    browser = desk(Role.BILLER)

    refused = browser.post(f"/exceptions/{case.number}/waive/", {"version": case.version})
    case.refresh_from_db()
    still = case.status
    waived = browser.post(
        f"/exceptions/{case.number}/waive/", {"version": case.version, "reason": "Paid by hand"}
    )

    case.refresh_from_db()
    assert (refused.status_code, still) == (422, "OPEN")
    assert "Say why: the reason stays with the case." in refused.content.decode()
    assert waived.status_code == 302
    assert (case.status, case.close_reason) == ("CLOSED", "Paid by hand")


def test_a_dispatcher_does_not_waive_where_money_moves(desk, case) -> None:
    browser = desk(Role.DISPATCHER)

    answer = browser.post(
        f"/exceptions/{case.number}/waive/", {"version": case.version, "reason": "x"}
    )

    case.refresh_from_db()
    assert answer.status_code == 422
    assert case.status == Case.Status.OPEN
    assert 'data-dialog="waive"' not in browser.get(f"/exceptions/{case.number}/").content.decode()


def test_a_case_is_given_to_a_colleague_and_back(desk, case) -> None:
    kyle = UserFactory(role=Role.BILLER, name="Kyle Park")
    browser = desk()

    browser.post(f"/exceptions/{case.number}/assign/", {"version": case.version, "to": kyle.pk})
    case.refresh_from_db()
    owner = case.assignee
    browser.post(f"/exceptions/{case.number}/assign/", {"version": case.version, "to": ""})
    case.refresh_from_db()

    assert (owner, case.assignee) == (kyle, None)


def test_a_customer_cannot_own_a_case(desk, case, shipper) -> None:
    answer = desk().post(
        f"/exceptions/{case.number}/assign/", {"version": case.version, "to": shipper.pk}
    )

    case.refresh_from_db()
    assert (answer.status_code, case.assignee) == (422, None)


def test_a_comment_is_shown_under_its_authors_name(case) -> None:
    rita = UserFactory(role=Role.BILLER, name="Rita Solano")
    browser = sign_in(rita)

    browser.post(f"/exceptions/{case.number}/comment/", {"comment": "Asked <b>the dock</b>."})
    empty = browser.post(f"/exceptions/{case.number}/comment/", {"comment": ""})

    page = browser.get(f"/exceptions/{case.number}/").content.decode()
    assert "Asked &lt;b&gt;the dock&lt;/b&gt;." in page
    assert "Rita Solano" in page
    assert empty.status_code == 422


def test_a_closed_case_says_how_it_ended_and_offers_nothing(desk, case, mend) -> None:
    browser = desk(Role.BILLER)
    applied(browser, case)

    page = browser.get(f"/exceptions/{case.number}/").content.decode()

    assert "How it ended" in page
    assert "Number PF-1 attached." in page
    assert "Mend it" not in page.split("Audit trail")[0]


def test_a_case_about_a_message_says_what_is_wrong_and_shows_it_raw(desk, now) -> None:
    case = open_case(
        "message_unreadable", subject_key="m:1", by="source:edi", at=now,
        detail={
            "problem": "time 2470", "message_id": 7, "problems": ["AT7-06 must be HHMM: 2470."],
        },
        evidence=[{"fact": "Raw", "value": "ISA*00*\nGS*QM", "source": "EDI", "check": ""}],
    )  # fmt: skip

    page = desk().get(f"/exceptions/{case.number}/").content.decode()

    assert "Not known" in page
    assert "AT7-06 must be HHMM: 2470." in page
    assert "<code>ISA*00*\nGS*QM</code>" in page
    assert 'href="/integrations/inbox/7/"' in page


@pytest.mark.parametrize("address", ["view=x", "sort=x", "after=x"])
def test_an_address_that_cannot_be_read_is_a_bad_request(desk, address: str) -> None:
    assert desk().get(f"/exceptions/?{address}").status_code == 400
