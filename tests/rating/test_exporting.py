"""Export gives back what import takes, to the last digit, whatever a card holds."""

import csv
from dataclasses import replace
from decimal import Decimal
from io import BytesIO, StringIO
from itertools import islice

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from dispatch.models import Load
from dispatch.rules.places import ZONE_OF_PROVINCE, ZONE_OF_STATE
from rating.engine.book import LaneRow, WeightBreak, Zone
from rating.engine.choices import Basis, PlaceKind
from rating.engine.places import ANYWHERE, Place
from rating.operations.carding import create_card
from rating.operations.exporting import csv_bytes, xlsx_file
from rating.queries.books import whole_book
from rating.queries.exports import NoGrid, grid_rows, list_rows
from tests.rating.engine.building import LANES
from tests.rating.importing.sending import apply, send
from tests.rating.making import DRAFTER, NOW, drafted
from tests.rating.rich import rich_rows

pytestmark = pytest.mark.django_db
ZONES = (
    Zone(name="MW", members=frozenset({Place.parse("IL")})),
    Zone(name="604-606", members=frozenset({Place.parse("IN")})),
    Zone(name="WEST", members=frozenset({Place.parse("CA")}), is_region=True),
)
PLACES = st.one_of(
    st.just(ANYWHERE),
    st.sampled_from(["MW", "604-606"]).map(Place.zone),
    st.just(Place.region("WEST")),
    st.from_regex(r"[0-9]{5}", fullmatch=True).map(Place.postal),
    st.from_regex(r"[0-9]{3}", fullmatch=True).map(Place.postal3),
    st.sampled_from(sorted(ZONE_OF_STATE)).map(Place.state),
    st.sampled_from(sorted(ZONE_OF_PROVINCE)).map(lambda code: Place.state(code, "CA")),
    st.from_regex(r"[A-Z]{2}", fullmatch=True).map(Place.of_country),
    st.builds(Place.state, st.from_regex(r"[A-Z]{2,3}", fullmatch=True), st.just("DE")),
    st.builds(
        Place,
        st.sampled_from([PlaceKind.POSTAL, PlaceKind.POSTAL3]),
        st.from_regex(r"[A-Z0-9]{2,7}", fullmatch=True),
        st.sampled_from(["CA", "MX", "GB"]),
    ),
    st.builds(
        Place.state,
        st.from_regex(r"[A-Z0-9]{2,7}", fullmatch=True),
        st.sampled_from(["MX", "GB"]),
    ),
    st.builds(Place.city, st.sampled_from(["Saint Louis", "O'Fallon", "=cmd", "-Ash", "Köln, alt"]),
              st.sampled_from(["MO", "IL"])),
    st.from_regex(r"[A-Z0-9]{1,8}", fullmatch=True).map(Place.location),
)  # fmt: skip
RATES = st.decimals(0, 99999, places=6)
MONEY = st.decimals(0, 9999, places=4)
WORDS = st.sampled_from(["", "VAN53", "=SUM(A1)", "'quoted", "+1", "Fish; fresh", 'a "b", c'])
BREAKS = st.lists(
    st.builds(
        WeightBreak,
        from_weight_lb=st.sampled_from([Decimal(0), Decimal(500), Decimal("1000.5")]),
        freight_class=st.sampled_from(["", "70", "92.5"]),
        rate=RATES,
    ),
    max_size=4,
    unique_by=lambda each: (each.freight_class, each.from_weight_lb),
)


@st.composite
def lanes(draw: st.DrawFn) -> LaneRow:
    minimum = draw(st.none() | MONEY)
    breaks = draw(BREAKS)
    return LaneRow(
        row=1,
        origin=draw(PLACES),
        destination=draw(PLACES),
        basis=Basis.PER_CWT if breaks else draw(st.sampled_from([Basis.FLAT, Basis.PER_MILE])),
        rate=draw(RATES),
        minimum=minimum,
        maximum=draw(st.none() | MONEY.map(lambda more: more + (minimum or 0))),
        discount_percent=draw(st.none() | st.decimals(0, 99, places=4)),
        equipment=draw(st.sampled_from(["", *Load.Equipment.values])),
        commodity=draw(WORDS),
        priority=draw(st.integers(-9, 9)),
        cost_floor=draw(st.none() | RATES),
        breaks=tuple(breaks),
    )


def scope(lane: LaneRow) -> tuple[object, ...]:
    return lane.origin, lane.destination, lane.equipment, lane.commodity, lane.shipment_type


def csv_of(version) -> bytes:
    return b"".join(csv_bytes(list_rows(version)))


def xlsx_of(version, rows=list_rows) -> bytes:
    with xlsx_file(rows(version), title="Lanes: 2027") as file:
        return file.read()


@pytest.mark.parametrize("export", [csv_of, xlsx_of])
@settings(
    max_examples=15,
    phases=[Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(rows=st.lists(lanes(), min_size=1, max_size=8, unique_by=scope))
def test_an_export_imported_again_changes_nothing_and_makes_the_same_card(export, rows):
    numbered = tuple(replace(lane, row=row) for row, lane in enumerate(rows, start=1))
    card = create_card(name=f"Card {id(rows)} {export}", currency="USD", by=DRAFTER, at=NOW)
    first = drafted(card, lanes=numbered, zones=ZONES)
    blank = drafted(card, lanes=(), zones=ZONES)

    file = export(first)

    counts = send(first, file, decimal=".", discount="points").counts
    assert (counts["unchanged"], counts["new"], counts["changed"]) == (len(rows), 0, 0)
    apply(send(blank, file, decimal=".", discount="points"))
    assert whole_book(blank).lanes == whole_book(first).lanes
    first.delete()
    blank.delete()
    card.delete()


def test_a_grid_goes_out_and_comes_back():
    rows = tuple(
        LaneRow(row=row, origin=Place.parse(origin), destination=Place.parse(destination),
                basis=Basis.PER_MILE, rate=Decimal(rate))
        for row, (origin, destination, rate) in enumerate(
            [("604", "431", "2.42"), ("604", "OH", "2.52"), ("605", "OH", "2.60")], start=1)
    )  # fmt: skip
    draft = drafted(lanes=rows)

    batch = send(draft, xlsx_of(draft, grid_rows), basis="PER_MILE")
    assert (batch.layout, batch.counts["unchanged"]) == ("GRID", 3)
    batch = send(draft, b"".join(csv_bytes(grid_rows(draft))), basis="PER_MILE")
    assert (batch.layout, batch.counts["unchanged"], batch.counts["removed"]) == ("GRID", 3, 0)


@pytest.mark.parametrize("lane", [LANES[0], rich_rows()["lanes"][-1]])
def test_lanes_with_more_than_a_rate_are_no_grid(lane):
    draft = drafted(**(rich_rows() | {"lanes": (lane,)}))

    with pytest.raises(NoGrid):
        grid_rows(draft)


def test_a_formula_in_a_name_is_text_in_both_files():
    draft = drafted(lanes=(replace(LANES[0], commodity="=HYPERLINK(1)"),))

    (_, line) = csv.reader(StringIO(csv_of(draft).decode("utf-8-sig")))
    cells = list(load_workbook(BytesIO(xlsx_of(draft))).active)[1]

    assert "'=HYPERLINK(1)" in line
    assert ("'=HYPERLINK(1)", "s") in [(cell.value, cell.data_type) for cell in cells]


def test_breaks_that_are_too_many_for_columns_stand_in_one_cell(monkeypatch):
    monkeypatch.setattr("rating.queries.exports.MOST_BREAK_COLUMNS", 1)
    draft = drafted(**rich_rows())

    batch = send(draft, csv_of(draft))

    assert next(iter(list_rows(draft)))[-1] == "breaks"
    assert batch.counts["unchanged"] == 3


def test_an_export_reads_block_by_block(monkeypatch, django_assert_num_queries):
    monkeypatch.setattr("rating.queries.exports.BLOCK", 1)
    lines = list_rows(drafted())

    with django_assert_num_queries(3):
        assert len(list(islice(lines, 2))) == 2
