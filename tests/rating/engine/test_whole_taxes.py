"""Every word of a tax, as page, PDF, API and audit share it: steps, parts, notes, problems.

`test_tax.py` asks what is owed; here nothing that is told about it can change without being seen.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from rating.engine.storing import to_plain
from rating.engine.tax import tax_load
from rating.engine.tax_facts import Buyer, Certificate, Taxable, TaxFacts, VatCheck
from tests.rating.engine.test_tax import AMERICAN, BELGIAN, BOOK, DUTCH, facts

CERTIFICATE = Certificate(jurisdiction="CA-ON", number="E-77", valid_from=date(2026, 1, 1))
CONSUMER = Buyer(country="NL", is_business=False)
DETENTION = Taxable(key="DET", amount=Decimal("100.00"), stop_sequence=2, is_accessorial=True)


def told(asked: TaxFacts) -> dict[str, Any]:
    """The one line, with what is printed for the whole document."""
    answer = tax_load(asked)
    (line,) = answer.lines
    return {
        "steps": [(step.text, step.value) for step in line.steps],
        "parts": [
            (part.jurisdiction, part.category.value, part.code, part.name, str(part.rate))
            for part in line.parts
        ],
        "notes": list(answer.notes),
    }


def test_carriage_inside_a_province_is_told_in_full():
    assert told(facts("CA-QC CA-QC")) == {
        "steps": [
            ("Place of supply: where the freight ends", "CA-QC"),
            ("Carried inside the country", "CA-QC to CA-QC"),
            ("GST QC, in force from 2020-01-01", "5 %"),
            ("5 % of CA$1,000.00", "CA$50.00"),
            ("QST QC, in force from 2020-01-01", "9.975 %"),
            ("9.975 % of CA$1,000.00", "CA$99.75"),
            ("Tax", "CA$149.75"),
        ],
        "parts": [("CA-QC", "S", "GST", "GST QC", "5"), ("CA-QC", "S", "QST", "QST QC", "9.975")],
        "notes": [],
    }


def test_freight_into_quebec_is_told_in_full():
    assert told(facts("CA-ON CA-QC")) == {
        "steps": [
            ("Place of supply: where the freight ends", "CA-QC"),
            ("Carried inside the country", "CA-ON to CA-QC"),
            ("QST QC counts only for freight from CA-QC as well", "no"),
            ("GST QC, in force from 2020-01-01", "5 %"),
            ("5 % of CA$1,000.00", "CA$50.00"),
            ("Tax", "CA$50.00"),
        ],
        "parts": [("CA-QC", "S", "GST", "GST QC", "5")],
        "notes": [],
    }


def test_carriage_inside_the_united_states_is_told_in_full():
    assert told(facts("US-IL US-OH", AMERICAN, rates=())) == {
        "steps": [
            ("Place of supply: where the freight ends", "US-OH"),
            ("Carried inside the country", "US-IL to US-OH"),
            ("For-hire carriage is not taxed (34 TAC 3.303(b) and the like)", "O"),
            ("Not taxed, on CA$1,000.00", "CA$0.00"),
            ("Tax", "CA$0.00"),
        ],
        "parts": [("US-OH", "O", "O", "Not taxed", "0")],
        "notes": [],
    }


def test_interlined_freight_is_told_in_full():
    assert told(facts("CA-MB CA-ON", buyer=Buyer(country="CA", is_carrier=True))) == {
        "steps": [
            ("Place of supply: where the freight ends", "CA-ON"),
            ("Carried inside the country", "CA-MB to CA-ON"),
            ("The customer is a carrier: interlined freight", "0 %"),
            ("Zero-rated, on CA$1,000.00", "CA$0.00"),
            ("Tax", "CA$0.00"),
        ],
        "parts": [("CA-ON", "Z", "Z", "Zero-rated", "0")],
        "notes": [
            "Zero-rated: interlined with another carrier (Excise Tax Act, schedule VI, part VII)."
        ],
    }


def test_international_freight_is_told_in_full():
    assert told(facts("CA-ON US-OH")) == {
        "steps": [
            ("Place of supply: where the freight ends", "US-OH"),
            ("Crosses a border", "CA-ON to US-OH"),
            ("International freight is zero-rated", "0 %"),
            ("Zero-rated, on CA$1,000.00", "CA$0.00"),
            ("Tax", "CA$0.00"),
        ],
        "parts": [("US-OH", "Z", "Z", "Zero-rated", "0")],
        "notes": ["Zero-rated: international freight (Excise Tax Act, schedule VI, part VII)."],
    }


def test_a_seller_registered_at_neither_end_is_told_in_full():
    assert told(facts("US-IL CA-ON", AMERICAN)) == {
        "steps": [
            ("Place of supply: where the freight ends", "CA-ON"),
            ("Crosses a border", "US-IL to CA-ON"),
            ("The seller is registered at neither end", "O"),
            ("Not taxed, on CA$1,000.00", "CA$0.00"),
            ("Tax", "CA$0.00"),
        ],
        "parts": [("CA-ON", "O", "O", "Not taxed", "0")],
        "notes": [],
    }


def test_a_domestic_customer_in_the_union_is_told_in_full():
    assert told(facts("DE IT", DUTCH, Buyer(country="NL"))) == {
        "steps": [
            ("Place of supply: where the customer is established", "NL"),
            ("VAT NL, in force from 2020-01-01", "21 %"),
            ("21 % of CA$1,000.00", "CA$210.00"),
            ("Tax", "CA$210.00"),
        ],
        "parts": [("NL", "S", "VAT", "VAT NL", "21")],
        "notes": [],
    }


def test_a_reverse_charge_is_told_in_full():
    assert told(
        facts(
            "IT DE",
            DUTCH,
            replace(BELGIAN, vat_check=VatCheck.VALID, vat_checked_on=date(2026, 11, 1)),
        )
    ) == {
        "steps": [
            ("Place of supply: where the customer is established", "BE"),
            ("The carrier is established in another state", "NL"),
            ("Customer's VAT id BE0123456749", "VIES valid on 2026-11-01"),
            ("Reverse charge: the customer owes the VAT", "AE"),
            ("Reverse charge, on CA$1,000.00", "CA$0.00"),
            ("Tax", "CA$0.00"),
        ],
        "parts": [("BE", "AE", "AE", "Reverse charge", "0")],
        "notes": [
            "Reverse charge: VAT is owed by the recipient (Directive 2006/112/EC, "
            "articles 44 and 196)."
        ],
    }


def test_an_unchecked_reverse_charge_is_told_in_full():
    assert told(facts("IT DE", DUTCH, BELGIAN)) == {
        "steps": [
            ("Place of supply: where the customer is established", "BE"),
            ("The carrier is established in another state", "NL"),
            ("Customer's VAT id BE0123456749", "not checked"),
            ("Reverse charge: the customer owes the VAT", "AE"),
            ("Reverse charge, on CA$1,000.00", "CA$0.00"),
            ("Tax", "CA$0.00"),
        ],
        "parts": [("BE", "AE", "AE", "Reverse charge", "0")],
        "notes": [
            "Reverse charge: VAT is owed by the recipient (Directive 2006/112/EC, "
            "articles 44 and 196)."
        ],
    }


def test_a_customer_outside_the_union_is_told_in_full():
    assert told(facts("IT DE", DUTCH, Buyer(country="US"))) == {
        "steps": [
            ("Place of supply: where the customer is established", "US"),
            ("Outside the Union (article 44)", "O"),
            ("Not taxed, on CA$1,000.00", "CA$0.00"),
            ("Tax", "CA$0.00"),
        ],
        "parts": [("US", "O", "O", "Not taxed", "0")],
        "notes": [],
    }


def test_carriage_linked_to_an_export_is_told_in_full():
    assert told(facts("NL US-NY", DUTCH, Buyer(country="NL"))) == {
        "steps": [
            ("Place of supply: where the customer is established", "NL"),
            ("Linked to export or import", "0 %"),
            ("Zero-rated, on CA$1,000.00", "CA$0.00"),
            ("Tax", "CA$0.00"),
        ],
        "parts": [("NL", "Z", "Z", "Zero-rated", "0")],
        "notes": [
            "Zero-rated: carriage linked to export or import (Directive 2006/112/EC, "
            "articles 146(1)(e) and 144)."
        ],
    }


def test_a_consumer_is_told_in_full():
    assert told(facts("NL DE", DUTCH, CONSUMER)) == {
        "steps": [
            ("Place of supply: where a consumer's freight departs", "NL"),
            ("VAT NL, in force from 2020-01-01", "21 %"),
            ("21 % of CA$1,000.00", "CA$210.00"),
            ("Tax", "CA$210.00"),
        ],
        "parts": [("NL", "S", "VAT", "VAT NL", "21")],
        "notes": [],
    }


def test_a_consumers_export_is_told_in_full():
    assert told(facts("NL US-NY", DUTCH, CONSUMER)) == {
        "steps": [
            ("Place of supply: where a consumer's freight departs", "NL"),
            ("Linked to export or import", "0 %"),
            ("Zero-rated, on CA$1,000.00", "CA$0.00"),
            ("Tax", "CA$0.00"),
        ],
        "parts": [("NL", "Z", "Z", "Zero-rated", "0")],
        "notes": [
            "Zero-rated: carriage linked to export or import (Directive 2006/112/EC, "
            "articles 146(1)(e) and 144)."
        ],
    }


def test_a_certificate_is_told_in_full():
    assert told(facts("CA-MB CA-ON", buyer=Buyer(country="CA", certificates=(CERTIFICATE,)))) == {
        "steps": [
            ("Place of supply: where the freight ends", "CA-ON"),
            ("Carried inside the country", "CA-MB to CA-ON"),
            ("Exempt by certificate E-77", "E"),
            ("Exempt, on CA$1,000.00", "CA$0.00"),
            ("Tax", "CA$0.00"),
        ],
        "parts": [("CA-ON", "E", "E", "Exempt", "0")],
        "notes": ["Exempt by certificate E-77."],
    }


def test_a_line_shared_by_weight_is_told_in_full():
    assert told(facts("CA-MB CA-ON:200 CA-QC:100")) == {
        "steps": [
            ("Share of CA-ON, 200 lb delivered", "CA$666.67"),
            ("Place of supply: where the freight ends", "CA-ON"),
            ("Carried inside the country", "CA-MB to CA-ON"),
            ("HST ON, in force from 2020-01-01 (CRA)", "13 %"),
            ("13 % of CA$666.67", "CA$86.67"),
            ("Share of CA-QC, 100 lb delivered", "CA$333.33"),
            ("Place of supply: where the freight ends", "CA-QC"),
            ("Carried inside the country", "CA-MB to CA-QC"),
            ("QST QC counts only for freight from CA-QC as well", "no"),
            ("GST QC, in force from 2020-01-01", "5 %"),
            ("5 % of CA$333.33", "CA$16.67"),
            ("Tax", "CA$103.34"),
        ],
        "parts": [("CA-ON", "S", "HST", "HST ON", "13"), ("CA-QC", "S", "GST", "GST QC", "5")],
        "notes": [],
    }


def test_an_accessorial_at_one_stop_is_told_in_full():
    assert told(facts("CA-MB CA-ON:200 CA-QC:100", lines=(DETENTION,))) == {
        "steps": [
            ("Incident to the freight: taxed as the freight is", "follows"),
            ("Place of supply: where the freight ends", "CA-ON"),
            ("Carried inside the country", "CA-MB to CA-ON"),
            ("HST ON, in force from 2020-01-01 (CRA)", "13 %"),
            ("13 % of CA$100.00", "CA$13.00"),
            ("Tax", "CA$13.00"),
        ],
        "parts": [("CA-ON", "S", "HST", "HST ON", "13")],
        "notes": [],
    }


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        (
            facts("CA-MB CA-ON", origin=None),
            {
                "code": "tax_fact_missing",
                "message": "The load has no place of origin or destination",
                "subject_key": "tax:route",
            },
        ),
        (
            facts("MX-NLE GT"),
            {
                "code": "no_tax_rule",
                "message": "No tax rule is on file for MX to GT",
                "subject_key": "tax_rule:MX:GT",
            },
        ),
        (
            facts("CA-MB CA"),
            {
                "code": "tax_fact_missing",
                "message": "Stop 2 names no state or province",
                "subject_key": "tax:stop:2",
                "stop_sequence": 2,
            },
        ),
        (
            facts("IT DE", DUTCH, Buyer(country="")),
            {
                "code": "tax_fact_missing",
                "message": "The customer has no country of establishment on file",
                "subject_key": "tax:customer",
            },
        ),
        (
            facts("IT DE", DUTCH, replace(BELGIAN, vat_id="")),
            {
                "code": "vat_id_missing",
                "message": "Brabant has no VAT id for the reverse charge",
                "subject_key": "tax:customer",
            },
        ),
        (
            facts("IT DE", DUTCH, replace(BELGIAN, vat_check=VatCheck.INVALID)),
            {
                "code": "vat_id_invalid",
                "message": "Brabant has a VAT id that VIES does not know: BE0123456749",
                "subject_key": "tax:customer",
            },
        ),
        (
            facts("CA-MB CA-YT"),
            {
                "code": "no_tax_rate",
                "message": "No tax rate is on file for CA-YT on 2026-11-20",
                "subject_key": "tax_rate:CA-YT",
            },
        ),
        (
            facts("CA-ON CA-NS", rates=BOOK[1:2]),
            {
                "code": "no_tax_rate",
                "message": "No tax rate is on file for HST in CA-NS on 2026-11-20",
                "subject_key": "tax_rate:CA-NS",
            },
        ),
        (
            facts("CA-MB CA-ON", replace(AMERICAN, name="")),
            {
                "code": "tax_registration_missing",
                "message": "The seller has no GST/HST registration, and HST ON is owed",
                "subject_key": "tax:registration:GST/HST",
            },
        ),
        (
            facts("CA-MB CA-ON CA-QC:1"),
            {
                "code": "tax_fact_missing",
                "message": "Stop 2 has no delivered weight to share the tax by",
                "subject_key": "tax:weight:stop:2",
                "stop_sequence": 2,
            },
        ),
    ],
)
def test_a_problem_is_told_in_full(asked: TaxFacts, problem: dict[str, Any]):
    assert to_plain(tax_load(asked).problems) == [problem]
