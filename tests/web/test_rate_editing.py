"""A draft is edited a cell at a time, compared, filled from a sheet and given back as one."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from rating.models import Lane, RateImport
from tests.factories.doors import sign_in
from tests.web.rating_desk import Desk, a_desk
from tests.web.test_rates import address, text
from web.desk.rates import comparing

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
SHEET = (
    "origin,destination,basis,rate,minimum\n604,431,per mile,2.55,850\n604,372,per mile,2.47,900\n"
)


@pytest.fixture
def pricing(db: None, customer: Any) -> Desk:
    return a_desk(customer=customer)


@pytest.fixture
def browser(pricing: Desk) -> Client:
    return sign_in(pricing.drafter)


def a_sheet(content: str = SHEET, name: str = "lanes.csv") -> dict[str, Any]:
    return {"sheet": SimpleUploadedFile(name, content.encode()), "mode": "UPDATE"}


def lane(pricing: Desk, row: int) -> Lane:
    return pricing.draft.lanes.get(row=row)


def test_a_cell_posts_and_its_row_comes_back_with_the_delta(pricing, browser) -> None:
    answer = browser.post(
        address(pricing.draft, "lanes/1/cell/"), {"rate": "2.54", "seen_rate": "2.49"}, headers=HTMX
    )

    assert answer.status_code == 200
    assert "2.4200 +5.0%" in text(answer)
    assert re.search(r'id="cell-1-rate"\s+name="rate"\s+value="2.5400"', answer.content.decode())
    assert str(lane(pricing, 1).rate) == "2.540000"


@pytest.mark.parametrize(
    ("told", "status", "words"),
    [
        ({"rate": "abc"}, 422, "Rate:"),
        ({"rate": "-1"}, 422, "Rate:"),
        ({"rate": "2.60", "seen_rate": "2.40"}, 422, "changed by somebody else: 2.49 now"),
    ],
)
def test_what_cannot_stand_comes_back_with_what_was_typed(
    pricing, browser, told, status: int, words: str
) -> None:
    answer = browser.post(address(pricing.draft, "lanes/1/cell/"), told, headers=HTMX)

    assert answer.status_code == status
    assert words in text(answer)
    assert f'value="{told["rate"]}"' in answer.content.decode()
    assert 'aria-invalid="true"' in answer.content.decode()
    assert str(lane(pricing, 1).rate) == "2.490000"


def test_only_drafts_have_cells_to_type_in(pricing, browser) -> None:
    draft = browser.get(address(pricing.draft)).content
    current = browser.get(address(pricing.current)).content
    refused = browser.post(address(pricing.current, "lanes/1/cell/"), {"rate": "9"}, headers=HTMX)

    assert b"data-cell" in draft
    assert b"data-cell" not in current
    assert refused.status_code == 422
    assert "only a draft can be changed" in text(refused)


def test_a_lane_is_added_changed_as_a_whole_and_removed(pricing, browser) -> None:
    told = {"origin": "543", "destination": "IL", "basis": "FLAT", "rate": "725", "priority": "0"}
    browser.post(address(pricing.draft, "lanes/new/"), told)
    twin = browser.post(address(pricing.draft, "lanes/new/"), told)
    browser.post(address(pricing.draft, "lanes/4/"), told | {"maximum": "900"})
    changed = lane(pricing, 4)
    browser.post(address(pricing.draft, "lanes/4/remove/"))

    assert twin.status_code == 422
    assert "like row 4" in text(twin)
    assert (str(changed.rate), str(changed.maximum)) == ("725.000000", "900.0000")
    assert not pricing.draft.lanes.filter(row=4).exists()


def test_a_lane_without_its_ends_is_refused_beside_the_cells(pricing, browser) -> None:
    answer = browser.post(address(pricing.draft, "lanes/new/"), {"rate": "1"})

    assert answer.status_code == 422
    assert {"Say where from.", "Say where to."} <= set(re.findall(r"Say where \w+\.", text(answer)))


def test_the_comparison_names_cells_lanes_and_floors(pricing, browser) -> None:
    told = text(browser.get(address(pricing.draft, "compare/")))

    assert "Lanes changed 2 from v1 to v2" in told
    assert "604 to 431 row 1 Changed Rate 2.42 2.49 +2.9%" in told
    assert "604 to Zone SE-2 row 3 Added Basis per mile" in told
    assert "What a mile costs us none 2.24" in told
    assert "Below cost floor 1" in told
    assert browser.get(address(pricing.current, "compare/")).status_code == 404


def test_a_comparison_is_read_a_page_at_a_time_and_sent_whole(
    pricing, browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparing, "SHOWN", 1)
    pricing.draft.lanes.filter(row=3).update(equipment="=CMD()")
    where = address(pricing.draft, "compare/")

    first, second = text(browser.get(where)), text(browser.get(where, {"after": "1"}))
    answer = browser.get(address(pricing.draft, "compare.csv"))
    lines = b"".join(answer).decode().splitlines()

    assert ("row 1 Changed" in first, "row 2 Changed" in first) == (True, False)
    assert ("row 1 Changed" in second, "row 2 Changed" in second) == (False, True)
    assert "CHANGED,1,604 to 431,rate,2.42,2.49,2.9" in lines
    assert "ADDED,3,604 to Zone SE-2,equipment,,'=CMD()," in lines
    assert any(line.startswith("CHANGED,,Settings,Prices from,2026-01-01") for line in lines)
    assert browser.get(where, {"after": "\N{SUPERSCRIPT TWO}"}).status_code == 200


def test_a_sheet_is_read_previewed_and_written_into_the_draft(pricing, browser, drain) -> None:
    sent = browser.post(address(pricing.draft, "imports/new/"), a_sheet())
    href = sent["Location"]
    reading = browser.get(href)
    drain()
    preview = text(browser.get(href, headers=HTMX))
    browser.post(f"{href}apply/")
    drain()
    done = text(browser.get(href, headers=HTMX))

    assert b"every 2s" in reading.content
    assert "1 lane is new , 1 change" in preview
    assert "604 to 372 per mile 2.4700 new 900.00" in preview
    assert "2 lanes are in the draft" in done
    assert str(lane(pricing, 1).rate) == "2.550000"


def test_wrong_cells_are_named_and_nothing_is_written(pricing, browser, drain) -> None:
    wrong = SHEET.replace("2.47", "two")
    href = browser.post(address(pricing.draft, "imports/new/"), a_sheet(wrong))["Location"]
    drain()

    told = text(browser.get(href))
    assert "Cells to mend" in told
    assert "D3 two" in told
    assert "into v2" not in told.replace("Into Prairie", "")


def test_a_question_is_answered_on_the_page(pricing, browser, drain) -> None:
    bare = "origin,destination,rate\n604,372,2.47\n"
    href = browser.post(address(pricing.draft, "imports/new/"), a_sheet(bare))["Location"]
    drain()
    asked = text(browser.get(href))
    browser.post(f"{href}answer/", {"basis": "PER_MILE"})
    drain()

    assert "What are the rates for?" in asked
    assert "604 to 372 per mile" in text(browser.get(href))


def test_a_sheet_is_given_up(pricing, browser, drain) -> None:
    href = browser.post(address(pricing.draft, "imports/new/"), a_sheet())["Location"]
    drain()

    browser.post(f"{href}discard/")

    assert RateImport.objects.get().status == "DISCARDED"


@pytest.mark.parametrize("upload", [{}, a_sheet("%PDF-1.4", "lanes.pdf") | {"mode": "OTHER"}])
def test_what_is_no_sheet_is_refused(pricing, browser, upload) -> None:
    answer = browser.post(address(pricing.draft, "imports/new/"), upload)

    assert answer.status_code == 422
    assert not RateImport.objects.exists()


def test_the_export_is_a_sheet_that_import_takes(pricing, browser, drain) -> None:
    sheet = b"".join(browser.get(address(pricing.draft, "lanes.csv")).streaming_content)
    book = b"".join(browser.get(address(pricing.draft, "lanes.xlsx")).streaming_content)
    href = browser.post(address(pricing.draft, "imports/new/"), a_sheet(sheet.decode("utf-8-sig")))[
        "Location"
    ]
    drain()

    assert book.startswith(b"PK")
    assert "0 lanes are new , 0 change, 3 stay as they are" in text(browser.get(href))
    assert browser.get(address(pricing.draft, "lanes.pdf")).status_code == 404


def test_nobody_else_writes_in_a_draft(pricing, desk) -> None:
    reader = desk()
    posts = ("lanes/1/cell/", "lanes/new/", "lanes/1/", "lanes/1/remove/", "imports/new/")

    assert {reader.post(address(pricing.draft, each)).status_code for each in posts} == {403}
    assert b"data-cell" not in reader.get(address(pricing.draft)).content
    assert reader.get(address(pricing.draft, "compare/")).status_code == 200


def a_rule(**told: Any) -> dict[str, Any]:
    return {
        "rule": "LAY-1", "code": "LAY", "name": "Layover", "trigger": "SERVICE",
        "basis": "PER_DAY", "rate": "300", "service": "layover", "cap_period": "STAY",
        "increments": "ANY_STARTED", "late_arrival": "STARTS_AT_ARRIVAL",
        "clock_start": "LATER_OF_ARRIVAL_AND_APPOINTMENT", "always_needs_approval": "on", **told,
    }  # fmt: skip


def test_a_rule_is_added_changed_and_removed(pricing, browser) -> None:
    browser.post(address(pricing.draft, "rules/"), a_rule())
    added = text(browser.get(address(pricing.draft, "accessorials/")))
    browser.post(address(pricing.draft, "rules/LAY-1/"), a_rule(rate="325", maximum="900"))
    changed = text(browser.get(address(pricing.draft, "accessorials/")))
    browser.post(address(pricing.draft, "rules/LAY-1/remove/"))

    assert "LAY-1 Layover recorded $300.00/day Always" in added
    assert "$325.00/day, cap $900.00" in changed
    assert "LAY-1 Layover" not in text(browser.get(address(pricing.draft, "accessorials/")))


def test_a_form_of_a_rule_gives_back_the_rule(pricing, browser) -> None:
    before = text(browser.get(address(pricing.draft, "accessorials/")))
    page = browser.get(address(pricing.draft, "rules/DET-4/")).context["form"]
    told = {name: page[name].value() for name in page.fields if page[name].value() is not None}
    answer = browser.post(
        address(pricing.draft, "rules/DET-4/"), {k: v for k, v in told.items() if v is not False}
    )

    assert answer.status_code == 302
    assert "DET-4 Over 2h from later of arrival and appointment" in before
    assert "$75.00/h, per 15m up" in before
    assert text(browser.get(address(pricing.draft, "accessorials/"))).count("$75.00/h") == 1


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"service": ""}, "This kind of rule needs it"),
        ({"rule": "DET-4"}, "is there twice"),
        ({"tiers": "one 75"}, "Line 1 is not a count and a rate"),
        ({"minimum": "5", "maximum": "4"}, "The cap is under the minimum"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(pricing, browser, told, words: str) -> None:
    answer = browser.post(address(pricing.draft, "rules/"), a_rule(**told))

    assert answer.status_code == 422
    assert words in text(answer)


def test_zones_and_settings_of_a_draft_change(pricing, browser) -> None:
    browser.post(address(pricing.draft, "zones/"), {"name": "MW-1", "members": "604\n543"})
    browser.post(address(pricing.draft, "zones/remove/"), {"name": "SE-2"})
    browser.post(
        address(pricing.draft, "settings/"),
        {
            "effective_from": "2026-12-15", "discount_percent": "5", "precedence": "CITY_FIRST",
            "rounding": "HALF_EVEN", "minimum_charge": "120", "allows_deficit": "on",
            "class_source": "DECLARED", "deemed_for": "SPACE", "floor_space": "WIDTH_SHARE",
            "trailer_width_in": "96", "stacked_pieces": "2", "unstackable_height_in": "96",
        },
    )  # fmt: skip

    told = text(browser.get(address(pricing.draft, "accessorials/")))
    assert "Zone MW-1 543; 604" in told
    assert "Zone SE-2 AL; GA" in told
    assert "half to even" in told
    assert "Discount 5 %" in told
    assert "96 in high where nothing may stand on it; for the space alone" in told
    assert "a share of the trailer&#x27;s width, 96 in of trailer; 2 pieces to a floor" in told
    assert "From Dec 15, 2026" in told


def test_class_and_space_are_asked_in_a_draft_and_told_in_words(browser, pricing) -> None:
    fak = browser.post(address(pricing.draft, "fak/"), {"ranges": "50 to 85 as 70\n92.5-100: 85"})
    space = browser.post(
        address(pricing.draft, "space/cubic-feet/"),
        {"over": "750", "under_pcf": "6", "pounds_per_unit": "6", "floor_class": "125"},
    )

    assert (fak.status_code, space.status_code) == (302, 302)
    told = text(browser.get(address(pricing.draft, "accessorials/")))
    assert "50 to 85 as 70 92.5 to 100 as 85" in told
    assert "Over 750 cubic feet, lighter than 6 lb a cubic foot: at least 6 lb a cubic foot" in told
    assert "class 125 or higher, FAK does not apply" in told
    past = text(browser.get(address(pricing.draft, "history/")))
    assert "changed FAK ranges of v2" in past
    assert "50 to 85 as 70; 92.5 to 100 as 85" in past


@pytest.mark.parametrize(
    ("where", "told", "sentence"),
    [
        ("fak/", {"ranges": "50 to 85"}, "Line 1 is not a range such as 50 to 100 as 70."),
        ("fak/", {"ranges": "50 to 85 as 71"}, "&#x27;71&#x27; is no freight class"),
        ("space/linear-feet/", {"over": "x", "pounds_per_unit": "1"}, "Enter a number."),
        ("settings/", {"class_source": "DENSITY"}, "A class by density needs a density scale."),
    ],
)
def test_what_is_wrong_with_class_or_space_stands_at_its_field(
    browser, pricing, where: str, told: dict[str, str], sentence: str
) -> None:
    given = settings_of(browser, pricing) | told if where == "settings/" else told
    answer = browser.post(address(pricing.draft, where), given)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def settings_of(browser: Client, pricing: Desk) -> dict[str, str]:
    """Return what the settings form holds before somebody types."""
    form = browser.get(address(pricing.draft, "settings/")).context["form"]
    shown = {name: form[name].value() for name in form.fields}
    return {name: str(value) for name, value in shown.items() if value or value == "0"}


def test_a_form_filled_before_somebody_else_saved_writes_nothing_over(browser, pricing) -> None:
    seen = browser.get(address(pricing.draft, "fak/")).context["seen"]
    browser.post(address(pricing.draft, "fak/"), {"ranges": "50 to 85 as 70", "seen": seen})

    answer = browser.post(address(pricing.draft, "fak/"), {"ranges": "", "seen": seen})

    assert answer.status_code == 422
    assert "somebody else has changed this" in text(answer)
    assert pricing.draft.fak.count() == 1


def test_a_space_rule_is_taken_away_and_an_unknown_measure_is_not_there(browser, pricing) -> None:
    where = address(pricing.draft, "space/linear-feet/")
    browser.post(where, {"over": "12", "includes_limit": "on", "pounds_per_unit": "1000"})
    assert "From 12 linear feet on: at least 1,000 lb a linear foot" in text(
        browser.get(address(pricing.draft, "accessorials/"))
    )

    browser.post(f"{where}remove/")

    assert not pricing.draft.space_rules.exists()
    assert browser.get(address(pricing.draft, "space/furlongs/")).status_code == 404


def test_every_term_of_waiting_is_asked_kept_and_said(browser, pricing) -> None:
    where = address(pricing.draft, "rules/DET-4/")
    form = browser.get(where).context["form"]
    shown = {name: form[name].value() for name in form.fields}
    given = {name: str(value) for name, value in shown.items() if value or value == "0"}

    answer = browser.post(where, given | {
        "free_times": "delivery 180\n240 from 40000", "carrier_delay": "FORFEITS_DETENTION",
        "excluded_reasons": "ah, d2", "meal_break_minutes": "30", "hours_counted": "ALL_STOPS",
        "prorating": "BY_WEIGHT", "clock_end": "DEPARTED",
    })  # fmt: skip

    assert answer.status_code == 302
    told = text(browser.get(address(pricing.draft, "accessorials/")))
    assert "3h at deliveries" in told
    assert "4h from 40,000 lb" in told
    assert "Until departure; a delay of the carrier forfeits (AH D2); receiving hours only" in told
    assert "meal breaks up to 30m left out; shared by weight among payors" in told
    layover = browser.post(where, given | {"layover_after_minutes": "600", "layover_rule": "LAY-9"})
    assert "turns into LAY-9, which is no rule" in text(layover)
