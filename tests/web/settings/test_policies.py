"""Readiness rules: drafted by one person, put in force by another who has seen what changes."""

import pytest

from billing.models import LoadBilling, ReadinessPolicy
from journal.models import Event
from tests.factories.billing import a_customer, set_policy
from tests.web.settings.browsing import save

pytestmark = pytest.mark.django_db

NEW = "/settings/readiness/new/?customer=PRFD-0042"


@pytest.fixture
def lenient(customer, load, now):
    """The customer's load waits, its missing proof only warned about."""
    from billing.operations.readiness import evaluate_load

    type(customer).objects.update(billing_mode="REVIEW")
    set_policy(customer, pod_accepted="WARN")
    return evaluate_load(load.pk, by="rule:readiness", at=now)


def drafted(client, **changes) -> ReadinessPolicy:
    answer = save(client, NEW, "policy-form", **changes)
    assert answer.status_code == 302, answer.content
    return ReadinessPolicy.objects.latest("pk")


def test_a_draft_begins_with_what_is_in_force(keeper, customer, lenient):
    policy = drafted(keeper)

    settings = {rule.rule: rule.enforcement for rule in policy.rules.all()}
    assert (policy.version, policy.status, policy.customer) == (2, "DRAFT", customer)
    assert settings == {
        "all_stops_complete": "BLOCK", "pod_accepted": "WARN", "required_references": "BLOCK",
        "receipts": "BLOCK", "no_open_blocking_case": "BLOCK",
    }  # fmt: skip


def test_its_history_speaks_in_the_words_of_the_form(keeper, customer, lenient):
    policy = drafted(keeper, pod_accepted="WARN", pod_minutes="60", references=["PO", "BOL"])

    page = keeper.get(f"/settings/readiness/{policy.pk}/").content.decode()

    history = page[page.index("history") :]
    assert "Warn, after 60 minutes" in history
    assert "Block: PO" in history
    assert "BLOCK" not in history


def test_before_approval_it_says_which_loads_would_lack_what(keeper, managing, lenient):
    policy = drafted(keeper, pod_accepted="BLOCK")

    page = managing.get(f"/settings/readiness/{policy.pk}/").content.decode()

    assert "1 load looked at" in page
    assert "104882" in page
    assert "No proof of delivery is on file." in page
    assert "Put in force" in page


def test_after_approval_the_waiting_loads_are_looked_at_again(
    keeper, managing, manager, lenient, drain
):
    policy = drafted(keeper, pod_accepted="BLOCK")

    managing.post(f"/settings/readiness/{policy.pk}/activate/")
    drain()

    lenient.refresh_from_db()
    policy.refresh_from_db()
    assert (policy.status, policy.activated_by) == ("ACTIVE", manager.actor)
    assert lenient.status == LoadBilling.Status.BLOCKED
    assert lenient.load.blockers.get(rule="pod_accepted", cleared_at=None).enforcement == "BLOCK"


def test_who_drafted_it_cannot_put_it_in_force(keeper, lenient):
    policy = drafted(keeper)
    page = f"/settings/readiness/{policy.pk}/"

    answer = keeper.post(f"{page}activate/")

    assert "You drafted it: a colleague puts it in force." in keeper.get(page).content.decode()
    assert answer.status_code == 403
    assert "ask a colleague" in answer.content.decode()
    assert ReadinessPolicy.objects.get(pk=policy.pk).status == "DRAFT"


def test_a_draft_is_withdrawn_for_a_reason(keeper, lenient):
    policy = drafted(keeper)
    address = f"/settings/readiness/{policy.pk}/withdraw/"

    silent = keeper.post(address, {"reason": ""})
    keeper.post(address, {"reason": "Wrong customer."})

    assert silent.status_code == 422
    assert Event.objects.get(name="policy.withdrawn").reason == "Wrong customer."
    page = keeper.get(f"/settings/readiness/{policy.pk}/").content.decode()
    assert "Withdrawn" in page
    assert "Put in force" not in page


def test_the_rules_of_everybody_begin_at_blocking(keeper):
    page = keeper.get("/settings/readiness/new/")

    assert page.context["whose"] == "Everybody"
    assert page.context["form"].initial["pod_accepted"] == "BLOCK"


def test_a_customer_without_rules_of_its_own_begins_with_everybodys(keeper, customer):
    set_policy(pod_accepted="WARN 30", required_references="BLOCK PO,BOL")

    initial = keeper.get(NEW).context["form"].initial

    assert (initial["pod_accepted"], initial["pod_minutes"]) == ("WARN", 30)
    assert initial["references"] == ["PO", "BOL"]


def test_the_list_tells_what_is_in_force_and_what_waits(keeper, lenient):
    drafted(keeper)

    page = keeper.get("/settings/readiness/").content.decode()

    assert "Waiting for approval" in page
    assert page.count("Prairie Foods Co.") == 2
    assert "No, always blocks" in page


def test_the_list_costs_the_same_however_many_there_are(keeper, django_assert_num_queries):
    set_policy(a_customer())
    with django_assert_num_queries(9):
        keeper.get("/settings/readiness/")
    for _ in range(4):
        set_policy(a_customer())

    with django_assert_num_queries(9):
        keeper.get("/settings/readiness/")


def test_whose_rules_is_a_customer_or_not_found(keeper):
    assert keeper.get("/settings/readiness/new/?customer=NOBODY").status_code == 404
    assert keeper.get("/settings/readiness/new/?shipment_type=RAFT").status_code == 400
    assert keeper.get("/settings/readiness/9/").status_code == 404


def test_billers_and_dispatchers_keep_no_rules(desk, lenient):
    policy = ReadinessPolicy.objects.get()
    for role in ("dispatcher", "biller"):
        browser = desk(role)
        for address in ("", "new/", f"{policy.pk}/"):
            assert browser.get(f"/settings/readiness/{address}").status_code == 403
        assert browser.post(f"/settings/readiness/{policy.pk}/activate/").status_code == 403
