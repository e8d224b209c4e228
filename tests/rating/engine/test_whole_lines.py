"""Every field of each kind of line, as page, PDF, API and audit share it.

Other tests look at one thing; here nothing of a line can change without being seen.
"""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from rating.engine import storing
from rating.engine.book import LaneRow, RateBook, WeightBreak
from rating.engine.choices import Basis
from rating.engine.facts import LoadFacts, Receipt, Service
from rating.engine.rate import rate
from tests.rating.engine.building import BOOK, LOAD, LUMPER, STOP_OFF, TONU, clock, only
from tests.rating.engine.test_accessorials import HAZMAT, LAYOVER, NIGHTS

WEIGHED = LaneRow(
    row=7,
    basis=Basis.PER_CWT,
    breaks=(
        WeightBreak(from_weight_lb=Decimal(1), rate=Decimal("14.38")),
        WeightBreak(from_weight_lb=Decimal(500), rate=Decimal("10.29")),
    ),
)
SHARED = {"currency": "USD", "version_label": "Prairie Foods Reefer v6"}


def lane(**terms: Any) -> RateBook:
    """The book with one flat lane of 1,000.00, and nothing else."""
    flat = LaneRow(row=7, basis=Basis.FLAT, rate=Decimal(1000))
    return replace(only(BOOK), lanes=(replace(flat, **terms),))


def printed(facts: LoadFacts, book: RateBook, code: str) -> dict[str, Any]:
    """The one line of `code`, without what all lines of the card share."""
    (line,) = (line for line in rate(facts, book).lines if line.code == code)
    plain = storing.to_plain(line)
    assert SHARED.items() <= plain.items()
    return {field: value for field, value in plain.items() if field not in SHARED}


def test_linehaul_by_the_mile_is_told_in_full():
    facts = LOAD

    assert printed(facts, replace(BOOK, lanes=BOOK.lanes[:1]), "LHS") == {
        "code": "LHS",
        "description": "Linehaul",
        "summary": "604 to 431",
        "basis": "PER_MILE",
        "quantity": "377",
        "unit": "mi",
        "rate": "2.42",
        "amount": "912.34",
        "rule": "lane 1",
        "steps": [
            {"text": "Lane 604 to 431", "value": "lane 1"},
            {"text": "377 mi × $2.42 per mi", "value": "$912.34"},
            {"text": "Not under the minimum $850.00", "value": "no change"},
            {"text": "Amount", "value": "$912.34"},
        ],
        "evidence": [
            {"kind": "date", "text": "Picked up Nov 18", "source": "departed stop 1"},
            {"kind": "miles", "text": "377 mi", "source": "PC*MILER 37 practical"},
        ],
    }


def test_freight_billed_at_a_higher_weight_is_told_in_full():
    facts = replace(LOAD, weight_lb=Decimal(450))

    assert printed(facts, replace(only(BOOK), lanes=(WEIGHED,)), "LHS") == {
        "code": "LHS",
        "description": "Linehaul",
        "summary": "anywhere to anywhere",
        "basis": "PER_CWT",
        "quantity": "4.5",
        "unit": "cwt",
        "rate": "10.29",
        "amount": "46.31",
        "rule": "lane 7",
        "steps": [
            {"text": "Lane anywhere to anywhere", "value": "lane 7"},
            {"text": "4.5 cwt × $10.29 per cwt", "value": "$46.31"},
            {"text": "Amount", "value": "$46.31"},
        ],
        "evidence": [{"kind": "date", "text": "Picked up Nov 18", "source": "departed stop 1"}],
    }


def test_deficit_weight_is_told_in_full():
    facts = replace(LOAD, weight_lb=Decimal(450))

    assert printed(facts, replace(only(BOOK), lanes=(WEIGHED,)), "DAA") == {
        "code": "DAA",
        "description": "Deficit weight",
        "summary": "anywhere to anywhere",
        "basis": "PER_CWT",
        "quantity": "0.5",
        "unit": "cwt",
        "rate": "10.29",
        "amount": "5.14",
        "rule": "lane 7",
        "steps": [
            {
                "text": "Cheaper as 500 lb: 50 lb deficit at $10.29 per cwt",
                "value": "$51.45 in all",
            },
            {"text": "Amount", "value": "$5.14"},
        ],
        "evidence": [{"kind": "date", "text": "Picked up Nov 18", "source": "departed stop 1"}],
    }


def test_a_discount_is_told_in_full():
    facts = LOAD

    assert printed(facts, lane(discount_percent=Decimal(5)), "DSC") == {
        "code": "DSC",
        "description": "Discount 5 %",
        "summary": "anywhere to anywhere",
        "basis": "PERCENT",
        "quantity": "1000.00",
        "unit": "USD",
        "rate": "-0.05",
        "amount": "-50.00",
        "rule": "lane 7",
        "steps": [
            {"text": "-5 % of $1,000.00", "value": "-$50.00"},
            {"text": "Amount", "value": "-$50.00"},
        ],
        "evidence": [{"kind": "date", "text": "Picked up Nov 18", "source": "departed stop 1"}],
    }


def test_a_minimum_is_told_in_full():
    facts = LOAD

    assert printed(facts, lane(minimum=Decimal(1200)), "LHS") == {
        "code": "LHS",
        "description": "Linehaul",
        "summary": "anywhere to anywhere",
        "basis": "MINIMUM",
        "quantity": "1",
        "unit": "charge",
        "rate": "1200.00",
        "amount": "1200.00",
        "rule": "lane 7",
        "steps": [
            {"text": "Lane anywhere to anywhere", "value": "lane 7"},
            {"text": "$1,000.00 flat", "value": "$1,000.00"},
            {"text": "Minimum charge applies instead", "value": "$1,200.00"},
            {"text": "Amount", "value": "$1,200.00"},
        ],
        "evidence": [{"kind": "date", "text": "Picked up Nov 18", "source": "departed stop 1"}],
    }


def test_a_maximum_is_told_in_full():
    facts = LOAD

    assert printed(facts, lane(maximum=Decimal(900), discount_percent=Decimal(5)), "LHS") == {
        "code": "LHS",
        "description": "Linehaul",
        "summary": "anywhere to anywhere",
        "basis": "MAXIMUM",
        "quantity": "1",
        "unit": "charge",
        "rate": "900.00",
        "amount": "900.00",
        "rule": "lane 7",
        "steps": [
            {"text": "Lane anywhere to anywhere", "value": "lane 7"},
            {"text": "$1,000.00 flat", "value": "$1,000.00"},
            {"text": "-5 % of $1,000.00", "value": "-$50.00"},
            {"text": "Maximum charge applies instead", "value": "$900.00"},
            {"text": "Amount", "value": "$900.00"},
        ],
        "evidence": [{"kind": "date", "text": "Picked up Nov 18", "source": "departed stop 1"}],
    }


def test_fuel_is_told_in_full():
    facts = LOAD

    assert printed(facts, BOOK, "FUE") == {
        "code": "FUE",
        "description": "Fuel surcharge",
        "summary": "EIA Midwest 3.742, Nov 16",
        "basis": "PER_MILE",
        "quantity": "377",
        "unit": "mi",
        "rate": "0.46",
        "amount": "173.42",
        "rule": "Midwest per mile",
        "steps": [
            {"text": "EIA Midwest of Nov 16", "value": "3.742"},
            {"text": "In force from Nov 17", "value": "Midwest per mile"},
            {"text": "3.742 is in 3.700 – 3.749", "value": "0.46 per mile"},
            {"text": "377 mi × $0.46 per mi", "value": "$173.42"},
            {"text": "Amount", "value": "$173.42"},
        ],
        "evidence": [
            {
                "kind": "index",
                "text": "EIA Midwest 3.742 for 2026-11-16",
                "reference": "index:EIA-MW:2026-11-16",
            }
        ],
    }


def test_a_recorded_service_is_told_in_full():
    facts = replace(LOAD, services=(Service(code="UNKNOWN"), NIGHTS))

    assert printed(facts, only(BOOK, LAYOVER), "LAY") == {
        "code": "LAY",
        "description": "Layover, stop 3",
        "summary": "2 nights",
        "basis": "PER_UNIT",
        "quantity": "2",
        "unit": "night",
        "rate": "300",
        "amount": "600.00",
        "rule": "LAY-1",
        "stop_sequence": 3,
        "steps": [
            {"text": "Recorded: Layover", "value": "2 nights"},
            {"text": "2 nights × $300.00 per night", "value": "$600.00"},
            {"text": "Amount", "value": "$600.00"},
        ],
        "evidence": [
            {
                "kind": "service",
                "text": "LAYOVER, 2 nights",
                "source": "dispatcher",
                "reference": "milestone:91",
            }
        ],
    }


def test_a_surcharge_of_every_load_is_told_in_full():
    facts = LOAD

    assert printed(facts, only(BOOK, HAZMAT), "HAZ") == {
        "code": "HAZ",
        "description": "Hazmat",
        "summary": "Hazmat",
        "basis": "FLAT",
        "quantity": "1",
        "unit": "charge",
        "rate": "150",
        "amount": "150.00",
        "rule": "HAZ-1",
        "steps": [
            {"text": "$150.00 flat", "value": "$150.00"},
            {"text": "Amount", "value": "$150.00"},
        ],
    }


def test_an_extra_stop_is_told_in_full():
    facts = LOAD

    assert printed(facts, only(BOOK, STOP_OFF), "SOC") == {
        "code": "SOC",
        "description": "Stop-off, stop 2",
        "summary": "Stop 1 beyond 2",
        "basis": "PER_STOP",
        "quantity": "1",
        "unit": "stop",
        "rate": "75",
        "amount": "75.00",
        "rule": "STOP-1",
        "stop_sequence": 2,
        "steps": [
            {"text": "Stops beyond the 2 included", "value": "no. 1"},
            {"text": "1 stop × $75.00 per stop", "value": "$75.00"},
            {"text": "Amount", "value": "$75.00"},
        ],
        "evidence": [{"kind": "stop", "text": "2 Lakeshore Grocers RDC Indianapolis"}],
    }


def test_a_receipt_is_told_in_full():
    facts = replace(LOAD, receipts=(Receipt(kind="OTHER"), *LOAD.receipts))

    assert printed(facts, only(BOOK, LUMPER), "LUM") == {
        "code": "LUM",
        "description": "Lumper, stop 3",
        "summary": "Receipt 5519, at cost",
        "basis": "PASS_THROUGH",
        "quantity": "1",
        "unit": "receipt",
        "rate": "285.00",
        "amount": "285.00",
        "rule": "LUMP-1",
        "stop_sequence": 3,
        "steps": [
            {"text": "Receipt 5519", "value": "$285.00"},
            {"text": "Amount", "value": "$285.00"},
        ],
        "evidence": [
            {"kind": "receipt", "text": "Receipt 5519, $285.00", "reference": "document:12"}
        ],
    }


def test_a_truck_not_used_is_told_in_full():
    facts = replace(LOAD, truck_not_used=clock("2026-11-18T12:00", "TMS"))

    assert printed(facts, only(BOOK, TONU), "TONU") == {
        "code": "TONU",
        "description": "Truck ordered, not used",
        "summary": "Truck ordered and not used",
        "basis": "FLAT",
        "quantity": "1",
        "unit": "charge",
        "rate": "250",
        "amount": "250.00",
        "rule": "TONU-2",
        "steps": [
            {"text": "Truck ordered and not used", "value": "Nov 18 06:00 CST"},
            {"text": "$250.00 flat", "value": "$250.00"},
            {"text": "Amount", "value": "$250.00"},
        ],
        "evidence": [
            {
                "kind": "clock",
                "text": "Truck ordered and not used, Nov 18 06:00 CST",
                "source": "TMS",
                "at": "2026-11-18T12:00:00Z",
            }
        ],
    }
