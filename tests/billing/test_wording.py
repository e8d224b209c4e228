"""Figures, days and clocks read as a person in an accounts department writes them."""

from datetime import date
from decimal import Decimal

import msgspec
import pytest

from billing.rules import wording
from billing.rules.snapshot import Attachments, Stop, StopKind
from tests.billing.snapshots import EASTERN, line, local


@pytest.mark.parametrize(
    ("value", "currency", "text"),
    [
        ("4864.17", "USD", "4,864.17"),
        ("4864.1", "USD", "4,864.10"),
        ("-112.50", "USD", "-112.50"),
        ("-0.00", "USD", "0.00"),
        ("0.005", "USD", "0.005"),
        ("1E+3", "USD", "1,000.00"),
        ("1250000", "JPY", "1,250,000"),
        ("12.5", "KWD", "12.500"),
        ("123456789012.34", "CAD", "123,456,789,012.34"),
    ],
)
def test_an_amount_has_the_decimals_of_its_currency_and_is_never_rounded(value, currency, text):
    assert wording.amount(Decimal(value), currency=currency) == text


@pytest.mark.parametrize(
    ("quantity", "text"),
    [
        ("377.0000 mi", "377 mi"),
        ("1.2500 h", "1.25 h"),
        ("2.0000 h", "2.00 h"),
        ("-1.5 h", "-1.50 h"),
        ("384.2 cwt", "384.2 cwt"),
        ("1.0000", "1"),
        ("1 load", "1 load"),
        ("3.0000 stop", "3 stops"),
        ("2 night", "2 nights"),
        ("1248 pc", "1,248 pc"),
        ("1200 USD", "1,200.00"),
    ],
)
def test_a_quantity_carries_its_unit_and_no_idle_zeros(quantity: str, text: str):
    charge = line("Any", "", quantity, "1", "1")

    assert wording.line_quantity(charge, currency="USD") == text


@pytest.mark.parametrize(
    ("unit", "rate", "text"),
    [
        ("mi", "2.42", "2.4200"),
        ("mi", "0.46125", "0.46125"),
        ("h", "75.0000", "75.00"),
        ("", "285", "285.00"),
        ("cwt", "12.855", "12.855"),
        ("USD", "0.1850", "18.50%"),
        ("USD", "0.32855", "32.855%"),
    ],
)
def test_a_rate_shows_the_decimals_of_its_trade(unit: str, rate: str, text: str):
    charge = line("Any", "", f"1 {unit}".strip(), rate, "1")

    assert wording.line_rate(charge, currency="USD") == text


def test_a_line_without_a_rate_shows_none():
    charge = msgspec.structs.replace(line("Any", "", "1", "1", "1"), rate=None)

    assert wording.line_rate(charge, currency="USD") == ""


def test_a_day_is_written_month_first():
    assert wording.day(date(2026, 11, 5)) == "Nov 5, 2026"


def dock(**clocks: str) -> Stop:
    return Stop(
        sequence=2,
        kind=StopKind.STOP_OFF,
        name="Lakeshore Grocers RDC",
        city="Indianapolis",
        state="IN",
        postal_code="46241",
        country="US",
        timezone=EASTERN,
        **{name: local(text, EASTERN) for name, text in clocks.items()},  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("opens", "closes", "text"),
    [
        ("2026-10-21 14:00", "2026-10-21 14:00", "Oct 21 14:00"),
        ("2026-10-21 07:00", "2026-10-21 08:00", "Oct 21 07:00 – 08:00"),
        ("2026-10-21 22:00", "2026-10-22 02:00", "Oct 21 22:00 – Oct 22 02:00"),
        ("2025-12-31 22:00", "2025-12-31 23:00", "Dec 31, 2025 22:00 – 23:00"),
    ],
)
def test_an_appointment_is_the_window_on_the_clocks_of_the_dock(opens, closes, text):
    stop = dock(appointment_from=opens, appointment_to=closes)

    assert wording.appointment(stop, year=2026) == text


def test_an_appointment_follows_the_zone_through_the_night_the_clocks_change():
    stop = dock(appointment_from="2026-11-01 00:30", appointment_to="2026-11-01 03:30")

    assert wording.appointment(stop, year=2026) == "Nov 1 00:30 – 03:30"


def test_a_window_with_one_end_is_a_point_in_time():
    assert wording.appointment(dock(appointment_to="2026-10-21 14:00"), year=2026) == "Oct 21 14:00"


def test_first_come_first_served_is_said():
    stop = dock(appointment_from="2026-10-21 07:00", appointment_to="2026-10-21 15:00")
    stop = msgspec.structs.replace(stop, is_fcfs=True)

    assert wording.appointment(stop, year=2026) == "Oct 21 07:00 – 15:00 FCFS"


def test_without_an_appointment_the_day_of_arrival_is_shown():
    assert wording.appointment(dock(arrived_at="2026-10-21 13:48"), year=2026) == "Oct 21, none set"
    assert wording.appointment(dock(), year=2026) == "None set"


def test_a_clock_says_when_it_is_another_day_than_the_appointment():
    stop = dock(
        appointment_from="2026-10-21 22:00",
        arrived_at="2026-10-20 23:50",
        departed_at="2026-10-22 00:40",
    )

    assert wording.clock(stop.arrived_at, stop=stop) == "23:50 -1"
    assert wording.clock(stop.departed_at, stop=stop) == "00:40 +1"
    assert wording.clock(None, stop=stop) == "–"


def test_a_place_names_what_is_known_and_the_country_only_abroad():
    stop = dock()

    assert wording.place(stop) == "Lakeshore Grocers RDC, Indianapolis, IN 46241"
    bare = msgspec.structs.replace(stop, state="", postal_code="", country="DE")
    assert wording.place(bare) == "Lakeshore Grocers RDC, Indianapolis, DE"


def test_attached_papers_are_counted_in_words_of_the_trade():
    papers = [
        Attachments(kind="POD", count=1),
        Attachments(kind="LUMPER_RECEIPT", count=2),
        Attachments(kind="SCALE_TICKET", count=0),
        Attachments(kind="OTHER", count=1),
    ]

    assert wording.attached(papers) == "Attached: 1 signed POD, 2 lumper receipts, 1 document."
    assert wording.attached([]) == ""


def test_a_long_text_is_cut_with_an_ellipsis():
    assert wording.shortened("Prairie Foods", to=13) == "Prairie Foods"
    assert wording.shortened("Prairie Foods", to=9) == "Prairie…"
