"""The tax of lines: where freight is supplied, what that makes of it, and to the cent."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rating.engine.tax import mirrored, split, tax_load
from rating.engine.tax_facts import (
    Buyer,
    Certificate,
    Registration,
    Seller,
    Spot,
    Taxable,
    TaxAnswer,
    TaxCategory,
    TaxFacts,
    TaxRate,
    VatCheck,
    from_json,
    to_json,
)
from tests.rating.engine.trying import TRIED

S, Z, E, AE, O = TaxCategory  # noqa: E741  the codes as they are printed
ON_FILE = "2020-01-01"


def row(place: str, code: str, rate: str, *, since: str = ON_FILE, **more: Any) -> TaxRate:
    area = "EU" if len(place) == 2 else place[:2]
    scheme = {"HST": "GST/HST", "GST": "GST/HST"}.get(code, code)
    until = more.pop("until", None)
    return TaxRate(
        jurisdiction=place,
        area=area,
        scheme=scheme,
        code=code,
        name=f"{code} {place[-2:]}",
        rate=Decimal(rate),
        effective_from=date.fromisoformat(since),
        effective_to=date.fromisoformat(until) if until else None,
        **more,
    )


BOOK = (
    row("CA-ON", "HST", "13", source="CRA"),
    row("CA-NS", "HST", "15", until="2025-03-31"),
    row("CA-NS", "HST", "14", since="2025-04-01"),
    row("CA-AB", "GST", "5"),
    row("CA-MB", "GST", "5"),
    row("CA-QC", "GST", "5"),
    row("CA-QC", "QST", "9.975", is_within_only=True),
    row("NL", "VAT", "21"),
    row("BE", "VAT", "21"),
    row("IT", "VAT", "22"),
    row("DE", "VAT", "19"),
)
GST = Registration(scheme="GST/HST", jurisdiction="CA", number="123456789 RT0001")
QST = Registration(scheme="QST", jurisdiction="CA-QC", number="1234567890 TQ0001")
VAT = Registration(scheme="VAT", jurisdiction="NL", number="NL001234567B01")
CANADIAN = Seller(country="CA", name="Maple Freight", registrations=(GST, QST))
AMERICAN = Seller(country="US", name="Cedar Ridge")
DUTCH = Seller(country="NL", name="Waal Transport", registrations=(VAT,))
BELGIAN = Buyer(country="BE", name="Brabant", vat_id="BE0123456749")


def spot(place: str, sequence: int = 1, weight: int | None = None) -> Spot:
    country, _, region = place.partition("-")
    pounds = None if weight is None else Decimal(weight)
    return Spot(sequence=sequence, country=country, region=region, weight_lb=pounds)


def facts(
    route: str, seller: Seller = CANADIAN, buyer: Buyer | None = None, **more: Any
) -> TaxFacts:
    """A linehaul of 1,000.00 over `route`: "CA-MB CA-ON:300 CA-QC:100", weights behind colons."""
    first, *others = route.split()
    ends = (each.partition(":") for each in others)
    known: dict[str, Any] = {
        "load": "104882",
        "currency": "CAD",
        "seller": seller,
        "buyer": buyer or Buyer(country=seller.country),
        "origin": spot(first),
        "destinations": tuple(
            spot(place, n, int(weight) if weight else None)
            for n, (place, _, weight) in enumerate(ends, start=2)
        ),
        "delivered_on": date(2026, 11, 19),
        "invoiced_on": date(2026, 11, 20),
        "lines": (Taxable(key="LHS", amount=Decimal("1000.00")),),
        "rates": BOOK,
    }
    return TaxFacts(**(known | more))


def told(answer: TaxAnswer) -> list[tuple[str, str, str, str]]:
    """Category, name, base and tax of each part."""
    assert answer.problems == ()
    return [
        (part.category.value, part.name, str(part.base), str(part.amount))
        for line in answer.lines
        for part in line.parts
    ]


def refused(answer: TaxAnswer) -> list[tuple[str, str]]:
    assert answer.lines == ()
    return [(problem.code, problem.message) for problem in answer.problems]


@pytest.mark.parametrize(
    ("route", "expected"),
    [
        ("CA-MB CA-ON", [("S", "HST ON", "1000.00", "130.00")]),
        ("CA-ON CA-NS", [("S", "HST NS", "1000.00", "140.00")]),
        ("CA-ON CA-AB", [("S", "GST AB", "1000.00", "50.00")]),
        ("CA-QC CA-QC", [("S", "GST QC", "1000.00", "50.00"), ("S", "QST QC", "1000.00", "99.75")]),
        ("CA-ON CA-QC", [("S", "GST QC", "1000.00", "50.00")]),
        ("CA-QC CA-ON", [("S", "HST ON", "1000.00", "130.00")]),
        ("CA-ON US-NY", [("Z", "Zero-rated", "1000.00", "0.00")]),
        ("US-NY CA-ON", [("Z", "Zero-rated", "1000.00", "0.00")]),
    ],
)
def test_in_canada_the_province_where_freight_ends_decides(route, expected):
    assert told(tax_load(facts(route))) == expected


def test_the_rate_of_a_province_is_that_of_the_day_of_the_document():
    before = replace(facts("CA-ON CA-NS"), invoiced_on=date(2025, 3, 31))

    assert told(tax_load(before)) == [("S", "HST NS", "1000.00", "150.00")]


def test_inside_the_united_states_nothing_is_taxed_and_no_row_is_needed():
    answer = tax_load(facts("US-IL US-IN US-OH", AMERICAN, rates=()))

    assert told(answer) == [("O", "Not taxed", "1000.00", "0.00")]
    assert (answer.amount, answer.notes) == (Decimal("0.00"), ())


def test_a_state_that_does_tax_carriage_has_a_row_that_says_so():
    tax = row("US-NM", "GRT", "5")
    number = Registration(scheme="GRT", jurisdiction="US-NM", number="03-1")
    seller = replace(AMERICAN, registrations=(number,))

    assert told(tax_load(facts("US-TX US-NM", seller, rates=(tax,)))) == [
        ("S", "GRT NM", "1000.00", "50.00")
    ]
    assert told(tax_load(facts("US-TX US-OH", seller, rates=(tax,))))[0][0] == "O"


def test_a_row_for_the_whole_country_counts_where_a_part_has_none():
    tax = replace(row("CA-AB", "GST", "5"), jurisdiction="CA", name="GST")

    assert told(tax_load(facts("CA-ON CA-YT", rates=(tax,))))[0][1] == "GST"


def test_who_is_registered_at_neither_end_of_an_international_load_is_out_of_scope():
    assert told(tax_load(facts("US-IL CA-ON", AMERICAN)))[0][0] == "O"


def test_a_carrier_that_sells_the_carriage_on_is_zero_rated():
    answer = tax_load(facts("CA-MB CA-ON", buyer=Buyer(country="CA", is_carrier=True)))

    assert told(answer) == [("Z", "Zero-rated", "1000.00", "0.00")]
    assert "interlined" in answer.notes[0]


@pytest.mark.parametrize(
    ("jurisdiction", "until", "expected"),
    [
        ("CA-ON", None, "E"),
        ("CA", "2026-11-20", "E"),
        ("CA", "2026-11-19", "S"),
        ("CA-O", None, "S"),
    ],
)
def test_a_certificate_exempts_where_and_while_it_is_valid(jurisdiction, until, expected):
    certificate = Certificate(
        jurisdiction=jurisdiction,
        number="X-7",
        valid_from=date(2026, 1, 1),
        valid_to=date.fromisoformat(until) if until else None,
    )

    answer = tax_load(facts("CA-MB CA-ON", buyer=Buyer(country="CA", certificates=(certificate,))))

    assert told(answer)[0][0] == expected
    assert answer.notes == (("Exempt by certificate X-7.",) if expected == "E" else ())


def test_a_certificate_of_tomorrow_exempts_nothing_today():
    certificate = Certificate(jurisdiction="CA", number="1", valid_from=date(2026, 11, 21))
    buyer = Buyer(country="CA", certificates=(certificate,))

    assert told(tax_load(facts("CA-MB CA-ON", buyer=buyer)))[0][0] == "S"


def test_several_provinces_share_a_line_by_delivered_weight():
    assert told(tax_load(facts("CA-MB CA-ON:200 CA-QC:100"))) == [
        ("S", "HST ON", "666.67", "86.67"),
        ("S", "GST QC", "333.33", "16.67"),
    ]


def test_two_stops_in_one_province_are_one_supply_and_need_no_weight():
    assert told(tax_load(facts("CA-MB CA-ON CA-ON"))) == [("S", "HST ON", "1000.00", "130.00")]


def test_what_goes_on_across_the_border_is_zero_rated_for_its_share():
    answer = tax_load(facts("CA-MB CA-ON:100 US-NY:300"))

    assert told(answer) == [
        ("S", "HST ON", "250.00", "32.50"),
        ("Z", "Zero-rated", "750.00", "0.00"),
    ]


def test_where_nothing_is_charged_no_weight_is_asked_for():
    assert told(tax_load(facts("US-IL US-OH CA-ON", AMERICAN)))[0][0] == "O"


def test_a_charge_at_one_destination_belongs_to_it_alone():
    detention = Taxable(key="DET", amount=Decimal("75.00"), stop_sequence=3, is_accessorial=True)

    answer = tax_load(facts("CA-MB CA-ON:200 CA-QC:100", lines=(detention,)))

    assert told(answer) == [("S", "GST QC", "75.00", "3.75")]
    assert answer.lines[0].steps[0].text == "Incident to the freight: taxed as the freight is"


def test_a_charge_at_the_pickup_is_shared_as_the_linehaul_is():
    detention = Taxable(key="DET", amount=Decimal("75.00"), stop_sequence=1)

    answer = tax_load(facts("CA-MB CA-ON:200 CA-QC:100", lines=(detention,)))

    assert [part.base for part in answer.lines[0].parts] == [Decimal("50.00"), Decimal("25.00")]


@pytest.mark.parametrize(
    ("seller", "buyer", "route", "expected"),
    [
        (DUTCH, BELGIAN, "IT DE", ("AE", "Reverse charge")),
        (DUTCH, BELGIAN, "IT US-NY", ("AE", "Reverse charge")),
        (DUTCH, Buyer(country="NL"), "IT DE", ("S", "VAT NL")),
        (DUTCH, Buyer(country="NL"), "NL US-NY", ("Z", "Zero-rated")),
        (DUTCH, Buyer(country="US"), "IT DE", ("O", "Not taxed")),
        (AMERICAN, BELGIAN, "IT DE", ("AE", "Reverse charge")),
        (DUTCH, Buyer(country="BE", is_business=False), "NL DE", ("S", "VAT NL")),
        (DUTCH, Buyer(country="BE", is_business=False), "NL US-NY", ("Z", "Zero-rated")),
    ],
)
def test_in_the_union_a_business_is_supplied_where_it_is_established(
    seller, buyer, route, expected
):
    assert told(tax_load(facts(route, seller, buyer)))[0][:2] == expected


def test_the_reverse_charge_names_the_vat_id_the_check_and_the_law():
    checked = replace(BELGIAN, vat_check=VatCheck.VALID, vat_checked_on=date(2026, 11, 2))

    answer = tax_load(facts("IT DE", DUTCH, checked))

    steps = {step.text: step.value for step in answer.lines[0].steps}
    assert steps["Customer's VAT id BE0123456749"] == "VIES valid on 2026-11-02"
    assert "articles 44 and 196" in answer.notes[0]
    unchecked = tax_load(facts("IT DE", DUTCH, BELGIAN)).lines[0].steps
    assert "not checked" in {step.value for step in unchecked}


def test_vat_goes_by_the_day_of_delivery_or_of_the_document_where_nothing_moved():
    old, new = (
        row("NL", "VAT", "19", until="2026-11-19"),
        row("NL", "VAT", "21", since="2026-11-20"),
    )
    domestic = facts("NL NL", DUTCH, rates=(old, new))

    assert told(tax_load(domestic))[0][3] == "190.00"
    assert told(tax_load(replace(domestic, delivered_on=None)))[0][3] == "210.00"


def test_a_consumer_elsewhere_is_charged_by_a_seller_registered_for_the_whole_union():
    one_stop = Registration(scheme="VAT", jurisdiction="EU", number="EU-OSS-1")
    consumer = Buyer(country="BE", is_business=False)

    registered = replace(DUTCH, registrations=(one_stop,))
    assert told(tax_load(facts("IT DE", registered, consumer)))[0][1] == "VAT IT"
    assert refused(tax_load(facts("IT DE", DUTCH, consumer)))[0][0] == "tax_registration_missing"


@pytest.mark.parametrize(
    ("changed", "code", "message"),
    [
        (facts("CA-MB CA-YT"), "no_tax_rate", "No tax rate is on file for CA-YT on 2026-11-20"),
        (
            facts("CA-ON CA-NS", rates=BOOK[1:2]),
            "no_tax_rate",
            "No tax rate is on file for HST in CA-NS on 2026-11-20",
        ),
        (facts("MX-NLE MX-CMX"), "no_tax_rate", "No tax rate is on file for MX-CMX on 2026-11-20"),
        (facts("MX-NLE GT"), "no_tax_rule", "No tax rule is on file for MX to GT"),
        (facts("CA-MB CA"), "tax_fact_missing", "Stop 2 names no state or province"),
        (
            facts("CA-MB CA-ON CA-QC:1"),
            "tax_fact_missing",
            "Stop 2 has no delivered weight to share the tax by",
        ),
        (
            facts("CA-MB CA-ON", AMERICAN),
            "tax_registration_missing",
            "Cedar Ridge has no GST/HST registration, and HST ON is owed",
        ),
        (
            facts("IT DE", DUTCH, replace(BELGIAN, vat_id="")),
            "vat_id_missing",
            "Brabant has no VAT id for the reverse charge",
        ),
        (
            facts("IT DE", DUTCH, replace(BELGIAN, vat_check=VatCheck.INVALID)),
            "vat_id_invalid",
            "Brabant has a VAT id that VIES does not know: BE0123456749",
        ),
        (
            facts("IT DE", DUTCH, Buyer(country="")),
            "tax_fact_missing",
            "The customer has no country of establishment on file",
        ),
        (facts("IT DE", DUTCH, rates=()), "no_tax_rule", "No tax rule is on file for IT to DE"),
        (
            facts("CA-MB", destinations=()),
            "tax_fact_missing",
            "The load has no place of origin or destination",
        ),
        (
            facts("CA-MB CA-ON", origin=None),
            "tax_fact_missing",
            "The load has no place of origin or destination",
        ),
    ],
)
def test_what_cannot_be_told_is_a_problem_and_never_nothing(changed, code, message):
    assert refused(tax_load(changed)) == [(code, message)]


def test_a_problem_of_two_stops_is_told_once_and_of_two_kinds_twice():
    assert len(tax_load(facts("CA-MB CA-YT CA-YT")).problems) == 1
    assert len(tax_load(facts("CA-MB CA-YT CA-NU")).problems) == 2


def test_a_tax_that_ended_without_another_in_its_place_is_missed():
    ended = row("CA-QC", "QST", "9.975", until="2026-06-30", is_within_only=True)
    rates = (row("CA-QC", "GST", "5"), ended)

    assert refused(tax_load(facts("CA-QC CA-QC", rates=rates))) == [
        ("no_tax_rate", "No tax rate is on file for QST in CA-QC on 2026-11-20")
    ]


def test_a_tax_that_another_replaced_is_not_missed():
    replaced = (
        row("CA-PE", "GST", "5", until="2026-06-30"),
        row("CA-PE", "HST", "15", since="2026-07-01"),
    )

    assert told(tax_load(facts("CA-ON CA-PE", rates=replaced)))[0][1] == "HST PE"


def test_every_line_says_where_why_by_which_row_and_how_much():
    answer = tax_load(facts("CA-MB CA-ON"))

    assert [(step.text, step.value) for step in answer.lines[0].steps] == [
        ("Place of supply: where the freight ends", "CA-ON"),
        ("Carried inside the country", "CA-MB to CA-ON"),
        ("HST ON, in force from 2020-01-01 (CRA)", "13 %"),
        ("13 % of CA$1,000.00", "CA$130.00"),
        ("Tax", "CA$130.00"),
    ]


def test_a_row_that_ends_says_when_and_one_that_is_kept_off_says_why():
    dated = replace(facts("CA-ON CA-NS"), invoiced_on=date(2025, 1, 1))
    inbound = tax_load(facts("CA-ON CA-QC")).lines[0].steps

    assert "HST NS, in force from 2020-01-01 to 2025-03-31" in {
        step.text for step in tax_load(dated).lines[0].steps
    }
    assert "QST QC counts only for freight from CA-QC as well" in {step.text for step in inbound}


def test_a_share_says_its_weight_and_its_part():
    steps = tax_load(facts("CA-MB CA-ON:200 CA-QC:100")).lines[0].steps

    assert ("Share of CA-QC, 100 lb delivered", "CA$333.33") in {(s.text, s.value) for s in steps}
    assert steps[-1].value == "CA$103.34"


def test_stored_facts_give_the_same_tax_again():
    stored = facts("CA-MB CA-ON:200 CA-QC:100", buyer=BELGIAN)

    assert from_json(to_json(stored)) == stored
    assert tax_load(from_json(to_json(stored))) == tax_load(stored)


CENTS = st.decimals(min_value=-100_000, max_value=100_000, places=2)
WEIGHTS = st.lists(st.integers(1, 45_000).map(Decimal), min_size=1, max_size=5)


@TRIED
@given(amount=CENTS, weights=WEIGHTS)
def test_shares_add_up_to_the_line_and_stay_within_a_cent_of_their_weight(amount, weights):
    parts = split(amount, weights, "CAD")

    assert sum(parts) == amount
    cent, total = Decimal("0.01"), sum(weights)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - amount * weight / total) <= cent * len(weights)


def test_the_remaining_cent_goes_to_the_heaviest_the_first_of_equals():
    third = [Decimal(1), Decimal(1), Decimal(1)]

    assert split(Decimal("100.00"), third, "CAD")[0] == Decimal("33.34")
    assert split(Decimal("0.01"), [Decimal(1), Decimal(2), Decimal(3)], "CAD")[2] == Decimal("0.01")


@TRIED
@given(amount=CENTS)
def test_the_tax_of_a_mirrored_line_is_exactly_the_negative(amount):
    there = facts("CA-QC CA-QC:200 CA-ON:100", lines=(Taxable(key="1", amount=amount),))
    back = replace(there, lines=(Taxable(key="1", amount=-amount),))

    (line,), (again,) = tax_load(there).lines, tax_load(back).lines

    assert mirrored(line).parts == again.parts
    assert line.amount + again.amount == 0
    assert sum(part.base for part in line.parts if part.code != "QST") == amount
