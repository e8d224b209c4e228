"""The dispatch board: what needs somebody stands first, whatever there is beside it."""

import re
from datetime import datetime, timedelta

import pytest

from dispatch.models import Load
from tests.factories import CustomerFactory
from tests.web import board
from web.desk.board import bands
from web.desk.board.bands import parts_of_board, read_page

pytestmark = pytest.mark.django_db

# Session, person, roles, scope; views, bands and figures in one statement; the page, its loads,
# stops and last news; the journal's mark; customers and carriers to choose from; company;
# navigation.
BOARD_QUERIES = 16


def numbers(html: bytes) -> list[str]:
    """Return the load numbers of the lines, in order."""
    return re.findall(r'class="ref" href="/loads/([^/]+)/"', html.decode())


def groups(html: bytes) -> list[str]:
    """Return the groups with their counts, in order."""
    found = re.findall(r'scope="rowgroup">\s*<span>(.+?) <small>(.+?)</small>', html.decode())
    return [f"{words}: {' '.join(count.split())}" for words, count in found]


def everything(now: datetime) -> dict[str, Load]:
    """Put one load of each kind on the board."""
    return {
        "rolling": board.rolling(now),
        "silent": board.silent(now),
        "missed": board.missed(now),
        "planned": board.planned(now, pickup=40),
        "stop": board.at_stop(now),
        "unassigned": board.planned(now, is_assigned=False),
        "detained": board.detained(now),
        "no proof": board.without_proof(now),
        "late": board.late(now),
    }


def test_what_needs_somebody_stands_first_and_says_why(desk, now) -> None:
    loads = everything(now)

    answer = desk().get("/board/").content

    order = ["missed", "detained", "late", "silent", "unassigned", "stop", "rolling", "planned",
             "no proof"]  # fmt: skip
    assert numbers(answer) == [loads[name].number for name in order]
    assert groups(answer) == [
        "Act now: 5 loads", "At a stop: 1 load", "In transit: 1 load", "Before pickup: 1 load",
        "Delivered, clearing for billing: 1 load",
    ]  # fmt: skip
    text = answer.decode()
    assert "8 active · 5 at risk · 1 in detention" in text
    for words in ("Missed pickup", "1:00 over", "Detention 1:00", "Late, +30m", "No ping 5h",
                  "Unassigned", "No POD"):  # fmt: skip
        assert words in text


def test_a_delivered_load_with_its_proof_stays_until_it_is_billed(desk, ready, issued) -> None:
    waiting = ready().load
    issued()

    assert numbers(desk().get("/board/").content) == [waiting.number]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("attention=RISK", ["missed", "detained", "late", "silent", "unassigned"]),
        ("attention=DETENTION", ["detained"]),
        ("attention=UNASSIGNED", ["unassigned"]),
        ("attention=NO_POD", ["no proof"]),
        ("status=IN_TRANSIT", ["late", "silent", "rolling"]),
        ("origin=il&destination=oh&equipment=VAN53&status=AT_PICKUP", ["detained", "stop"]),
        ("pickup_from=2026-11-21", ["planned"]),
        ("pickup_until=2026-11-18", ["late", "no proof"]),
    ],
)
def test_filters_narrow_the_board(desk, now, asked: str, expected: list[str]) -> None:
    loads = everything(now)

    answer = desk().get(f"/board/?{asked}").content

    assert numbers(answer) == [loads[name].number for name in expected]


@pytest.mark.parametrize("words", ["PO-774", "po774", "BOL9", "pro 12", "prair", "PRFD"])
def test_a_load_is_found_by_the_start_of_any_of_its_names(desk, now, words: str) -> None:
    customer = CustomerFactory(name="Prairie Foods Co.", code="PRFD-0042")
    names = (("PO", "PO-77410"), ("BOL", "BOL-9"), ("PRO", "PRO 12-3"))
    load = board.planned(now, customer=customer, references=names)
    board.planned(now)

    assert numbers(desk().get("/board/", {"q": words}).content) == [load.number]


def test_filters_in_force_stand_as_chips_that_can_be_taken_off(desk, now) -> None:
    customer = CustomerFactory(name="Prairie Foods Co.")
    board.planned(now, customer=customer)

    page = desk().get("/board/", {"customer": customer.pk, "attention": "LATE"}).content.decode()

    assert "Customer <b>Prairie Foods Co.</b>" in page
    assert f'href="/board/?customer={customer.pk}"' in page
    assert "No open load matches" in page
    assert "Clear attention" in page


@pytest.mark.parametrize(
    "asked",
    ["status=NONE", "attention=x", "order=weight", "columns=secret", "after=x", "after=bnVsbA"],
)
def test_an_address_that_is_not_ours_is_refused_in_words(desk, now, asked: str) -> None:
    assert desk().get(f"/board/?{asked}").status_code == 400


def test_every_load_is_on_one_page_and_one_only_forwards_and_back(now) -> None:
    everything(now)
    everything(now)
    parts = parts_of_board(at=now)
    loads = Load.objects.all()
    whole = [place.load_id for place in read_page(loads, parts).places]

    pages = [read_page(loads, parts, size=4)]
    while pages[-1].next:
        pages.append(read_page(loads, parts, cursor=pages[-1].next, size=4))
    back = [pages[-1]]
    while back[-1].previous:
        back.append(read_page(loads, parts, cursor=back[-1].previous, size=4))

    assert len(whole) == 18
    assert [place.load_id for page in pages for place in page.places] == whole
    assert [place.load_id for page in back[::-1] for place in page.places] == whole


def test_the_pages_of_the_last_group_alone_go_on_too(ready, now) -> None:
    made = [ready().load.pk for _ in range(5)]
    parts = parts_of_board(at=now)

    pages = [read_page(Load.objects.all(), parts, size=2)]
    while pages[-1].next:
        pages.append(read_page(Load.objects.all(), parts, cursor=pages[-1].next, size=2))

    assert [place.load_id for page in pages for place in page.places] == made[::-1]


@pytest.mark.parametrize("order", list(bands.ORDERS))
def test_the_order_that_is_asked_for_holds_inside_a_group(now, order: str) -> None:
    made = [board.planned(now, pickup=30 + n % 3, delivery=60 - n) for n in range(6)]
    parts = parts_of_board(at=now, order=order)

    found, cursor = [], ""
    while True:
        page = read_page(Load.objects.all(), parts, cursor=cursor, size=2)
        found += [place.load_id for place in page.places]
        cursor = page.next
        if not cursor:
            break

    column, is_descending = order.removeprefix("-"), order.startswith("-")
    expected = sorted(
        made, key=lambda load: (getattr(load, f"{column}_from"), load.pk), reverse=is_descending
    )
    assert found == [load.pk for load in expected]


def test_no_load_stands_in_two_groups(now) -> None:
    everything(now)
    parts = parts_of_board(at=now)

    found = [load.pk for part in parts for load in Load.objects.filter(part.condition)]

    assert sorted(found) == sorted(Load.objects.values_list("pk", flat=True))


def test_a_page_asks_for_no_more_parts_than_fill_it(now, django_assert_num_queries) -> None:
    everything(now)
    loads, parts = Load.objects.all(), parts_of_board(at=now)
    counts = [loads.filter(part.condition).count() for part in parts]
    whole = [place.load_id for place in read_page(loads, parts).places]

    with django_assert_num_queries(1) as asked:
        page = read_page(loads, parts, size=2, counts=counts)

    assert [place.load_id for place in page.places] == whole[:2]
    assert asked[0]["sql"].count("UNION ALL") < len(parts) - 1


def test_a_page_is_filled_even_when_loads_have_left_since_they_were_counted(now) -> None:
    everything(now)
    loads, parts = Load.objects.all(), parts_of_board(at=now)
    whole = [place.load_id for place in read_page(loads, parts).places]

    page = read_page(loads, parts, counts=[100] * len(parts))

    assert [place.load_id for place in page.places] == whole


def test_the_statements_of_the_board_do_not_grow_with_its_rows(
    desk, now, django_assert_num_queries
) -> None:
    browser = desk()
    everything(now)
    with django_assert_num_queries(BOARD_QUERIES):
        browser.get("/board/")
    for _ in range(3):
        everything(now)

    with django_assert_num_queries(BOARD_QUERIES) as asked:
        browser.get("/board/")

    assert not [query["sql"] for query in asked if "OFFSET" in query["sql"]]


def test_columns_are_chosen_in_the_address(desk, now) -> None:
    load = board.planned(now)

    page = desk().get("/board/?columns=lane&columns=stops").content.decode()

    heads = re.findall(r'<th scope="col"[^>]*>\s*(.+?)\s*</th>', page)
    assert heads == ["Load", "Lane", "Stops"]
    assert load.number in page


def test_an_empty_board_says_what_fills_it(desk) -> None:
    assert "Nothing is open" in desk().get("/board/").content.decode()


def test_a_fragment_is_the_rows_alone(desk, now) -> None:
    load = board.planned(now + timedelta(0))

    answer = desk().get("/board/", headers={"HX-Request": "true"})

    assert numbers(answer.content) == [load.number]
    assert b"<html" not in answer.content


def test_the_head_says_what_detention_comes_to_by_the_card_that_bills(desk, carrier, now) -> None:
    board.detained(now)
    board.detained(now)
    browser = desk()

    answer = browser.get("/board/accruing/", headers={"HX-Request": "true"}).content.decode()

    assert " ".join(re.sub("<[^>]+>", "", answer).split()) == "$150.00 accruing"
    assert browser.get("/board/accruing/")["Location"] == "/board/?attention=DETENTION"


def test_nothing_waits_nothing_accrues(desk, carrier, now) -> None:
    board.rolling(now)

    answer = desk().get("/board/accruing/", headers={"HX-Request": "true"}).content.decode()

    assert not answer.strip()
