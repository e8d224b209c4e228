"""What is decided about charges, loads and cases over HTTP, and the invoices that come of it."""

from base64 import b64encode

import pytest
from django.utils import timezone

from accounts.rules import Scope
from billing.models import Charge, Invoice, InvoiceState, LoadBilling
from billing.operations.invoicing import issue_invoice
from billing.operations.readiness import evaluate_load
from dispatch.models import Load
from exceptions.models import Case
from journal.models import Event
from tests.dispatch.files import pdf
from tests.factories import CustomerFactory, UserFactory
from tests.factories.asking import an_asker
from tests.factories.billing import a_customer, delivered_load, set_policy

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("card")]

ADDED = {
    "code": "RCL", "description": "Redelivery", "quantity": "140", "unit": "mi",
    "rate": "1.505", "reason": "Consignee refused the first attempt",
}  # fmt: skip


@pytest.fixture
def customer():
    return a_customer()


@pytest.fixture
def load(customer) -> Load:
    """A load that is priced and ready."""
    load = delivered_load(customer)
    evaluate_load(load.pk, by="rule:readiness", at=timezone.now())
    return load


@pytest.fixture
def erp(db, now):
    return an_asker(at=now)


@pytest.fixture
def other(db, now):
    """A system whose key another person made."""
    return an_asker(at=now, name="Desk")


def add(system, load: Load, **more):
    return system.post(f"loads/{load.number}/charges/", ADDED | more)


class TestCharges:
    def test_they_are_listed_with_the_steps_that_end_in_the_amount(self, erp, load) -> None:
        answer = erp.get(f"loads/{load.number}/charges/?status=APPROVED")

        (charge,) = answer.json()["data"]
        assert (charge["code"], charge["amount"]) == ("LHS", "1000.00")
        assert charge["explanation"]["steps"]

    def test_an_unknown_filter_is_named(self, erp, load) -> None:
        answer = erp.get(f"loads/{load.number}/charges/?colour=red")

        assert (answer.status_code, answer.json()["field"]) == (400, "colour")

    def test_one_is_added_and_held_for_a_colleague(self, erp, other, load) -> None:
        added = add(erp, load)
        number = added.json()["id"]

        own = erp.post(f"charges/{number}/approve/", {})
        answer = other.post(f"charges/{number}/approve/", {"reason": "Seen the call"})

        assert (added.status_code, added.json()["amount"]) == (201, "210.70")
        assert (own.status_code, own.json()["code"]) == (403, "same_person")
        assert answer.json()["status"] == "APPROVED"

    def test_a_second_key_of_the_same_person_is_no_colleague(self, load, now) -> None:
        maker = UserFactory(role="biller").actor
        first, second = (an_asker(at=now, by=maker, name=name) for name in ("A", "B"))
        number = add(first, load).json()["id"]

        answer = second.post(f"charges/{number}/approve/", {})

        assert (answer.status_code, answer.json()["code"]) == (403, "same_person")

    def test_what_is_changed_is_approved_anew_by_somebody_else(self, erp, other, load) -> None:
        number = add(erp, load).json()["id"]
        other.post(f"charges/{number}/approve/", {})

        changed = other.patch(f"charges/{number}/", {"quantity": "100", "reason": "Per the map"})

        assert (changed.json()["status"], changed.json()["amount"]) == ("HELD", "150.50")
        assert other.post(f"charges/{number}/approve/", {}).status_code == 403
        assert erp.post(f"charges/{number}/approve/", {}).json()["status"] == "APPROVED"

    def test_a_held_one_is_changed_with_old_and_new_in_the_journal(self, erp, load) -> None:
        number = add(erp, load).json()["id"]

        erp.patch(f"charges/{number}/", {"rate": "2", "reason": "As agreed"})

        event = Event.objects.get(name="charge.changed")
        assert (event.old["amount"], event.new["amount"]) == ("210.70", "280.00")
        assert event.reason == "As agreed"

    def test_a_rated_one_is_not_written_over(self, erp, load) -> None:
        number = Charge.objects.get(code="LHS").pk

        answer = erp.patch(f"charges/{number}/", {"rate": "1", "reason": "x"})

        assert (answer.status_code, answer.json()["code"]) == (409, "charge_is_rated")

    def test_one_is_waived_for_a_reason_on_what_was_seen(self, erp, load) -> None:
        number = Charge.objects.get(code="LHS").pk
        seen = erp.get(f"charges/{number}/")["ETag"]
        erp.post(f"charges/{number}/hold/", {"reason": "Rate in doubt"})

        stale = erp.post(f"charges/{number}/waive/", {"reason": "Goodwill"}, If_Match=seen)
        answer = erp.post(f"charges/{number}/waive/", {"reason": "Goodwill"})

        assert (stale.status_code, stale.json()["code"]) == (409, "stale")
        assert (answer.json()["status"], answer.json()["reason"]) == ("WAIVED", "Goodwill")

    def test_a_stop_that_the_load_has_not_is_refused(self, erp, load) -> None:
        assert add(erp, load, stop=9).json()["code"] == "no_such_stop"


class TestOnTheWay:
    def test_where_loads_stand_is_listed_by_status(self, erp, load) -> None:
        ready = erp.get("billings/?status=READY").json()["data"]

        assert [(row["load"], row["total_amount"]) for row in ready] == [(load.number, "1000.00")]
        assert erp.get("billings/?status=BLOCKED").json()["data"] == []
        assert erp.get("billings/?is_held=true").json()["data"] == []

    def test_a_load_is_held_for_a_reason_and_released(self, erp, load) -> None:
        held = erp.post(f"loads/{load.number}/billing/hold/", {"reason": "Wait for the CFO"})
        listed = erp.get("billings/?is_held=true").json()["data"]
        released = erp.post(f"loads/{load.number}/billing/release/", If_Match=held["ETag"])

        assert held.json()["status"] == "BLOCKED"
        assert [row["hold_reason"] for row in listed] == ["Wait for the CFO"]
        assert released.json()["status"] == "READY"

    def test_a_load_is_rated_and_judged_at_once(self, erp, customer) -> None:
        fresh = delivered_load(customer)

        answer = erp.post(f"loads/{fresh.number}/billing/rate/")

        assert [charge["code"] for charge in answer.json()["charges"]] == ["LHS"]
        assert answer.json()["status"] == "READY"

    def test_what_waits_for_review_is_approved(self, erp, now) -> None:
        load = delivered_load(a_customer(billing_mode="REVIEW"))
        evaluate_load(load.pk, by="rule:readiness", at=now)

        answer = erp.post(f"loads/{load.number}/billing/approve/")

        assert answer.json()["status"] == "READY"
        again = erp.post(f"loads/{load.number}/billing/approve/")
        assert (again.status_code, again.json()["code"]) == (409, "not_for_review")

    def test_a_ready_load_is_billed_once(self, erp, load) -> None:
        answers = [erp.post(f"loads/{load.number}/billing/issue/", once="i-1") for _ in range(2)]
        again = erp.post(f"loads/{load.number}/billing/issue/")

        assert [answer.status_code for answer in answers] == [201, 201]
        assert answers[0].json()["number"] == answers[1].json()["number"]
        assert again.status_code == 409
        assert Invoice.objects.count() == 1


class TestRuns:
    def test_what_a_preview_shows_is_issued_to_the_letter(self, erp, drain, now) -> None:
        load = delivered_load(a_customer(invoice_grouping="TOGETHER"))
        evaluate_load(load.pk, by="rule:readiness", at=now)
        blocked = delivered_load(a_customer(), pod="")

        shown = erp.post("invoice-previews/", {"loads": [load.number, blocked.number]}).json()
        started = erp.post("invoice-runs/", {"preview": shown["preview"]})
        drain()
        run = erp.get(f"invoice-runs/{started.json()['key']}/").json()

        assert [(each["loads"], each["total_amount"]) for each in shown["invoices"]] == [
            ([load.number], "1000.00")
        ]
        assert [each["load"] for each in shown["left_out"]] == [blocked.number]
        assert started.status_code == 202
        assert run["progress"] == {"total": 1, "issued": 1, "refused": 0, "is_over": True}
        assert run["requests"][0]["invoice"] == Invoice.objects.get().number
        assert [each["key"] for each in erp.get("invoice-runs/").json()["data"]] == [run["key"]]

    def test_the_same_preview_twice_is_one_run(self, erp, load) -> None:
        shown = erp.post("invoice-previews/", {"loads": [load.number]}).json()
        told = {"preview": shown["preview"]}

        keys = {erp.post("invoice-runs/", told).json()["key"] for _ in range(2)}

        assert len(keys) == 1

    def test_a_preview_of_ones_own_making_is_refused(self, erp) -> None:
        answer = erp.post("invoice-runs/", {"preview": "W10:forged"})

        assert (answer.status_code, answer.json()["code"]) == (409, "preview_too_old")

    def test_an_unknown_load_is_named(self, erp) -> None:
        answer = erp.post("invoice-previews/", {"loads": ["nothing"]})

        assert (answer.status_code, answer.json()["code"]) == (400, "unknown_load")

    def test_a_preview_leaves_no_trace(self, erp, load) -> None:
        before = Event.objects.count()

        erp.post("invoice-previews/", {"loads": [load.number]})

        assert Event.objects.count() == before


class TestCases:
    @pytest.fixture
    def case(self, now) -> Case:
        """A load without its PO."""
        set_policy(customer := a_customer(), required_references="BLOCK PO")
        evaluate_load(delivered_load(customer).pk, by="rule:readiness", at=now)
        return Case.objects.get(kind="reference_missing")

    @pytest.fixture
    def without_pod(self, now) -> Case:
        evaluate_load(delivered_load(pod="").pk, by="rule:readiness", at=now)
        return Case.objects.get(kind="pod_missing")

    def test_a_case_is_waived_in_the_name_of_who_made_the_key(self, case, now) -> None:
        rita = UserFactory(role="biller")
        system = an_asker(at=now, by=rita.actor)

        answer = system.post(f"cases/{case.number}/waive/", {"reason": "They never have one"})

        assert (answer.json()["status"], answer.json()["closed_by"]) == ("CLOSED", rita.actor)

    def test_and_undone_while_nothing_came_of_it(self, case, now) -> None:
        system = an_asker(at=now, by=UserFactory(role="biller").actor)
        system.post(f"cases/{case.number}/waive/", {"reason": "They never have one"})

        answer = system.post(f"cases/{case.number}/undo/")

        assert answer.json()["status"] == "OPEN"

    def test_the_key_of_somebody_without_the_role_decides_nothing(self, case, now) -> None:
        system = an_asker(at=now, by=UserFactory(role="dispatcher").actor)

        answer = system.post(f"cases/{case.number}/waive/", {"reason": "x"})

        assert (answer.status_code, answer.json()["code"]) == (403, "role")
        case.refresh_from_db()
        assert case.status == "OPEN"

    def test_the_ways_out_are_shown_and_one_is_taken_with_a_file(self, erp, without_pod) -> None:
        ways = {way["action"]: way for way in erp.get(f"cases/{without_pod.number}/ways/").json()}
        (action,) = [name for name, way in ways.items() if way["label"] == "Upload the POD"]

        answer = erp.post(
            f"cases/{without_pod.number}/resolve/",
            {
                "action": action,
                "values": {
                    "content": {
                        "filename": "pod.pdf", "content_base64": b64encode(pdf()).decode(),
                    },
                    "signed_by": "R. Ortega",
                },
            },
        )  # fmt: skip

        assert [field["kind"] for field in ways[action]["fields"]] == ["file", "text"]
        assert answer.status_code == 200
        assert (answer.json()["status"], answer.json()["resolution"]) == ("CLOSED", action)

    @pytest.mark.parametrize(
        "values", [{"content": "x"}, {"content": {"filename": "a.pdf", "content_base64": "§"}},
                   {"colour": "red"}, {"signed_by": 3}]
    )  # fmt: skip
    def test_what_is_none_of_its_kind_is_refused_at_its_place(
        self, erp, without_pod, values
    ) -> None:
        ways = erp.get(f"cases/{without_pod.number}/ways/").json()
        (action,) = [way["action"] for way in ways if way["label"] == "Upload the POD"]

        answer = erp.post(
            f"cases/{without_pod.number}/resolve/", {"action": action, "values": values}
        )

        assert answer.status_code == 400
        assert answer.json()["field"] == f"values.{next(iter(values))}"

    def test_a_case_that_changed_since_is_not_decided(self, erp, case) -> None:
        seen = erp.get(f"cases/{case.number}/")["ETag"]
        erp.post(f"cases/{case.number}/assign/", {"to": UserFactory(role="biller").email})

        answer = erp.post(f"cases/{case.number}/waive/", {"reason": "x"}, If_Match=seen)

        assert (answer.status_code, answer.json()["code"]) == (409, "case_conflict")
        assert "was changed by" in answer.json()["detail"]

    def test_a_question_is_noted(self, erp, case) -> None:
        answer = erp.post(f"cases/{case.number}/ask/", {"whom": "Rita", "question": "Which PO?"})

        assert answer.json()["entries"][-1]["comment"] == "Rita: Which PO?"


STEPS = [
    ("POST", "loads/{load}/charges/"), ("PATCH", "charges/{charge}/"),
    ("POST", "charges/{charge}/approve/"), ("POST", "charges/{charge}/hold/"),
    ("POST", "charges/{charge}/waive/"), ("POST", "loads/{load}/billing/rate/"),
    ("POST", "loads/{load}/billing/approve/"), ("POST", "loads/{load}/billing/hold/"),
    ("POST", "loads/{load}/billing/release/"), ("POST", "loads/{load}/billing/issue/"),
    ("POST", "invoice-previews/"), ("POST", "invoice-runs/"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), STEPS)
def test_a_customer_decides_nothing_and_a_reader_neither(load, customer, now, method, path) -> None:
    address = path.format(load=load.number, charge=Charge.objects.get().pk)
    own, reader = an_asker(customer=customer, at=now), an_asker(scopes=[Scope.LOADS_READ], at=now)

    codes = [s.send(method, address, {}, once="k").json()["code"] for s in (own, reader)]

    assert codes == ["staff_only", "scope"]
    assert LoadBilling.objects.get().status == "READY"


def test_a_customer_reads_what_is_its_own_and_nothing_else(load, customer, now) -> None:
    charge = Charge.objects.get().pk
    issue_invoice(LoadBilling.objects.get(), by="user:7", at=timezone.now())
    own, foreign = (an_asker(customer=c, at=now) for c in (customer, CustomerFactory()))

    paths = (f"charges/{charge}/", f"loads/{load.number}/charges/", f"loads/{load.number}/billing/")
    assert [own.get(path).status_code for path in paths] == [200] * 3
    assert [foreign.get(path).status_code for path in paths] == [404] * 3


def test_a_customer_sees_no_charge_before_it_is_billed(load, customer, erp, now) -> None:
    charge = Charge.objects.get().pk
    erp.post(f"charges/{charge}/hold/", {"reason": "They always dispute this"})
    own = an_asker(customer=customer, at=now)

    billing = own.get(f"loads/{load.number}/billing/").json()

    assert (billing["status"], billing["charges"], billing["blockers"]) == ("WAITING", [], [])
    assert billing["total_amount"] == "0.00"
    assert own.get(f"loads/{load.number}/charges/").json()["data"] == []
    assert own.get(f"charges/{charge}/").status_code == 404
    assert own.get("billings/").json()["code"] == "staff_only"


def test_a_customer_is_told_how_a_billed_charge_comes_about_and_not_by_whom(
    load, customer, erp, other, now
) -> None:
    added = add(erp, load).json()["id"]
    other.post(f"charges/{added}/approve/", {"reason": "They will not notice"})
    issue_invoice(LoadBilling.objects.get(), by="user:7", at=timezone.now())
    own = an_asker(customer=customer, at=now)

    seen = own.get(f"charges/{added}/").json()
    billing = own.get(f"loads/{load.number}/billing/").json()

    assert (seen["amount"], seen["made_by"], seen["decided_by"], seen["reason"]) == (
        "210.70", "", "", ""
    )  # fmt: skip
    assert set(seen["explanation"]) == {"steps"}
    assert (billing["status"], len(billing["charges"])) == ("INVOICED", 2)
    assert all(set(each["explanation"]) == {"steps"} for each in billing["charges"])
    assert erp.get(f"charges/{added}/").json()["made_by"] == erp.key.actor


def test_a_statement_tells_each_its_own_open_items(load, customer, erp, now) -> None:
    invoice = issue_invoice(LoadBilling.objects.get(), by="user:7", at=timezone.now())
    own, foreign = (an_asker(customer=c, at=now) for c in (customer, CustomerFactory()))

    (account,) = own.get("statement/").json()

    assert account == erp.get(f"statement/?customer={customer.code}").json()[0]
    assert (account["open_amount"], account["items"][0]["invoice"]) == ("1000.00", invoice.number)
    assert account["ages"][0] == {"age": "Not due", "amount": "1000.00"}
    assert foreign.get("statement/").json() == []
    refused = foreign.get(f"statement/?customer={customer.code}").json()
    assert (refused["field"], refused["code"]) == ("customer", "unknown_customer")
    assert erp.get("statement/").json()["code"] == "required"


def test_a_customer_reads_nothing_of_our_books(load, customer, erp, now) -> None:
    invoice = issue_invoice(LoadBilling.objects.get(), by="user:7", at=timezone.now())
    InvoiceState.objects.update(erp_status="POSTED", erp_reference="SAP-4711")
    own = an_asker(customer=customer, at=now)

    for path in (f"invoices/{invoice.number}/", "invoices/"):
        assert "SAP-4711" in erp.get(path).content.decode()
        assert "SAP-4711" not in own.get(path).content.decode()
