"""The list of rate cards, the page of a version, and the moves its people make."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from accounts.rules import Role
from rating.models import Lane, RateCard, RateCardVersion, RateTestCase
from rating.operations.approving import submit_version
from rating.queries.sizes import count_lanes
from tests.factories import CustomerFactory
from tests.factories.billing import publish_card
from tests.factories.doors import sign_in
from tests.web.rating_desk import Desk, a_desk
from web.desk.rates import page as version_page

pytestmark = pytest.mark.django_db

# Statements of one page, whatever it shows: session, person, roles, scope, exceptions, company;
# the tabs, the cards, their versions, who drafted them, the lanes counted, the customers.
LIST_QUERIES = 16
# The version and its card's; lanes, those before, breaks, loads and towns; fuel and its rows and
# prices; rules with tiers, terms and free times; zones; the newest load and the customers to try.
PAGE_QUERIES = 28


@pytest.fixture
def pricing(db: None, customer: Any) -> Desk:
    return a_desk(customer=customer)


def address(version: RateCardVersion, rest: str = "") -> str:
    return f"/rate-cards/{version.card_id}/v{version.number}/{rest}"


def text(answer: Any) -> str:
    """Return what a reader sees of a page, spaces made single."""
    plain = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return re.sub(r"\s+", " ", plain)


def question(**told: Any) -> dict[str, Any]:
    return {
        "origin": "60436", "destination": "43137", "pickup_on": "2026-11-18",
        "equipment": "REEFER53", "miles": "377", "stops": "2", "waited": "0", **told,
    }  # fmt: skip


def test_the_list_shows_what_is_in_force_and_who_the_draft_waits_for(desk, pricing) -> None:
    told = text(desk().get("/rate-cards/"))

    assert "Prairie Foods Reefer Prairie Foods Co. v1" in told
    assert "Draft v2 Lena Marsh 3 USD" in told


def test_the_statements_of_the_list_do_not_grow_with_its_cards(
    desk, pricing, django_assert_num_queries
) -> None:
    browser = desk()
    with django_assert_num_queries(LIST_QUERIES):
        browser.get("/rate-cards/")
    for n in range(5):
        publish_card(name=f"Card {n}", customer=CustomerFactory())

    with django_assert_num_queries(LIST_QUERIES):
        browser.get("/rate-cards/")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", True),
        ("q=prair", True),
        ("q=zzz", False),
        ("view=drafts", True),
        ("view=general", False),
    ],
)
def test_search_and_views_narrow_the_list(desk, pricing, asked: str, found: int) -> None:
    told = text(desk().get(f"/rate-cards/?{asked}"))

    assert ("Prairie Foods Reefer" in told) is bool(found)


def test_an_empty_house_says_what_a_card_is_for(desk) -> None:
    assert "No rate cards yet" in text(desk().get("/rate-cards/"))


def test_lanes_stand_beside_what_they_were(desk, pricing) -> None:
    told = text(desk().get(address(pricing.draft)))

    assert "604 431 per mile 2.4900 2.4200 +2.9% 850.00" in told
    assert "604 Zone SE-2 per mile 2.6000 new" in told
    assert "Below cost floor" not in told
    assert "−13.1% 0 Floor 2.24" in told


def test_the_statements_of_a_version_do_not_grow_with_its_lanes(
    desk, pricing, django_assert_num_queries
) -> None:
    browser = desk()
    browser.get(address(pricing.draft))
    with django_assert_num_queries(PAGE_QUERIES):
        browser.get(address(pricing.draft))
    lane = pricing.draft.lanes.get(row=1)
    for row in range(4, 16):
        lane.pk, lane.row, lane.destination_value = None, row, f"{row + 500}"
        lane.save(force_insert=True)

    with django_assert_num_queries(PAGE_QUERIES):
        browser.get(address(pricing.draft))


def test_every_lane_is_on_one_page_and_one_only(
    desk, pricing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(version_page, "PAGE_SIZE", 2)
    browser, href, seen = desk(), address(pricing.draft), []

    while href:
        page = browser.get(href).content.decode()
        seen += re.findall(r'id="lane-(\d+)"', page)
        turn = re.search(r'href="([^"]+)"\s+rel="next"', page)
        href = turn.group(1).replace("&amp;", "&") if turn else ""

    assert [int(pk) for pk in seen] == list(
        pricing.draft.lanes.order_by("row").values_list("pk", flat=True)
    )


@pytest.mark.parametrize(
    ("asked", "rows"),
    [
        ({"origin": "60436"}, 3),
        ({"destination": "oh"}, 1),
        ({"destination": "Zone SE"}, 1),
        ({"origin": "9"}, 0),
    ],
)
def test_a_lane_is_found_by_the_start_of_its_ends(desk, pricing, asked, rows: int) -> None:
    page = desk().get(address(pricing.draft), asked).content.decode()

    assert len(re.findall(r'id="lane-\d+"', page)) == rows


def test_the_floor_page_shows_only_lanes_below_it(desk, pricing) -> None:
    page = desk().get(address(pricing.draft, "floor/")).content.decode()

    assert len(re.findall(r'id="lane-\d+"', page)) == 1


def test_rules_fuel_zones_and_settings_are_told_in_words(desk, pricing) -> None:
    browser = desk()
    rules = text(browser.get(address(pricing.draft, "accessorials/")))
    fuel = text(browser.get(address(pricing.draft, "fuel/")))

    assert "Over 2h from later of arrival and appointment" in rules
    assert "$75.00/h, per 15m up" in rules
    assert "Zone SE-2 AL; GA" in rules
    assert "each line once, half up" in rules
    assert "3.742 since Nov 17, published Nov 16" in fuel


def test_the_chooser_leads_to_the_version(desk, pricing) -> None:
    browser, card = desk(), pricing.card.pk

    assert browser.get(f"/rate-cards/{card}/")["Location"] == address(pricing.current)
    assert browser.get(f"/rate-cards/{card}/?v=2")["Location"] == address(pricing.draft)
    assert browser.get(f"/rate-cards/{card}/v9/").status_code == 404


def test_a_draft_is_rated_by_the_code_that_bills_and_nothing_is_kept(desk, pricing) -> None:
    answer = desk().post(address(pricing.draft, "try/"), question(waited="76"))

    told = text(answer)
    assert "938.73" in told
    assert "v1: $" in told
    assert "2.49" in told
    assert "604 to OH (row 2), less specific" in told
    assert RateTestCase.objects.count() == 0


def test_a_question_that_names_no_place_comes_back_with_its_input(desk, pricing) -> None:
    missing = desk().post(address(pricing.draft, "try/"), question(origin=""))
    nowhere = desk().post(address(pricing.draft, "try/"), question(destination="99950"))

    assert missing.status_code == 422
    assert "has no lane for" in text(nowhere)


def test_what_was_tried_is_saved_once_and_run_under_every_version(pricing) -> None:
    browser = sign_in(pricing.drafter)
    saving = address(pricing.draft, "cases/save/")
    browser.post(saving, question(name="Joliet to Columbus"))
    again = browser.post(saving, question(name="Joliet to Columbus"))

    under_draft = text(browser.get(address(pricing.draft, "cases/")))
    under_current = text(browser.get(address(pricing.current, "cases/")))

    assert again.status_code == 422
    assert "Joliet to Columbus Passes" in under_draft
    assert "Joliet to Columbus Differs" in under_current


def test_a_case_can_expect_the_new_price_and_be_removed(pricing) -> None:
    browser = sign_in(pricing.drafter)
    browser.post(address(pricing.current, "cases/save/"), question(name="Joliet"))
    case = RateTestCase.objects.get()

    browser.post(address(pricing.draft, f"cases/{case.pk}/expect/"))
    case.refresh_from_db()
    assert case.expected["lines"][0]["amount"] == "938.73"
    browser.post(address(pricing.draft, f"cases/{case.pk}/remove/"))

    assert not RateTestCase.objects.exists()


def test_checks_are_told_before_approval(pricing) -> None:
    answer = sign_in(pricing.drafter).get(
        address(pricing.draft, "checks/"), headers={"HX-Request": "true"}
    )

    told = text(answer)
    assert "1 lane below cost floor" in told
    assert "You drafted it" in told
    assert b"<html" not in answer.content


def test_a_draft_goes_its_way_by_two_people(pricing) -> None:
    drafter, approver = sign_in(pricing.drafter), sign_in(pricing.approver)
    moves = [
        (drafter, "submit/", {}, "DRAFT"),
        (drafter, "submit/", {"reason": "Agreed."}, "SUBMITTED"),
        (drafter, "approve/", {}, "SUBMITTED"),
        (approver, "return/", {"reason": ""}, "SUBMITTED"),
        (approver, "return/", {"reason": "Floor."}, "DRAFT"),
        (drafter, "submit/", {"reason": "Agreed."}, "SUBMITTED"),
        (approver, "approve/", {}, "APPROVED"),
        (approver, "publish/", {}, "PUBLISHED"),
        (drafter, "withdraw/", {"reason": "Wrong base."}, "PUBLISHED"),
        (approver, "withdraw/", {"reason": ""}, "PUBLISHED"),
        (approver, "withdraw/", {"reason": "Wrong base."}, "RETIRED"),
    ]

    for browser, move, told, expected in moves:
        browser.post(address(pricing.draft, move), told)
        pricing.draft.refresh_from_db()
        assert pricing.draft.status == expected, move

    assert "Kyle Prentiss published v2" in text(drafter.get(address(pricing.draft, "history/")))


def test_a_version_that_came_anew_is_not_approved_by_a_page_of_before(pricing, now) -> None:
    drafter, approver = sign_in(pricing.drafter), sign_in(pricing.approver)
    drafter.post(address(pricing.draft, "submit/"), {"reason": "Agreed."})
    page = approver.get(address(pricing.draft)).content.decode()
    [seen] = re.findall(r'name="seen"\s+value="([^"]+)"', page)
    approver.post(address(pricing.draft, "return/"), {"reason": "Floor."})
    with time_machine.travel(now + timedelta(minutes=1), tick=False):
        drafter.post(address(pricing.draft, "submit/"), {"reason": "Agreed."})

    answer = approver.post(address(pricing.draft, "approve/"), {"seen": seen}, follow=True)

    pricing.draft.refresh_from_db()
    assert pricing.draft.status == "SUBMITTED"
    assert "was submitted anew" in text(answer)


def test_a_published_version_is_withdrawn_on_its_page_but_not_by_its_drafter(pricing) -> None:
    theirs = sign_in(pricing.approver)
    assert b'data-dialog="withdraw"' in theirs.get(address(pricing.current)).content
    assert b"Withdraw" not in theirs.get(address(pricing.draft)).content
    for move, told in (("submit/", {"reason": "Agreed."}), ("approve/", {}), ("publish/", {})):
        browser = sign_in(pricing.drafter) if move == "submit/" else theirs
        browser.post(address(pricing.draft, move), told)

    mine = sign_in(pricing.drafter).get(address(pricing.draft)).content

    assert b"Whoever drafts a version never withdraws it" in mine
    assert b'data-dialog="withdraw"' not in mine


def test_the_rule_of_two_people_is_told_before_the_click(pricing) -> None:
    from django.db import transaction

    with transaction.atomic():
        submit_version(
            pricing.draft, by=pricing.drafter.actor, at=pricing.draft.drafted_at, reason="Agreed."
        )

    mine = sign_in(pricing.drafter).get(address(pricing.draft)).content.decode()
    theirs = sign_in(pricing.approver).get(address(pricing.draft)).content.decode()

    assert 'title="Whoever drafts, edits or sends a version never approves it."' in mine
    assert 'data-dialog="move">Approve' in re.sub(r"\s+", " ", theirs)


def test_a_new_card_and_a_new_version_are_drafts(pricing) -> None:
    browser = sign_in(pricing.drafter)
    told = {
        "name": "Lakeshore Dry", "currency": "USD", "rated_on": "PICKUP", "when_no_lane": "REFUSE",
        "effective_from": "2026-12-01", "effective_to": "2026-11-01",
    }  # fmt: skip
    refused = browser.post("/rate-cards/new/", told)
    browser.post("/rate-cards/new/", told | {"effective_to": ""})
    made = RateCard.objects.get(name="Lakeshore Dry")
    twice = browser.post("/rate-cards/new/", told | {"effective_to": ""})
    browser.post(f"/rate-cards/{pricing.card.pk}/draft/?from=1", {"effective_from": "2027-01-01"})

    assert (refused.status_code, twice.status_code) == (422, 422)
    assert made.versions.get().status == "DRAFT"
    assert Lane.objects.filter(version__card=pricing.card, version__number=3).count() == 2


@pytest.mark.parametrize("role", [Role.DISPATCHER, Role.BILLER])
def test_others_of_the_staff_read_and_change_nothing(desk, pricing, role: Role) -> None:
    browser = desk(role)
    posts = ("submit/", "approve/", "return/", "publish/", "withdraw/", "cases/save/")

    assert browser.get(address(pricing.draft)).status_code == 200
    assert b"Send for approval" not in browser.get(address(pricing.draft)).content
    assert {browser.post(address(pricing.draft, each)).status_code for each in posts} == {403}
    assert browser.get("/rate-cards/new/").status_code == 403


def test_customers_never_see_a_rate_card(pricing, shipper, stranger) -> None:
    for person in (shipper, stranger):
        browser = sign_in(person)
        assert browser.get("/rate-cards/").status_code == 403
        assert browser.get(address(pricing.current)).status_code == 403
        assert browser.get("/fuel/").status_code == 403


def test_lanes_are_counted_up_to_the_limit(pricing) -> None:
    counted = count_lanes([pricing.current.pk, pricing.draft.pk, 0], limit=2)

    assert counted == {pricing.current.pk: 2, pricing.draft.pk: 3, 0: 0}


def test_why_leads_to_the_version_that_priced_the_charge(desk, load, now) -> None:
    from billing.operations.readiness import evaluate_load

    evaluate_load(load.pk, by="rule:readiness", at=now)
    version = RateCardVersion.objects.get()

    page = desk(Role.BILLER).get("/loads/104882/").content.decode()

    assert f'rate card <a href="{address(version)}">Everywhere v1</a>' in page
    assert Decimal("1000.00") == load.charges.get(code="LHS").amount
