"""A biller empties a queue of twenty mixed cases by keyboard; two clerks never overwrite."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import transaction
from playwright.sync_api import Page

from billing.models import Invoice
from billing.operations.readiness import evaluate_load
from exceptions.models import Case
from exceptions.operations.opening import open_case
from tests.browser.conftest import House, press, sign_in
from tests.browser.test_accessibility import RULES
from tests.factories.billing import delivered_load

pytestmark = pytest.mark.browser

PROOFS, CLOCKS, MESSAGES = 8, 8, 4


@pytest.fixture
def queue(house: House, now: datetime) -> list[Case]:
    """Proofs to accept, clocks to waive, messages to put away: twenty in all."""
    with transaction.atomic():
        Case.objects.update(due_at=now)
        for n in range(PROOFS):
            load = delivered_load(house.customer, number=f"10501{n}", pod="RECEIVED")
            evaluate_load(load.pk, by="rule:readiness", at=now)
        for kind, count in (("time_order", CLOCKS), ("unknown_status_code", MESSAGES)):
            for n in range(count):
                open_case(
                    kind, subject_key=f"{kind}:{n}", by="rule:test", at=now,
                    due_at=now + timedelta(hours=30 + n),
                )  # fmt: skip
        waiting = Case.objects.filter(load=house.waiting)
        for case in waiting:
            case.snoozed_until = now + timedelta(days=2)
            case.save(update_fields=["snoozed_until"])
    return list(Case.objects.filter(snoozed_until=None))


def decide(page: Page, case: Case) -> None:
    """Do with one case what it asks for, hands on the keys."""
    if case.kind == "pod_missing":
        press(page, "a")
    elif case.kind == "time_order":
        press(page, "w")
        page.keyboard.type("The yard's clock was wrong")
        press(page, "Control+Enter")
    else:
        press(page, "s")
        press(page, "Control+Enter")


def test_a_biller_empties_a_queue_of_twenty_mixed_cases_by_keyboard(
    window, house: House, queue: list[Case], drain: Callable[[], int]
) -> None:
    assert len(queue) == 20
    page = window().new_page()
    sign_in(page, house.biller)
    press(page, "g")
    press(page, "e")
    page.wait_for_url("**/exceptions/**")

    for _ in queue:
        number = page.locator("#detail .ref").first.inner_text()
        decide(page, Case.objects.get(number=number))
        page.get_by_role("status").get_by_text(number).wait_for()

    page.get_by_text("No exceptions, queue is clear").wait_for()
    drain()
    assert Invoice.objects.filter(load_claims__load__number__startswith="10501").count() == PROOFS
    closed = Case.objects.filter(status="CLOSED", closed_by=house.biller.actor)
    assert closed.count() == PROOFS + CLOCKS
    assert Case.objects.filter(kind="unknown_status_code", status="OPEN").count() == MESSAGES


def test_a_second_clerk_sees_who_changed_the_case_and_when(
    window, house: House, queue: list[Case]
) -> None:
    case = next(each for each in queue if each.kind == "time_order")
    first, second = window().new_page(), window().new_page()
    for page, person in ((first, house.biller), (second, house.manager)):
        sign_in(page, person)
        page.goto(f"/exceptions/{case.number}/")

    for page in (first, second):
        press(page, "w")
        page.keyboard.type("Known")
        press(page, "Control+Enter")
        page.wait_for_load_state("networkidle")

    second.get_by_text("Changed by Rita Solano at Thu Nov 19").wait_for()
    case.refresh_from_db()
    assert case.closed_by == house.biller.actor


def test_an_assignment_is_undone_with_z(window, house: House, queue: list[Case]) -> None:
    page = window().new_page()
    sign_in(page, house.biller)
    page.goto(f"/exceptions/{queue[0].number}/")

    press(page, "o")
    press(page, "Control+Enter")
    page.get_by_text(f"{queue[0].number} is Rita Solano's").wait_for()
    press(page, "z")
    page.get_by_text(f"{queue[0].number}: undone").wait_for()

    queue[0].refresh_from_db()
    assert queue[0].assignee is None


def test_cases_are_ticked_by_keyboard_and_waived_together(
    window, house: House, queue: list[Case]
) -> None:
    page = window().new_page()
    sign_in(page, house.biller)
    page.goto("/exceptions/?sort=due")

    for key in ("j", "x", "j", "j", "Shift+X"):
        press(page, key)
    page.get_by_role("button", name="Assign", exact=True).first.click()
    page.get_by_role("button", name="Assign 3 cases").click()

    page.get_by_text("3 cases assigned to Rita Solano").wait_for()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_queue_passes_axe(window, house: House, queue: list[Case], theme: str) -> None:
    page = window(color_scheme=theme).new_page()
    sign_in(page, house.biller)
    page.goto(f"/exceptions/{queue[0].number}/")
    page.get_by_label(f"Select {queue[1].number}").check()

    broken = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    assert [(fault["id"], fault["nodes"][0]["target"]) for fault in broken] == []
