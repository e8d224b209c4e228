"""Every field of every settings page does something, and each says by which test that is known.

A setting that is stored and read by nothing is worse than none. EFFECTS names a test for each
field; `test_every_field_names_a_test_of_its_effect` fails for a field without one, and for a test
that is not there.
"""

import json
from datetime import date
from decimal import Decimal
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pytest
from django import forms
from django.test import Client

from billing.models import Invoice, LoadBilling, ReadinessPolicy
from billing.operations.charging import add_charge
from billing.operations.readiness import evaluate_load
from dispatch.models import Load, Stop
from dispatch.operations.planning import create_load
from integrations.adapters import unpack
from integrations.events import Page
from integrations.models import InboxMessage, Source
from integrations.operations.connecting import create_source
from integrations.operations.polling import due_sources, poll_source
from integrations.operations.receiving import receive_many
from integrations.operations.sending import invoice_body
from tests.dispatch.plans import plan, stop
from tests.factories import CustomerFactory, interchanges
from tests.factories.billing import delivered_load, found_carrier, publish_card
from tests.factories.doors import push
from tests.factories.exceptions import CaseFactory
from tests.factories.taxes import put_rates_on_file, routed_load
from tests.integrations.conftest import tell_load
from tests.web.settings.browsing import save
from web.desk import settings as pages
from web.desk.settings.policy_forms import SOFT_RULES

pytestmark = pytest.mark.django_db

HERE = "tests.web.settings.test_effects"
CUSTOMERS, POLICIES = "tests.web.settings.test_customers", "tests.web.settings.test_policies"
PEOPLE, KEYS = "tests.web.settings.test_people", "tests.web.settings.test_keys"
SOURCES, UNDERSTOOD = "tests.web.settings.test_sources", "tests.integrations.test_understanding"
LETTERS = "tests.integrations.test_enclosing"
FACTORS = "tests.web.test_second_factor"

NEXT_INVOICE = f"{HERE}.test_the_next_invoice_prints_what_was_saved"
NEXT_LOAD = f"{HERE}.test_the_next_load_has_currency_and_zone_of_the_terms"
TAXED = f"{HERE}.test_the_tax_profile_decides_the_tax"
RULED = f"{HERE}.test_an_ignored_rule_asks_for_nothing_and_a_blocking_one_blocks"
UNSEEN = f"{CUSTOMERS}.test_a_second_clerk_sees_who_changed_it_and_loses_nothing"
INVITED = f"{PEOPLE}.test_an_invited_person_chooses_a_password_by_the_link_and_works"
PARTNER = f"{SOURCES}.test_a_partner_is_added_with_what_is_agreed_and_changed"
CONNECTED = f"{SOURCES}.test_a_connected_system_gets_a_secret_that_is_shown_once_and_opens_its_door"
POLLED = f"{HERE}.test_a_feed_is_polled_with_its_token"
SENDER = f"{HERE}.test_an_interchange_is_taken_from_the_senders_that_stand_there"

TERMS = {
    "seen": UNSEEN,
    "status": f"{HERE}.test_a_customer_on_hold_is_not_billed_and_is_when_active_again",
    "name": f"{HERE}.test_the_erp_is_told_the_name",
    "bill_to_name": NEXT_INVOICE,
    "bill_to_lines": NEXT_INVOICE,
    "email": f"{LETTERS}.test_it_goes_to_the_address_that_stands_when_it_is_sent",
    "invoice_letters": f"{LETTERS}.test_a_drawn_invoice_goes_out_once_as_the_terms_say",
    "country": NEXT_INVOICE,
    "tax_number": NEXT_INVOICE,
    "terms_days": NEXT_INVOICE,
    "currency": NEXT_LOAD,
    "timezone": NEXT_LOAD,
    "billing_mode": f"{HERE}.test_a_ready_load_waits_for_review_where_the_terms_say_so",
    "unanswered_tenders": (
        "tests.dispatch.test_expiring.test_where_the_terms_say_so_the_customer_hears_a_no"
    ),
    "invoice_grouping": f"{HERE}.test_loads_that_share_an_invoice_wait_in_the_workbench",
}
LIMIT = {"requests_per_minute": f"{KEYS}.test_a_limit_counts_from_the_next_request_on"}
SOURCE = {
    "seen": f"{SOURCES}.test_a_second_administrator_sees_who_was_faster",
    "name": f"{HERE}.test_name_and_owner_stand_in_inbox_and_health",
    "owner": f"{HERE}.test_name_and_owner_stand_in_inbox_and_health",
    "is_active": f"{SOURCES}.test_a_source_that_is_switched_off_is_shut_out_and_comes_back",
    "default_customer": f"{HERE}.test_a_source_of_one_customer_may_name_no_other",
    "api_key": f"{SOURCES}.test_a_key_makes_the_events_api_speak_for_the_source",
    "poll_url": POLLED,
    "poll_token": POLLED,
}

EFFECTS: dict[str, dict[str, str]] = {
    "TermsForm": TERMS,
    "NewCustomerForm": TERMS | {"code": f"{HERE}.test_a_tender_names_the_new_customer_by_its_code"},
    "TaxForm": {
        "seen": UNSEEN,
        "country": TAXED,
        "vat_id": TAXED,
        "is_business": TAXED,
        "is_carrier": f"{HERE}.test_freight_sold_to_a_carrier_is_interlined",
        "vat_check": TAXED,
        "vat_check_reference": f"{CUSTOMERS}.test_a_tax_profile_is_kept_with_the_answer_of_vies",
    },
    "PolicyForm": {
        **{rule.name: RULED for rule in SOFT_RULES},
        "pod_minutes": f"{HERE}.test_nobody_is_asked_for_a_proof_before_its_minutes_are_over",
        "references": RULED,
    },
    "ScopeForm": {
        "customer": f"{POLICIES}.test_a_customer_without_rules_of_its_own_begins_with_everybodys",
        "shipment_type": f"{HERE}.test_rules_of_a_shipment_type_hold_for_its_loads_alone",
    },
    "ReasonForm": {"reason": f"{POLICIES}.test_a_draft_is_withdrawn_for_a_reason"},
    "InvitationForm": {"name": INVITED, "email": INVITED, "role": INVITED},
    "RoleForm": {"role": f"{PEOPLE}.test_a_role_counts_from_the_next_page_on"},
    "EndForm": {
        "keys": f"{PEOPLE}.test_an_ended_sign_in_ends_everywhere_with_the_keys_that_are_ticked"
    },
    "LimitForm": LIMIT,
    "KeyForm": LIMIT
    | {
        "name": "tests.web.test_actors.test_a_key_is_named_as_its_owner_named_it",
        "scopes": f"{KEYS}.test_the_secret_is_shown_once_and_opens_what_was_ticked",
        "customer": f"{KEYS}.test_a_customers_key_sees_the_customers_loads_alone",
        "expires_on": f"{KEYS}.test_a_key_ends_after_its_last_day_on_the_makers_clock",
    },
    "RevokeForm": {
        "reason": f"{KEYS}.test_a_revoked_key_is_refused_with_a_clear_word_and_the_history_says_why"
    },
    "SourceForm": SOURCE,
    "NewSourceForm": SOURCE | {"slug": CONNECTED, "dialect": CONNECTED},
    "PartnerForm": {
        "seen": f"{SOURCES}.test_a_second_administrator_sees_who_was_faster",
        "qualifier": SENDER,
        "isa_id": SENDER,
        "name": PARTNER,
        "customer": SENDER,
        "tolerates": f"{UNDERSTOOD}.test_what_a_partner_is_forgiven_is_only_warned_about",
        "aliases": f"{UNDERSTOOD}.test_a_failed_message_is_read_again_and_its_case_closes",
        "reuses_control_numbers": (
            f"{UNDERSTOOD}.test_of_a_partner_that_reuses_its_numbers_it_is_another_message"
        ),
        "answers_folder": (
            "tests.integrations.test_replying"
            ".test_an_accepted_tender_goes_out_as_a_990_into_the_partners_folder"
        ),
        "is_active": SENDER,
    },
    "FactorForm": {
        "roles": f"{FACTORS}.test_what_an_administrator_requires_holds_from_the_next_click"
    },
    "ResetForm": {
        "reason": f"{FACTORS}.test_a_lost_phone_is_reset_by_an_administrator_who_says_why"
    },
    "PersonalForm": {
        "timezone": "tests.web.test_personal.test_times_move_to_the_zone_that_was_chosen",
        "locale": "tests.web.test_personal.test_dates_follow_the_manner_that_was_chosen",
        "theme": "tests.web.test_personal.test_theme_and_rows_are_written_into_every_page",
        "density": "tests.web.test_personal.test_theme_and_rows_are_written_into_every_page",
        "landing": "tests.web.test_personal.test_the_first_page_is_the_chosen_one",
        "has_single_keys": "tests.web.test_personal.test_switched_off_keys_are_off_on_every_page",
    },
}
# Forms that set nothing: what narrows a list, and what others are made of.
NO_SETTINGS = {"CustomerFilters", "StandingForm"}


def settings_forms() -> dict[str, type[forms.Form]]:
    """Return every form that a module of the settings declares, and that of one's own."""
    modules = [f"{pages.__name__}.{found.name}" for found in iter_modules(pages.__path__)]
    declared = [
        value
        for module in [*modules, "web.personal"]
        for value in vars(import_module(module)).values()
        if isinstance(value, type) and issubclass(value, forms.Form) and value is not forms.Form
    ]
    return {form.__name__: form for form in declared if form.__name__ not in NO_SETTINGS}


FIELDS = [(name, field) for name, form in settings_forms().items() for field in form.base_fields]


@pytest.mark.parametrize(("form", "field"), FIELDS)
def test_every_field_names_a_test_of_its_effect(form: str, field: str) -> None:
    named = EFFECTS.get(form, {}).get(field, "")
    module, _, function = named.rpartition(".")

    assert named, f"{form}.{field} has no effect that a test knows of"
    assert callable(getattr(import_module(module), function, None)), f"there is no {named}"


def test_no_effect_is_named_of_a_field_that_is_gone() -> None:
    named = {(form, field) for form, fields in EFFECTS.items() for field in fields}

    assert named == set(FIELDS)


# Customers

PAGE = "/settings/customers/PRFD-0042/"


@pytest.fixture
def set_terms(managing: Client, customer) -> Any:
    """Save terms on the customer's page, as a manager."""

    def save_terms(**terms: Any) -> None:
        answer = save(managing, PAGE, "terms-form", f"{PAGE}terms/", **terms)
        assert answer.status_code == 302, answer.content.decode()
        customer.refresh_from_db()

    return save_terms


def test_a_customer_on_hold_is_not_billed_and_is_when_active_again(
    set_terms, customer, ready, drain
):
    billing = ready(customer)
    set_terms(status="ON_HOLD")
    drain()
    billing.refresh_from_db()
    held = billing.status

    set_terms(status="ACTIVE")
    drain()

    billing.refresh_from_db()
    assert (held, billing.status) == ("BLOCKED", "INVOICED")


def test_the_erp_is_told_the_name(set_terms, customer, issued):
    set_terms(name="Prairie Foods Inc.")

    assert invoice_body(issued(customer))["customer"]["name"] == "Prairie Foods Inc."


def test_the_next_invoice_prints_what_was_saved(set_terms, customer, issued):
    before = issued(customer)
    set_terms(
        bill_to_name="Prairie AP", bill_to_lines="9 New St\nJoliet, IL", terms_days=45,
        tax_number="DE12", country="DE",
    )  # fmt: skip

    invoice = issued(customer)

    printed, old = (json.dumps(each.snapshot) for each in (invoice, before))
    for words in ("Prairie AP", "9 New St", "Net 45 days", "DE12", '"VAT"'):
        assert words in printed
        assert words not in old
    assert (invoice.due_on - invoice.issued_on).days == 45


def test_the_invoices_page_writes_to_accounts_payable(set_terms, managing, customer, issued):
    invoice = issued(customer)
    set_terms(email="payables@prairie.example")

    page = managing.get(f"/invoices/{invoice.number}/").content.decode()

    assert f"mailto:payables@prairie.example?subject={invoice.number}" in page


def test_the_next_load_has_currency_and_zone_of_the_terms(set_terms, customer, now):
    set_terms(currency="CAD", timezone="America/Halifax")

    somewhere = tuple(
        stop(n, kind, city="Camp", state="") for n, kind in ((1, "PICKUP"), (2, "DELIVERY"))
    )
    load = create_load(plan(stops=somewhere), customer=customer, by="user:1", at=now, source="desk")

    assert load.currency == "CAD"
    assert set(load.stops.values_list("timezone", flat=True)) == {"America/Halifax"}


def test_a_ready_load_waits_for_review_where_the_terms_say_so(set_terms, customer, ready, drain):
    set_terms(billing_mode="REVIEW")
    billing = ready(customer)
    drain()
    billing.refresh_from_db()
    waiting = billing.status

    set_terms(billing_mode="STRAIGHT_THROUGH")
    drain()

    billing.refresh_from_db()
    assert (waiting, billing.status) == ("REVIEW", "INVOICED")


def test_loads_that_share_an_invoice_wait_in_the_workbench(set_terms, customer, ready, drain):
    set_terms(invoice_grouping="TOGETHER")
    billing = ready(customer)

    drain()

    billing.refresh_from_db()
    assert billing.status == "READY"
    assert not Invoice.objects.exists()


def test_a_tender_names_the_new_customer_by_its_code(managing, chief, drain, now):
    save(
        managing, "/settings/customers/new/", "customer-form", code="BLUE-1", name="Blue",
        bill_to_name="Blue", bill_to_lines="1 Main St", email="ap@blue.example",
    )  # fmt: skip
    source = create_source("tms", dialect="tms", by="user:1", at=now)

    told = tell_load()["load"] | {"customer": "BLUE-1"}
    push(source, tell_load(load=told))
    drain()

    assert Load.objects.get().customer.code == "BLUE-1"


@pytest.mark.parametrize(
    ("profile", "outcome"),
    [
        ({"country": "BE", "vat_id": "BE0123456749"}, "AE"),
        ({"country": "BE", "vat_id": ""}, "has no VAT id for the reverse charge"),
        ({"country": "BE", "vat_id": "BE0123456749", "vat_check": "INVALID",
          "vat_check_reference": "W1"}, "VIES does not know"),
        ({"country": "BE", "vat_id": "", "is_business": None}, "VAT IT is owed"),
        ({"country": "US", "vat_id": ""}, "O"),
    ],
)  # fmt: skip
def test_the_tax_profile_decides_the_tax(managing, customer, now, drain, profile, outcome):
    entity = found_carrier(timezone="Europe/Amsterdam")
    entity.country, entity.tax_number, entity.currency = "NL", "NL001234567B01", "EUR"
    entity.save()
    publish_card(currency="EUR")
    put_rates_on_file()
    load = routed_load("IT", "DE", customer=customer, currency="EUR")
    save(managing, PAGE, "tax-form", f"{PAGE}tax/", **profile)

    evaluate_load(load.pk, by="rule:readiness", at=now)
    drain()

    told = [
        *load.blockers.filter(cleared_at=None).values_list("message", flat=True),
        *Invoice.objects.values_list("lines__tax_category", flat=True),
    ]
    assert any(words == outcome or (len(outcome) > 2 and outcome in words) for words in told), told


def test_freight_sold_to_a_carrier_is_interlined(managing, customer, now, drain):
    found_carrier()
    publish_card()
    put_rates_on_file()
    load = routed_load("CA-MB", "CA-ON", customer=customer)
    save(managing, PAGE, "tax-form", f"{PAGE}tax/", country="CA", is_carrier="on")

    evaluate_load(load.pk, by="rule:readiness", at=now)
    drain()

    assert set(Invoice.objects.values_list("lines__tax_category", flat=True)) == {"Z"}


# Readiness rules


def lacking(rule: str, customer, now) -> Load:
    """Make a delivered load that lacks what one rule asks for."""
    load = delivered_load(customer, pod="" if rule == "pod_accepted" else "ACCEPTED")
    if rule == "all_stops_complete":
        load.stops.filter(sequence=1).update(status=Stop.Status.ARRIVED)
    if rule == "receipts":
        add_charge(
            load, code="LUM", description="Lumper", quantity=Decimal(1), rate=Decimal(100),
            reason="Told by phone.", by="user:902", at=now,
        )  # fmt: skip
    if rule == "no_open_blocking_case":
        CaseFactory(kind="ended_and_delivered", load=load, customer=customer, at=now)
    return load


@pytest.mark.parametrize("rule", [rule.name for rule in SOFT_RULES])
def test_an_ignored_rule_asks_for_nothing_and_a_blocking_one_blocks(
    keeper, managing, customer, carrier, drain, now, rule
):
    type(customer).objects.update(invoice_grouping="TOGETHER")
    load = lacking(rule, customer, now)
    evaluate_load(load.pk, by="rule:readiness", at=now)

    found = []
    for enforcement in ("BLOCK", "IGNORE"):
        put_in_force(keeper, managing, drain, **{rule: enforcement, "references": ["PO"]})
        found.append(load.blockers.filter(rule=rule, cleared_at=None, enforcement="BLOCK").exists())

    assert found == [True, False]


def put_in_force(keeper, managing, drain, address="?customer=PRFD-0042", **choices) -> None:
    drafted = save(keeper, f"/settings/readiness/new/{address}", "policy-form", **choices)
    assert drafted.status_code == 302, drafted.content.decode()
    managing.post(f"{drafted['Location']}activate/")
    assert ReadinessPolicy.objects.latest("pk").status == "ACTIVE"
    drain()


def test_nobody_is_asked_for_a_proof_before_its_minutes_are_over(
    keeper, managing, customer, load, drain, now
):
    put_in_force(keeper, managing, drain, pod_minutes=90)

    evaluate_load(load.pk, by="rule:readiness", at=now)

    blocker = load.blockers.get(rule="pod_accepted", cleared_at=None)
    assert (blocker.case_at - blocker.opened_at).total_seconds() == 90 * 60


def test_rules_of_a_shipment_type_hold_for_its_loads_alone(
    keeper, managing, customer, carrier, drain, now
):
    type(customer).objects.update(invoice_grouping="TOGETHER")
    loads = [delivered_load(customer, pod="", shipment_type=t) for t in ("LTL", "TRUCKLOAD")]
    for load in loads:
        evaluate_load(load.pk, by="rule:readiness", at=now)

    put_in_force(keeper, managing, drain, "?shipment_type=LTL", pod_accepted="IGNORE")

    standing = [LoadBilling.objects.get(load=load).status for load in loads]
    assert standing == ["READY", "BLOCKED"]


# Sources


@pytest.fixture
def tms(now, customer) -> Source:
    return create_source("tms", dialect="tms", name="TMS", owner="Ada", by="user:1", at=now)


def set_source(keeper, slug: str = "tms", **values: Any) -> None:
    page = f"/settings/sources/{slug}/"
    assert save(keeper, page, "source-form", f"{page}save/", **values).status_code == 302


def test_name_and_owner_stand_in_inbox_and_health(keeper, tms):
    set_source(keeper, name="Harlan TMS", owner="Priya")
    push(tms, tell_load())

    health = keeper.get("/integrations/").content.decode()
    assert "Harlan TMS" in health
    assert "Priya" in health
    assert "Harlan TMS" in keeper.get("/integrations/inbox/").content.decode()


def test_a_source_of_one_customer_may_name_no_other(keeper, tms, customer, drain):
    other = CustomerFactory(code="OTHR-1")
    set_source(keeper, default_customer=other.pk)

    push(tms, tell_load())
    drain()

    assert "may speak of OTHR-1 only" in InboxMessage.objects.get().reason


def test_a_feed_is_polled_with_its_token(keeper, tms, now):
    assert due_sources(at=now) == []
    set_source(keeper, poll_url="https://tms.example/events", poll_token="tok-1")
    asked = []

    def fetch(url: str, *, token: str, cursor: str) -> Page:
        asked.append((url, token))
        return Page((), "1", has_more=False)

    (source,) = due_sources(at=now)
    poll_source(source, fetch=fetch, identify=lambda _: "", clock=lambda: now, pause=now - now)

    assert asked == [("https://tms.example/events", "tok-1")]


def test_an_interchange_is_taken_from_the_senders_that_stand_there(
    keeper, customer, chief, drain, now
):
    source = create_source("edi", dialect="edi", by="user:1", at=now)
    address = "/settings/sources/edi/partners/new/"

    def take(n: int) -> str:
        text = interchanges.tender(
            "104882", pickup=date(2026, 11, 20), delivery=date(2026, 11, 21), control=n
        )
        parcels = unpack(source, text.encode())
        (kept,) = receive_many(source, parcels=parcels, headers={}, at=now)
        drain()
        kept.message.refresh_from_db()
        return kept.message.status

    stranger = take(1)
    save(keeper, address, "partner-form", qualifier="ZZ", isa_id="PRAIRIEFOODS", name="Prairie",
         customer=customer.pk)  # fmt: skip
    known = take(2)
    partner = source.partners.get()
    save(keeper, f"/settings/sources/edi/partners/{partner.pk}/", "partner-form", is_active=None)

    assert (stranger, known, take(3)) == ("FAILED", "PROCESSED", "FAILED")
    assert Load.objects.get().customer == customer
