"""What billing's people decide about a load is done once, by the right person, for a reason."""

import re
from decimal import Decimal

import pytest

from accounts.models import User
from accounts.rules import Role
from billing.models import Charge, Invoice, LoadBilling
from billing.operations.readiness import evaluate_load
from journal.models import Event
from tests.factories import CustomerFactory
from tests.factories.doors import sign_in

pytestmark = pytest.mark.django_db

SEEN = re.compile(r'name="seen"\s+value="([^"]*)"')


@pytest.fixture
def held(ready) -> Charge:
    """A detention charge that is held, because it is above the limit."""
    billing = ready(wait_hours=6)
    return Charge.objects.get(load=billing.load, status=Charge.Status.HELD)


def test_a_charge_is_approved_by_a_named_person(desk, held) -> None:
    browser = desk(Role.BILLING_MANAGER)

    answer = browser.post(f"/charges/{held.pk}/approve/")

    held.refresh_from_db()
    assert answer.url == f"/loads/{held.load.number}/#charges"
    assert held.status == Charge.Status.APPROVED
    assert held.decided_by == User.objects.get().actor
    assert Event.objects.filter(name="charge.approved", subject_id=held.pk).count() == 1


def test_a_load_is_rated_again_until_it_is_billed(desk, ready, issued) -> None:
    waiting = ready(pod="")
    billed = issued().load_claims.get().load
    browser = desk(Role.BILLER)

    answer = browser.post(f"/loads/{waiting.load.number}/rate/", follow=True)

    assert f"Load {waiting.load.number} rated again, $1,000.00" in answer.content.decode()
    assert "Re-rate" in answer.content.decode()
    assert "Re-rate" not in browser.get(f"/loads/{billed.number}/").content.decode()
    assert desk(Role.DISPATCHER).post(f"/loads/{waiting.load.number}/rate/").status_code == 403


def test_approving_twice_is_one_approval(desk, held) -> None:
    browser = desk(Role.BILLING_MANAGER)

    for _ in range(2):
        browser.post(f"/charges/{held.pk}/approve/")

    assert Event.objects.filter(name="charge.approved", subject_id=held.pk).count() == 1
    assert "cannot become APPROVED" in browser.get(f"/loads/{held.load.number}/").content.decode()


def test_a_charge_is_waived_for_a_reason_and_not_without(desk, held) -> None:
    browser = desk(Role.BILLING_MANAGER)

    browser.post(f"/charges/{held.pk}/waive/", {"reason": " "})
    held.refresh_from_db()
    before = held.status
    browser.post(f"/charges/{held.pk}/waive/", {"reason": "Goodwill"})
    held.refresh_from_db()

    assert (before, held.status, held.reason) == ("HELD", "WAIVED", "Goodwill")


@pytest.mark.parametrize("action", ["approve", "waive"])
@pytest.mark.parametrize("role", [Role.DISPATCHER, Role.BILLER])
def test_a_charge_is_decided_by_those_who_may_approve(desk, held, action: str, role: Role) -> None:
    answer = desk(role).post(f"/charges/{held.pk}/{action}/", {"reason": "x"})

    held.refresh_from_db()
    assert (answer.status_code, held.status) == (403, "HELD")


def test_the_buttons_are_there_for_those_who_may_press_them(desk, held) -> None:
    address = f"/loads/{held.load.number}/"

    manager = desk(Role.BILLING_MANAGER).get(address).content.decode()
    biller = desk(Role.BILLER).get(address).content.decode()
    dispatcher = desk(Role.DISPATCHER).get(address).content.decode()

    assert f"/charges/{held.pk}/approve/" in manager
    assert f"/charges/{held.pk}/approve/" not in biller
    assert "Add a charge" in biller
    assert "/charges/" not in dispatcher


def test_a_charge_by_hand_waits_for_a_colleague(desk, load) -> None:
    browser = desk(Role.BILLING_MANAGER)
    stop = load.stops.get(sequence=2)

    answer = browser.post(
        f"/loads/{load.number}/charges/",
        {"code": "LUM", "stop": stop.pk, "quantity": "1", "rate": "85", "reason": "Receipt lost"},
    )
    charge = Charge.objects.get(load=load)
    browser.post(f"/charges/{charge.pk}/approve/")
    charge.refresh_from_db()

    assert answer.status_code == 302
    assert (charge.description, charge.amount, charge.status) == (
        "Lumper, stop 2",
        Decimal(85),
        "HELD",
    )
    page = browser.get(f"/loads/{load.number}/").content.decode()
    assert "ask a colleague" in page


def test_a_charge_that_exists_is_refused_and_the_form_keeps_its_input(desk, held) -> None:
    answer = desk(Role.BILLER).post(
        f"/loads/{held.load.number}/charges/",
        {"code": "DET", "stop": held.stop_id, "quantity": "2", "rate": "75", "reason": "Waited"},
    )

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "is charged DET at stop 2 already" in page
    assert "Waited</textarea>" in page


def test_a_load_is_issued_once_however_often_the_button_is_pressed(desk, ready) -> None:
    billing = ready()
    browser = desk(Role.BILLER)

    answers = [browser.post(f"/loads/{billing.load.number}/issue/").url for _ in range(2)]

    invoice = Invoice.objects.get()
    assert answers == [f"/invoices/{invoice.number}/", f"/loads/{billing.load.number}/"]
    page = browser.get(f"/loads/{billing.load.number}/").content.decode()
    assert f"is on {invoice.number} already" in page


def test_a_load_that_is_not_ready_is_not_issued(desk, ready) -> None:
    billing = ready(pod="")
    browser = desk(Role.BILLER)

    browser.post(f"/loads/{billing.load.number}/issue/")

    assert not Invoice.objects.exists()
    page = browser.get(f"/loads/{billing.load.number}/").content.decode()
    assert "cannot be billed" in page


def test_a_load_to_review_is_approved_to_bill(desk, ready, customer, now) -> None:
    customer.billing_mode = "REVIEW"
    customer.save()
    billing = ready(customer)
    browser = desk(Role.BILLER)
    before = browser.get(f"/loads/{billing.load.number}/").content.decode()

    browser.post(f"/loads/{billing.load.number}/approve/")

    billing.refresh_from_db()
    again = evaluate_load(billing.load_id, by="rule:readiness", at=now)
    assert "Approve to bill <kbd>" in before
    assert billing.status == again.status == LoadBilling.Status.READY


def test_a_customer_decides_nothing(shipper, held) -> None:
    browser = sign_in(shipper)

    answers = [
        browser.post(f"/charges/{held.pk}/approve/").status_code,
        browser.post(f"/loads/{held.load.number}/issue/").status_code,
    ]

    assert answers == [403, 403]


@pytest.mark.parametrize("action", ["approve", "waive"])
def test_a_stale_page_decides_about_no_other_amount(desk, held, action: str) -> None:
    browser = desk(Role.BILLING_MANAGER)
    page = browser.get(f"/loads/{held.load.number}/").content.decode()
    told = {"seen": str(held.amount), "reason": "Goodwill"}
    Charge.objects.filter(pk=held.pk).update(quantity=1, rate="9000", amount="9000.00")

    browser.post(f"/charges/{held.pk}/{action}/", told)

    held.refresh_from_db()
    assert f'name="seen" value="{told["seen"]}"' in page
    assert held.status == "HELD"
    assert "comes to 9,000.00 now" in browser.get(f"/loads/{held.load.number}/").content.decode()


def test_a_stale_page_issues_no_other_total(desk, ready) -> None:
    billing = ready()
    browser, address = desk(Role.BILLER), f"/loads/{billing.load.number}/"
    seen = SEEN.search(browser.get(address).content.decode())
    assert seen

    browser.post(f"{address}issue/", {"seen": "999.00"})
    refused = Invoice.objects.count()
    browser.post(f"{address}issue/", {"seen": seen[1]})

    assert (refused, Invoice.objects.count()) == (0, 1)
    assert Decimal(seen[1]) == Invoice.objects.get().net_amount


def test_a_stale_page_approves_no_other_total_to_bill(desk, ready) -> None:
    billing = ready(CustomerFactory(billing_mode="REVIEW"))
    browser, address = desk(Role.BILLER), f"/loads/{billing.load.number}/"
    seen = SEEN.search(browser.get(address).content.decode())
    assert seen

    browser.post(f"{address}approve/", {"seen": "999.00"})
    refused = LoadBilling.objects.get().status
    browser.post(f"{address}approve/", {"seen": seen[1]})

    assert (refused, LoadBilling.objects.get().status) == ("REVIEW", "READY")


@pytest.mark.parametrize("seen", ["x", "NaN", "sNaN", "Infinity"])
def test_an_amount_that_is_none_is_not_read(desk, ready, seen: str) -> None:
    number = ready().load.number

    assert desk(Role.BILLER).post(f"/loads/{number}/issue/", {"seen": seen}).status_code == 400
