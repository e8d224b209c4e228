"""Taxes: decided at readiness, written at issue, mirrored by a credit."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.db.models import F

from accounts.operations.taxing import save_tax_profile
from billing.models import Invoice, InvoiceLine, InvoiceLineTax, LegalEntity, TaxRecord
from billing.operations.charging import add_charge, approve_charge
from billing.operations.crediting import credit_invoice
from billing.operations.invoicing import issue_invoice
from billing.operations.readiness import evaluate_load
from billing.operations.supplementing import NotSupplementable, bill_difference
from billing.rules.snapshot import from_data, notes_of
from dispatch.models import Load
from exceptions.models import Case
from rating.engine.storing import from_plain, to_plain
from rating.engine.tax import tax_load
from rating.engine.tax_facts import TaxFacts, TaxRate
from rating.models import TaxRate as TaxRateRow
from rating.operations.taxing import record_rate
from tests.factories.billing import a_customer, found_carrier, publish_card
from tests.factories.taxes import (
    GST_NUMBER,
    QST_NUMBER,
    put_rates_on_file,
    register_in_canada,
    routed_load,
)

pytestmark = pytest.mark.django_db

BY, RULE = "user:7", "rule:readiness"
ZERO = Decimal(0)
NEW_RATE = TaxRate(
    jurisdiction="CA-ON",
    area="CA",
    scheme="GST/HST",
    code="HST",
    name="HST ON",
    rate=Decimal(14),
    effective_from=date(2026, 11, 20),
    source="A gazette",
)


@pytest.fixture
def carrier() -> LegalEntity:
    """A carrier that is registered in Canada and has the published rates on file."""
    entity = found_carrier()
    publish_card(currency="CAD")
    register_in_canada(entity)
    put_rates_on_file()
    return entity


@pytest.fixture
def issue(now):
    """Evaluate a load and bill it."""

    def issue_load(load):
        return issue_invoice(evaluate_load(load.pk, by=RULE, at=now), by=BY, at=now)

    return issue_load


def taxes_of(invoice) -> list[tuple[Any, ...]]:
    rows = InvoiceLineTax.objects.filter(line__invoice=invoice).order_by("line", "position")
    return [(row.name, row.rate, row.base_amount, row.tax_amount) for row in rows]


@pytest.fixture
def canadian():
    """A customer that is billed in Canadian dollars."""
    return a_customer(name="Maple Mills", country="CA", currency="CAD")


def test_a_load_to_ontario_is_billed_with_hst(carrier, canadian, issue) -> None:
    invoice = issue(routed_load("CA-MB", "CA-ON", customer=canadian, currency="CAD"))

    line = InvoiceLine.objects.get(invoice=invoice)
    assert (invoice.net_amount, invoice.tax_amount, invoice.total_amount) == (
        Decimal("1000.00"), Decimal("130.00"), Decimal("1130.00"),
    )  # fmt: skip
    assert (line.tax_category, line.tax_rate, line.tax_amount) == (
        "S", Decimal(13), Decimal("130.00"),
    )  # fmt: skip
    assert taxes_of(invoice) == [("HST ON", 13, Decimal("1000.00"), Decimal("130.00"))]


def test_the_document_prints_each_tax_with_its_base_and_the_sellers_numbers(
    carrier, canadian, issue
) -> None:
    invoice = issue(routed_load("CA-QC", "CA-QC", customer=canadian, currency="CAD"))

    shown = from_data(invoice.snapshot)
    assert [(each.code, each.rate, each.base, each.amount) for each in shown.totals.taxes] == [
        ("GST", 5, Decimal("1000.00"), Decimal("50.00")),
        ("QST", Decimal("9.9750"), Decimal("1000.00"), Decimal("99.75")),
    ]
    assert {(each.label, each.value) for each in shown.entity.tax_ids} >= {
        ("GST/HST", GST_NUMBER), ("QST", QST_NUMBER),
    }  # fmt: skip
    (line,) = shown.loads[0].lines
    assert (line.tax_code, line.tax_rate) == ("GST + QST", Decimal("14.9750"))


def test_two_provinces_share_a_line_by_the_weight_they_received(carrier, canadian, issue) -> None:
    load = routed_load(
        "CA-MB", "CA-ON", "CA-QC", weights=(20_000, 10_000), customer=canadian, currency="CAD"
    )

    invoice = issue(load)

    assert taxes_of(invoice) == [
        ("HST ON", 13, Decimal("666.67"), Decimal("86.67")),
        ("GST", 5, Decimal("333.33"), Decimal("16.67")),
    ]
    assert invoice.lines.get().tax_rate is None
    assert invoice.tax_amount == Decimal("103.34")


def test_carriage_inside_the_united_states_stays_outside_any_tax(carrier, now, issue) -> None:
    publish_card(name="South of the border", customer=(customer := a_customer()))

    invoice = issue(routed_load("US-IL", "US-OH", customer=customer))

    line = InvoiceLine.objects.get(invoice=invoice)
    assert (line.tax_category, line.tax_rate, line.tax_amount) == ("O", ZERO, ZERO)
    assert (taxes_of(invoice), invoice.tax_amount) == ([], ZERO)
    shown = from_data(invoice.snapshot)
    assert [each.label for each in shown.entity.tax_ids] == ["EIN"]
    assert "taxes" not in invoice.snapshot["loads"][0]["lines"][0]


def test_a_credit_note_gives_back_exactly_the_tax_it_takes_back(
    carrier, canadian, issue, now
) -> None:
    load = routed_load(
        "CA-MB", "CA-ON", "CA-QC", weights=(20_000, 10_000), customer=canadian, currency="CAD"
    )
    invoice = issue(load)

    credit = credit_invoice(invoice, reason="Wrong lane", by=BY, at=now)

    assert credit.tax_amount == -invoice.tax_amount
    assert taxes_of(credit) == [(n, r, -base, -tax) for n, r, base, tax in taxes_of(invoice)]
    assert not TaxRecord.objects.filter(invoice=credit).exists()


def test_a_charge_by_hand_is_taxed_as_the_freight_is(carrier, canadian, issue, now) -> None:
    load = routed_load("CA-MB", "CA-ON", customer=canadian, currency="CAD")
    evaluate_load(load.pk, by=RULE, at=now)
    charge = add_charge(
        load, code="ADJ", description="Adjustment", quantity=Decimal(1), rate=Decimal("10.04"),
        reason="Agreed", by="user:1", at=now,
    )  # fmt: skip
    approve_charge(charge, by="user:2", at=now)

    invoice = issue(load)

    assert taxes_of(invoice)[1] == ("HST ON", 13, Decimal("10.04"), Decimal("1.31"))
    assert invoice.tax_amount == Decimal("131.31")


def test_what_a_tax_was_decided_on_decides_it_again(carrier, canadian, issue) -> None:
    invoice = issue(routed_load("CA-ON", "CA-NS", customer=canadian, currency="CAD"))

    record = TaxRecord.objects.get(invoice=invoice)
    again = tax_load(from_plain(TaxFacts, record.facts))
    assert to_plain(again.lines) == record.lines
    assert again.amount == invoice.tax_amount == Decimal("140.00")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        ("no rates", "No tax rule is on file"),
        ("no number", "Cedar Ridge Freight has no GST/HST registration, and HST ON is owed"),
    ],
)
def test_a_tax_that_cannot_be_told_blocks_the_load_and_is_a_case(
    canadian, now, spoil, words
) -> None:
    entity = found_carrier()
    publish_card(currency="CAD")
    if spoil == "no rates":
        register_in_canada(entity)
        words = "No tax rate is on file for CA-ON on 2026-11-19"
    else:
        put_rates_on_file()

    billing = evaluate_load(
        routed_load("CA-MB", "CA-ON", customer=canadian, currency="CAD").pk, by=RULE, at=now
    )

    case = Case.objects.get(kind="tax_problem")
    assert billing.status == "BLOCKED"
    assert words in case.detail["message"]
    assert (case.owner_group, case.load_id) == ("billing manager", billing.load_id)


def test_a_number_that_comes_lets_the_load_go_on(canadian, now, drain) -> None:
    entity = found_carrier()
    publish_card(currency="CAD")
    put_rates_on_file()
    load = routed_load("CA-MB", "CA-ON", customer=canadian, currency="CAD")
    billing = evaluate_load(load.pk, by=RULE, at=now)

    register_in_canada(entity)
    drain()

    billing.refresh_from_db()
    assert billing.status == "INVOICED"
    assert not Case.objects.filter(kind="tax_problem", status="OPEN").exists()


@pytest.fixture
def dutch_carrier() -> LegalEntity:
    """A carrier of the Netherlands, in euros."""
    entity = found_carrier(timezone="Europe/Amsterdam")
    entity.country, entity.tax_number, entity.currency = "NL", "NL001234567B01", "EUR"
    entity.save()
    publish_card(currency="EUR")
    put_rates_on_file()
    return entity


def test_a_belgian_business_owes_the_vat_itself(dutch_carrier, now, issue) -> None:
    customer = a_customer(name="Brabant Foods", country="BE", currency="EUR")
    save_tax_profile(customer, country="BE", vat_id="BE 0123456749", by=BY, at=now)

    invoice = issue(routed_load("IT", "DE", customer=customer, currency="EUR"))

    shown = from_data(invoice.snapshot)
    assert invoice.lines.get().tax_category == "AE"
    assert taxes_of(invoice) == [("Reverse charge", 0, Decimal("1000.00"), 0)]
    assert [(each.label, each.value) for each in shown.bill_to.tax_ids] == [("VAT", "BE0123456749")]
    assert "Reverse charge: VAT is owed by the recipient" in notes_of(shown)[0]
    assert shown.entity.tax_ids[0].label == "VAT"


def test_a_missing_vat_id_blocks_and_its_coming_lets_the_load_go_on(
    dutch_carrier, now, drain
) -> None:
    customer = a_customer(name="Brabant Foods", country="BE", currency="EUR")
    load = routed_load("IT", "DE", customer=customer, currency="EUR")
    billing = evaluate_load(load.pk, by=RULE, at=now)
    case = Case.objects.get(kind="tax_problem")
    assert case.detail["message"] == "Brabant Foods has no VAT id for the reverse charge."

    save_tax_profile(customer, country="BE", vat_id="BE0123456749", by=BY, at=now)
    drain()

    billing.refresh_from_db()
    assert billing.status == "INVOICED"


@pytest.fixture
def billed_before(canadian, now, issue) -> Load:
    """A load to Ontario, with an hour of detention, billed on the last day of its tax rate."""
    register_in_canada(found_carrier())
    publish_card(currency="CAD")
    put_rates_on_file()
    TaxRateRow.objects.filter(jurisdiction="CA-ON").update(effective_to=now.date())
    load = routed_load("CA-MB", "CA-ON", customer=canadian, currency="CAD", wait_hours=3)
    issue(load)
    record_rate(NEW_RATE, by=BY, at=now)
    return load


def bill_what_differs(load: Load, hours: dict[int, float], *, at: datetime) -> Invoice:
    """Tell how long the truck stood at each stop, and bill the difference."""
    for sequence, waited in hours.items():
        load.stops.filter(sequence=sequence).update(
            departed_at=F("arrived_at") + timedelta(hours=waited)
        )
    evaluate_load(load.pk, by=RULE, at=at)
    shown = Case.objects.get(kind="late_change", status="OPEN").detail["lines"]
    return bill_difference(load.pk, shown=shown, reason="Late clock", by=BY, at=at)


@pytest.mark.parametrize(("hours", "expected"), [(2.5, "13.0000"), (4, "14.0000")])
def test_what_is_returned_is_taxed_as_it_was_billed_and_what_is_added_as_of_now(
    billed_before, now, hours, expected
) -> None:
    document = bill_what_differs(billed_before, {2: hours}, at=now + timedelta(days=1))

    (tax,) = InvoiceLineTax.objects.filter(line__invoice=document)
    assert str(tax.rate) == expected


def test_one_document_does_not_return_at_one_rate_and_add_at_another(billed_before, now) -> None:
    later = now + timedelta(days=1)
    refused = pytest.raises(NotSupplementable, match="Credit that invoice and bill again")
    with refused, transaction.atomic():
        bill_what_differs(billed_before, {1: 5, 2: 2.5}, at=later)

    document = bill_what_differs(billed_before, {1: 5, 2: 2.5}, at=now)

    assert list(document.lines.order_by("pk").values_list("code", "amount")) == [
        ("DET", Decimal("225.00")), ("DET", Decimal("-37.50")),
    ]  # fmt: skip
    assert document.tax_amount == Decimal("29.25") - Decimal("4.88")
