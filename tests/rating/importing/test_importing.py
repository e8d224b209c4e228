"""A sheet is read, shown, and written into a draft whole or not at all."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import Workbook

from journal.models import Event
from journal.operations.lifecycle import IllegalMove
from rating.engine.book import WeightBreak
from rating.engine.choices import Basis
from rating.models import LaneBreak, RateImport, StagedLane
from rating.operations.approving import submit_version
from rating.operations.drafting import NotADraft
from rating.operations.importing import (
    answer_import,
    apply_import,
    discard_import,
    inspect_sheet,
    read_import,
    receive_import,
    write_lanes,
)
from rating.operations.importing.receiving import OptionRefused
from tests.rating.engine.building import LANES
from tests.rating.importing.sending import LIST, apply, lanes_of, saved, send, workbook, wrong
from tests.rating.making import DRAFTER, MANAGER, NOW, drafted

pytestmark = pytest.mark.django_db
WORKBOOK = workbook(["origin", "destination", "basis", "rate"], ["604", "431", "flat", 9])
IN_USD = "an amount in USD, the currency of the card"
HEAD = "origin,destination,basis,rate\n"


@pytest.fixture
def draft():
    return drafted()


def test_a_preview_counts_what_a_sheet_would_change_and_changes_nothing(draft):
    batch = send(draft)

    assert batch.status == "READY"
    assert batch.counts == {"new": 1, "changed": 1, "unchanged": 1, "removed": 0, "ignored": []}
    assert (batch.layout, batch.rows_read, batch.lanes_read) == ("LIST", 3, 3)
    assert lanes_of(draft)[0] == ("604", "431", "PER_MILE", "2.4200")


def test_what_was_previewed_is_applied_and_told_once(draft):
    batch = apply(send(draft))

    assert lanes_of(draft) == [
        ("604", "431", "PER_MILE", "2.4900"),
        ("604", "OH", "PER_MILE", "2.5200"),
        ("JOLIET, IL", "IL", "FLAT", "725.0000"),
    ]
    told = Event.objects.get(name="rate_import.applied")
    assert told.payload["sha256"] == batch.sha256
    assert (told.payload["new"], told.payload["changed"]) == (1, 1)
    assert not StagedLane.objects.exists()
    draft.refresh_from_db()
    assert draft.edited_by == DRAFTER


def test_replacing_removes_what_the_sheet_does_not_name_and_updating_keeps_it(draft):
    sheet = HEAD + "604,OH,per mile,2.60\n"

    update = send(draft, sheet, mode="UPDATE")
    replacing = send(draft, sheet)

    assert (update.counts["removed"], replacing.counts["removed"]) == (0, 1)
    assert len(lanes_of(apply(update).version)) == 2
    replacing = answer_import(replacing, options={}, by=DRAFTER, at=NOW)
    read_import(replacing, at=NOW)
    apply(replacing)
    assert lanes_of(draft) == [("604", "OH", "PER_MILE", "2.6000")]


def test_a_column_that_the_sheet_does_not_name_stays(draft):
    draft.lanes.update(cost_floor=Decimal(2), minimum=Decimal(850))

    apply(send(draft, "from,to,rate type,price\n604,431,rpm,2.60\n"))

    lane = draft.lanes.get()
    assert (lane.rate, lane.minimum, lane.cost_floor) == (Decimal("2.60"), 850, 2)


def test_weight_breaks_stand_in_columns_or_in_one_cell(draft):
    sheet = "origin,dest,basis,L5C,M5C,M1M\n604,431,cwt,14.38,10.29,\n605,431,,20,,9.5\n"

    apply(send(draft, sheet))
    second = send(
        draft, 'origin,dest,breaks\n604,431,"0: 14.38; 500: 10.29"\n605,431,"0:20;1000:9"'
    )

    rows = LaneBreak.objects.order_by("lane__row", "from_weight_lb")
    told = [(row.lane.origin_value, int(row.from_weight_lb), float(row.rate)) for row in rows]
    assert told == [("604", 0, 14.38), ("604", 500, 10.29), ("605", 0, 20.0), ("605", 1000, 9.5)]
    assert set(draft.lanes.values_list("basis", flat=True)) == {"PER_CWT"}
    assert (second.counts["unchanged"], second.counts["changed"]) == (1, 1)


def test_a_range_of_zip3s_is_a_lane_for_each(draft):
    batch = apply(send(draft, HEAD + "600-602,430-431,flat,900\n"))

    assert batch.counts["new"] == draft.lanes.count() == 6


def test_a_grid_has_origins_down_and_destinations_across(draft):
    batch = send(draft, "Rates 2027,,\n,431,OH\n604,2.49,\n605,2.30,2.10\n", basis="per mile")

    assert (batch.layout, batch.counts["new"]) == ("GRID", 2)
    apply(batch)
    assert lanes_of(draft) == [
        ("604", "431", "PER_MILE", "2.4900"),
        ("605", "431", "PER_MILE", "2.3000"),
        ("605", "OH", "PER_MILE", "2.1000"),
    ]


def test_a_grid_without_a_basis_asks_for_it(draft):
    batch = send(draft, ",431,OH\n604,2.49,2.10\n")

    assert batch.status == "ASKING"
    assert [question["name"] for question in batch.questions] == ["basis"]
    answer_import(batch, options={"basis": "PER_MILE"}, by=DRAFTER, at=NOW)
    read_import(batch, at=NOW)
    apply(batch)
    assert {lane[2] for lane in lanes_of(draft)} == {"PER_MILE"}


@pytest.mark.parametrize("number", ["2,42", "1,234", "0,250"])
def test_a_comma_that_may_stand_before_a_fraction_is_asked_about(draft, number):
    batch = send(draft, f"origin;destination;basis;rate\n604;431;flat;{number}\n")

    assert batch.status == "ASKING"
    assert f"{number} in D2" in batch.questions[0]["text"]
    answer_import(batch, options={"decimal": ","}, by=DRAFTER, at=NOW)
    read_import(batch, at=NOW)
    apply(batch)
    assert draft.lanes.get().rate == Decimal(number.replace(",", "."))


def test_commas_between_thousands_are_plain_where_points_stand_before_fractions(draft):
    apply(send(draft, HEAD + '604,431,flat,"$1,234.50"\n605,431,flat,"1,200"'))

    assert [lane[3] for lane in lanes_of(draft)] == ["1234.5000", "1200.0000"]


@pytest.mark.parametrize(
    ("encoding", "separator"),
    [("utf-8", ","), ("utf-8-sig", ";"), ("cp1252", "\t"), ("utf-16", ","), ("utf-8", "|")],
)
def test_a_text_is_read_as_it_was_saved(draft, encoding, separator):
    lines = [
        ["Origin City", "Origin State", "Destination", "Basis", "Rate"],
        ["Montréal", "QC", "604", "flat", "900"],
        [],
        ["Joliet", "IL", "431", "flat", "800"],
    ]
    text = "\r\n".join(separator.join(line) for line in lines)

    apply(send(draft, text.encode(encoding)))

    assert [lane[0] for lane in lanes_of(draft)] == ["MONTRÉAL, QC", "JOLIET, IL"]


def test_every_wrong_cell_is_told_with_its_address_and_nothing_is_written(draft):
    batch = send(
        draft,
        "origin,destination,basis,rate,min,max,discount\n"
        "1234,431,per mile,2.49,,,\n"
        "604,431,per furlong,abc,,,\n"
        "604,432,flat,9,900,800,\n"
        "604,433,flat,9,,,100\n"
        "604,434,flat,,,,\n"
        "606-604,431,flat,9,,,\n"
        "605,431,flat,9,,,\n",
    )

    found = dict(wrong(batch))
    assert list(found) == ["A2", "C3", "D3", "E4", "G5", "D6", "A7"]
    assert found["E4"] == "a minimum that is not above the maximum 800"
    assert "ZIP with all its digits" in found["A2"]
    assert batch.faults[2]["read"] == "abc"
    assert batch.fault_count == 7
    assert lanes_of(draft)[0][3] == "2.4200"
    with pytest.raises(IllegalMove):
        apply_import(batch, by=DRAFTER, at=NOW)


def test_one_lane_twice_is_refused_with_both_cells_named(draft):
    batch = send(draft, HEAD + "604,431,flat,9\n605,431,flat,9\n604,431,flat,8\n")

    assert wrong(batch) == [("A4", "each lane once; A2 prices it already")]


def test_a_zone_must_be_one_of_the_draft(draft):
    assert wrong(send(draft, HEAD + "zone MW,431,flat,9\n")) == [
        ("A2", "a zone that the draft defines")
    ]


def test_bounds_are_held_against_what_the_draft_says_beside_the_sheet(draft):
    draft.lanes.filter(row=1).update(maximum=Decimal(900))

    batch = send(
        draft, "origin,destination,basis,rate,minimum\n604,431,per mile,2,950\n", mode="UPDATE"
    )

    assert wrong(batch) == [("A2", "a minimum that is not above the maximum 900")]


def test_a_lane_with_breaks_keeps_its_basis():
    breaks = (WeightBreak(from_weight_lb=Decimal(0), rate=Decimal(9)),)
    weighed = replace(LANES[0], basis=Basis.PER_CWT, breaks=breaks)
    draft = drafted(lanes=(weighed,))

    batch = send(draft, HEAD + "604,431,flat,900\n")

    assert wrong(batch) == [("A2", "PER_CWT, since the lane has weight breaks")]


def test_numbers_of_excel_are_taken_as_it_shows_them(draft):
    book = Workbook()
    sheet: Any = book.active
    sheet.append(["Origin", "Destination", "Basis", "Rate", "Discount", "Unknown"])
    sheet.append([604, 43137, "per mile", 0.1 + 0.2, 0.125, "x"])
    sheet.append([1101, "OH", "per mile", 2, None, None])
    sheet["E2"].number_format = "0.0%"
    sheet["A3"].number_format = "00000"

    batch = apply(send(draft, saved(book), name="rates.xlsx"))

    lane = draft.lanes.get(origin_value="604")
    assert (lane.rate, lane.discount_percent) == (Decimal("0.3"), Decimal("12.5"))
    assert draft.lanes.filter(origin_value="01101").exists()
    assert batch.counts["ignored"] == ["Unknown"]


def test_a_date_and_a_formula_error_are_no_numbers(draft):
    content = workbook(
        ["Origin", "Destination", "Basis", "Rate"],
        ["604", "431", "flat", "#N/A"],
        ["605", "431", "flat", datetime(2026, 3, 4)],
        [date(2026, 3, 5), "431", "flat", 9],
        ["606", "431", "flat", "=1+1"],
    )

    batch = send(draft, content)

    found = dict(wrong(batch))
    assert "is an error of a formula" in found["D2"]
    assert "is a date" in found["D3"]
    assert "is a date" in found["A4"]
    # Excel has never computed this formula, so there is no value to take.
    assert found["D5"] == "a rate"
    assert batch.faults[0]["read"] == "#N/A"


def test_headings_may_stand_in_two_lines_under_merged_cells(draft):
    book = Workbook()
    sheet: Any = book.active
    sheet.append(["Tariff of 2027"])
    sheet.append(["Origin", None, None, "Destination", None, "Linehaul"])
    sheet.append(["City", "State", "ZIP", "City", "State", "Rate", "Basis"])
    sheet.append(["Joliet", "IL", None, "Columbus", "OH", 2.5, "mile"])
    sheet.append(["Joliet", "IL", "60436", "Columbus", "OH", 2.4, "mile"])
    sheet.merge_cells("A1:G1")
    sheet.merge_cells("A2:C2")
    sheet.merge_cells("D2:E2")

    apply(send(draft, saved(book)))

    assert [lane[:2] for lane in lanes_of(draft)] == [
        ("JOLIET, IL", "COLUMBUS, OH"),
        ("60436", "COLUMBUS, OH"),
    ]


def test_one_sheet_of_several_is_chosen_by_name(draft):
    book = Workbook()
    book.create_sheet("Lanes")
    first, second = book.worksheets
    first.append(["Notes"])
    for row in (["from", "to", "basis", "rate"], ["604", "431", "flat", 9]):
        second.append(row)

    assert send(draft, saved(book)).status == "REFUSED"
    assert apply(send(draft, saved(book), sheet="Lanes")).counts["new"] == 0


def test_a_draft_that_changed_after_the_preview_is_previewed_again(draft):
    batch = send(draft)
    draft.lanes.filter(row=1).update(rate=Decimal("2.49"))

    apply_import(batch, by=DRAFTER, at=NOW)
    write_lanes(batch, at=NOW)

    assert batch.status == "RECEIVED"
    read_import(batch, at=NOW)
    assert (batch.counts["changed"], batch.counts["unchanged"]) == (0, 2)
    apply(batch)


def test_an_import_into_what_is_no_longer_a_draft_is_given_up(draft):
    batch = send(draft)
    apply_import(batch, by=DRAFTER, at=NOW)
    submit_version(draft, by=DRAFTER, at=NOW)

    write_lanes(batch, at=NOW)

    assert batch.status == "DISCARDED"
    with pytest.raises(NotADraft, match="only a draft can be changed"):
        send(draft)


def test_a_discarded_import_leaves_only_its_bytes(draft):
    batch = discard_import(send(draft), by=MANAGER, at=NOW)

    assert batch.status == "DISCARDED"
    assert not StagedLane.objects.exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [("decimal", "'"), ("separator", "x"), ("basis", "furlong"), ("country", "USA"),
     ("minimum", "-1"), ("colour", "red")],
)  # fmt: skip
def test_an_answer_that_cannot_be_used_is_refused_by_name(draft, name, value):
    with pytest.raises(OptionRefused) as refused:
        send(draft, LIST, **{name: value})

    assert refused.value.field == name
    assert not RateImport.objects.exists()


def test_what_was_said_of_the_whole_sheet_counts_for_every_lane(draft):
    apply(send(draft, ",431\n604,2.49\n", basis="mile", equipment="VAN53", minimum="850"))

    lane = draft.lanes.get()
    assert (lane.equipment, lane.minimum, lane.basis) == ("VAN53", 850, "PER_MILE")


@pytest.mark.parametrize(
    ("content", "is_read", "lanes"), [(LIST.encode(), False, 3), (WORKBOOK, True, 1)]
)
def test_a_text_may_be_read_in_turns_and_a_workbook_in_one(draft, content, is_read, lanes):
    upload = inspect_sheet("rates", content)
    batch = receive_import(draft, upload=upload, by=DRAFTER, at=NOW)

    assert read_import(batch, at=NOW, is_late=lambda: True) is is_read
    assert read_import(batch, at=NOW) is not is_read
    batch.refresh_from_db()
    assert (batch.status, batch.lanes_read) == ("READY", lanes)


@pytest.mark.parametrize(
    ("sheet", "address"),
    [
        ("origin,destination,basis,L5C,M5C\n604,431,per cwt,,\n", "D2"),
        ("origin,destination,basis,breaks\n604,431,per cwt,\n", "D2"),
        ("origin,destination,basis,breaks,rate\n604,431,per cwt,,\n", "E2"),
    ],
)
def test_a_line_whose_breaks_are_all_empty_wants_a_rate(draft, sheet, address):
    assert wrong(send(draft, sheet)) == [(address, "a rate")]


@pytest.mark.parametrize(
    ("head", "cells", "address", "wanted"),
    [
        ("basis,rate", "flat,EUR 2.42", "D2", f"{IN_USD}, not in EUR"),
        ("basis,rate", "flat,2.42 CAD", "D2", f"{IN_USD}, not in CAD"),
        ("basis,rate", "flat,C$2.42", "D2", f"{IN_USD}, not in C$"),
        ("basis,rate,minimum", "flat,9,€850", "E2", f"{IN_USD}, not in €"),
        ("basis,M5C", "cwt,£9", "D2", f"{IN_USD}, not in £"),
        ("basis,breaks", "cwt,0: EUR9", "D2", f"{IN_USD}, not in EUR"),
        ("basis,rate,Currency", "flat,9,CAD", "E2", "USD, the currency of the card"),
    ],
)
def test_an_amount_in_another_currency_is_no_amount_of_the_card(
    draft, head, cells, address, wanted
):
    assert (address, wanted) in wrong(send(draft, f"origin,destination,{head}\n604,431,{cells}\n"))


def test_an_amount_may_name_the_currency_of_the_card(draft):
    apply(
        send(
            draft,
            "origin,destination,basis,rate,currency\n"
            "604,431,flat,USD 9.50,usd\n605,431,flat,$8.50,\n606,431,flat,US$7.50,USD\n",
        )
    )

    assert [lane[3] for lane in lanes_of(draft)] == ["9.5000", "8.5000", "7.5000"]


@pytest.mark.parametrize(
    ("equipment", "shipment_type", "kept"),
    [
        ("Dry Van", "TL", ("VAN53", "TRUCKLOAD")),
        ("van53", "ftl", ("VAN53", "TRUCKLOAD")),
        ("53' van", "Truckload", ("VAN53", "TRUCKLOAD")),
        ("53\u2032 Reefer", "ltl", ("REEFER53", "LTL")),
        ("reefer", "", ("REEFER53", "")),
        ("Flat bed", "Drayage", ("FLATBED", "DRAYAGE")),
        ("", "intermodal", ("", "INTERMODAL")),
    ],
)
def test_freight_is_kept_as_loads_name_it(draft, equipment, shipment_type, kept):
    sheet = "origin,destination,basis,rate,equipment,shipment type\n604,431,flat,9,"

    apply(send(draft, f"{sheet}{equipment},{shipment_type}\n"))

    lane = draft.lanes.get()
    assert (lane.equipment, lane.shipment_type) == kept


def test_freight_that_no_load_has_is_refused_with_what_is_known(draft):
    sheet = "origin,destination,basis,rate,equipment,shipment type\n604,431,flat,9,balloon,air\n"

    assert wrong(send(draft, sheet)) == [
        ("E2", "one of VAN53, REEFER53, FLATBED, CONTAINER, OTHER"),
        ("F2", "one of TRUCKLOAD, LTL, INTERMODAL, DRAYAGE"),
    ]


def test_a_number_format_that_shows_a_percent_sign_as_text_is_no_share(draft):
    book = Workbook()
    sheet: Any = book.active
    sheet.append(["Origin", "Destination", "Basis", "Rate", "Discount"])
    for row, shown_as in enumerate(['0.00"%"', "0.00\\%", "0.00%", '0.00" off"%'], start=2):
        sheet.append([600 + row, 431, "flat", 9, 0.5])
        sheet.cell(row, 5).number_format = shown_as

    apply(send(draft, saved(book)))

    told = draft.lanes.order_by("origin_value").values_list("discount_percent", flat=True)
    assert [float(share) for share in told] == [0.5, 0.5, 50, 50]


@pytest.mark.parametrize(("decimal", "rate"), [(".", "1.2500"), (",", "1250.0000")])
def test_a_point_that_may_stand_between_thousands_is_asked_about(draft, decimal, rate):
    batch = send(draft, HEAD + "604,431,flat,1.250\n605,431,flat,2.150\n")

    assert batch.status == "ASKING"
    assert "1.250 in D2" in batch.questions[0]["text"]
    answer_import(batch, options={"decimal": decimal}, by=DRAFTER, at=NOW)
    read_import(batch, at=NOW)
    apply(batch)
    assert lanes_of(draft)[0][3] == rate


@pytest.mark.parametrize("other", ["2.15", "0.250", "1.2500"])
def test_a_number_that_can_only_have_a_fraction_tells_of_the_others(draft, other):
    apply(send(draft, HEAD + f"604,431,flat,1.250\n605,431,flat,{other}\n"))

    assert lanes_of(draft)[0][3] == "1.2500"


@pytest.mark.parametrize(("answer", "told"), [("share", [15, 7.5]), ("points", [0.15, 0.075])])
def test_discounts_that_are_all_below_one_are_asked_about(draft, answer, told):
    sheet = "origin,destination,basis,rate,discount\n604,431,flat,9.5,0.15\n605,431,flat,9,.075\n"
    batch = send(draft, sheet + "606,431,flat,9,0\n")

    assert batch.status == "ASKING"
    assert [question["name"] for question in batch.questions] == ["discount"]
    assert "0.15 in E2" in batch.questions[0]["text"]
    answer_import(batch, options={"discount": answer}, by=DRAFTER, at=NOW)
    read_import(batch, at=NOW)
    apply(batch)
    kept = draft.lanes.order_by("origin_value").values_list("discount_percent", flat=True)
    assert [float(share) for share in kept] == [*told, 0]


@pytest.mark.parametrize("other", ["12", "0.15 %"])
def test_discounts_are_percent_points_where_one_of_them_says_so(draft, other):
    sheet = "origin,destination,basis,rate,discount\n604,431,flat,9.5,0.15\n605,431,flat,9.5,"

    apply(send(draft, f"{sheet}{other}\n"))

    assert draft.lanes.get(origin_value="604").discount_percent == Decimal("0.15")


@pytest.mark.parametrize(
    ("place", "wanted"),
    [
        ("XX", "a state of the US or a province of Canada, not XX"),
        ('"Nowhere, ZZ"', "a state of the US or a province of Canada, not ZZ"),
        ('"IL, OH"', "one state, or a city with its state, not IL, OH"),
        ("CA:IL", "a state or province of CA, not IL"),
        ("state US:ON", "a state or province of US, not ON"),
        ("state CA:ZZ", "a state of the US or a province of Canada, not ZZ"),
    ],
)
def test_a_state_that_there_is_not_is_refused(draft, place, wanted):
    assert wrong(send(draft, f"{HEAD}{place},431,flat,9\n")) == [("A2", wanted)]


def test_a_province_lies_in_canada_and_a_state_in_the_us_whatever_the_sheet_is_of(draft):
    sheet = HEAD + 'ON,IL,flat,9\n"Toronto, ON","Joliet, IL",flat,8\nMX:BC,CA:QC,flat,7\n'

    for country in ("US", "CA"):
        apply(send(draft, sheet, country=country))
        lanes = draft.lanes.order_by("-rate").values_list("origin_country", "destination_country")
        assert list(lanes) == [("CA", "US"), ("CA", "US"), ("MX", "CA")]


@pytest.mark.parametrize("heading", ["Origin ZIP", "Shipper Zip Code", "Origin ZIP5"])
def test_a_column_of_zips_wants_five_digits(draft, heading):
    sheet = f"{heading},destination,basis,rate\n601,431,flat,9\n60436,431,flat,9\n"

    assert wrong(send(draft, sheet)) == [
        ("A2", "a ZIP with five digits (00601?), or a heading that says ZIP3")
    ]


def test_a_column_of_zip3s_takes_three_digits(draft):
    apply(send(draft, "Origin ZIP3,destination,basis,rate\n601,431,flat,9\n"))

    assert lanes_of(draft)[0][0] == "601"


def test_a_break_in_one_cell_that_may_have_a_fraction_is_asked_about(draft):
    batch = send(draft, "origin,destination,breaks\n604,431,0: 1.250; 500: 1.125\n")

    assert "1.250 in C2" in batch.questions[0]["text"]
