"""What is done to a load over HTTP: once, on what was seen, and by the carrier alone."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.rules import Scope
from dispatch.models import Document, Load, Milestone, Stop
from dispatch.operations.planning import create_load
from journal.models import Event
from tests.dispatch.files import EICAR, EXE, PNG, pdf
from tests.dispatch.plans import PICKUP, PICKUP_AT, hours, plan, stop
from tests.factories import CarrierFactory, CustomerFactory, DocumentFactory, DriverFactory
from tests.factories.asking import an_asker

pytestmark = pytest.mark.django_db


@pytest.fixture
def tms(db, now):
    """A system of the carrier's own."""
    return an_asker(at=now)


@pytest.fixture
def load(customer, now) -> Load:
    return create_load(plan(), customer=customer, by="user:7", at=now, source="desk")


@pytest.fixture
def tender(customer, now) -> Load:
    return create_load(
        plan(respond_by=now + timedelta(hours=1)), customer=customer, by="source:tms", at=now,
        source="tms", tendered_at=now,
    )  # fmt: skip


def path(load: Load, step: str = "") -> str:
    return f"loads/{load.number}/{step}"


class TestChanging:
    def test_what_is_told_changes_and_the_rest_stays(self, tms, load) -> None:
        answer = tms.patch(path(load), {"miles": "380.5", "reason": "Detour"})

        assert answer.status_code == 200
        assert (answer.json()["miles"], answer.json()["commodity"]) == ("380.50", "Chilled dairy")
        event = Event.objects.get(name="load.changed")
        assert (event.actor, event.reason) == (tms.key.actor, "Detour")

    def test_an_etag_is_given_and_a_write_on_it_goes_through(self, tms, load) -> None:
        seen = tms.get(path(load))["ETag"]

        first = tms.patch(path(load), {"trailer": "53-1180"}, If_Match=seen)

        assert first.status_code == 200
        assert first["ETag"] == tms.get(path(load))["ETag"] != seen

    def test_a_write_on_what_changed_since_is_told_who_and_when(self, tms, load) -> None:
        seen = tms.get(path(load))["ETag"]
        tms.patch(path(load), {"trailer": "53-1180"})

        answer = tms.patch(path(load), {"trailer": "53-9999"}, If_Match=seen)

        told = answer.json()
        assert (answer.status_code, told["code"]) == (409, "stale")
        assert "was changed by ERP at 20" in told["detail"]
        load.refresh_from_db()
        assert load.trailer == "53-1180"

    @pytest.mark.parametrize("told", ["*", 'W/"{}"', '"0", "{}"'])
    def test_any_spelling_of_the_tag_that_stands_will_do(self, tms, load, told) -> None:
        number = tms.get(path(load))["ETag"].strip('"')

        assert tms.patch(path(load), {}, If_Match=told.format(number)).status_code == 200

    def test_a_field_that_is_not_known_is_named(self, tms, load) -> None:
        answer = tms.patch(path(load), {"status": "DELIVERED"})

        assert (answer.status_code, answer.json()["code"]) == (400, "unknown_field")
        assert answer.json()["field"] == "status"

    def test_the_same_request_again_is_answered_alike_and_done_once(self, tms, load) -> None:
        answers = [tms.patch(path(load), {"trailer": "A-1"}, once="k-1") for _ in range(2)]

        assert answers[0].json() == answers[1].json()
        assert Event.objects.filter(name="load.changed").count() == 1

    def test_without_an_idempotency_key_nothing_is_done(self, tms, load) -> None:
        answer = tms.patch(path(load), {"trailer": "A-1"}, once=None)

        assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_required")


class TestStops:
    def test_an_appointment_is_moved(self, tms, load) -> None:
        later = PICKUP_AT + hours(3)

        answer = tms.patch(
            path(load, "stops/1/"),
            {"appointment_from": later.isoformat(), "appointment_to": None},
        )

        assert answer.status_code == 200
        first = Stop.objects.get(load=load, sequence=1)
        assert (first.appointment_from, first.appointment_to) == (later, None)
        assert first.city == "Joliet"

    def test_a_window_that_ends_before_it_begins_is_refused_at_its_field(self, tms, load) -> None:
        early = (PICKUP_AT - hours(3)).isoformat()

        answer = tms.patch(path(load, "stops/1/"), {"appointment_to": early})

        assert (answer.status_code, answer.json()["code"]) == (400, "window_reversed")

    def test_a_stop_is_left_out_and_keeps_its_row(self, tms, customer, now) -> None:
        stops = (PICKUP, stop(2, "STOP_OFF"), stop(3, "DELIVERY"))
        load = create_load(plan(stops=stops), customer=customer, by="user:7", at=now, source="desk")

        answer = tms.post(path(load, "stops/2/skip/"), {"reason": "The customer called"})

        assert answer.status_code == 200
        assert Stop.objects.get(load=load, sequence=2).status == Stop.Status.SKIPPED
        assert Event.objects.get(name="load.changed").reason == "The customer called"

    def test_two_stops_must_remain(self, tms, load) -> None:
        answer = tms.post(path(load, "stops/2/skip/"), {"reason": "x"})

        assert (answer.status_code, answer.json()["code"]) == (400, "too_few_stops")

    def test_a_stop_that_is_not_there_is_not_found(self, tms, load) -> None:
        assert tms.patch(path(load, "stops/9/"), {"name": "x"}).status_code == 404


class TestTelling:
    def test_a_milestone_moves_the_load_and_keeps_the_offset_it_was_told_in(
        self, tms, load
    ) -> None:
        answer = tms.post(
            path(load, "milestones/"),
            {"kind": "ARRIVED", "stop": 1, "occurred_at": "2026-11-18T07:05:00-06:00"},
        )

        assert answer.json()["status"] == "AT_PICKUP"
        kept = Milestone.objects.get(load=load, kind="ARRIVED")
        assert (kept.source, kept.source_offset_minutes) == ("api", -360)

    def test_what_was_told_is_corrected_by_its_reference(self, tms, load) -> None:
        told = {"kind": "ARRIVED", "stop": 1, "reference": "a-1"}
        tms.post(path(load, "milestones/"), told | {"occurred_at": "2026-11-18T13:05:00Z"})

        answer = tms.post(
            path(load, "milestones/"),
            told | {"reference": "a-2", "corrects": "a-1", "occurred_at": "2026-11-18T13:45:00Z"},
        )

        assert answer.json()["stops"][0]["arrived_at"] == "2026-11-18T13:45:00Z"

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"kind": "ARRIVED"}, "stop"),
            ({"kind": "CANCELLED"}, "note"),
            ({"kind": "ARRIVED", "stop": 7}, "stop"),
            ({"kind": "SERVICE"}, "kind"),
            ({"kind": "TENDERED"}, "kind"),
            ({"kind": "IN_TRANSIT", "occurred_at": "2026-11-18T13:00:00"}, "occurred_at"),
            ({"kind": "IN_TRANSIT", "is_withdrawal": True}, "corrects"),
        ],
    )
    def test_what_makes_no_sense_is_refused_at_its_field(self, tms, load, body, field) -> None:
        answer = tms.post(path(load, "milestones/"), {"occurred_at": "2026-11-18T13:00:00Z"} | body)

        assert answer.status_code == 400
        assert answer.json()["field"] == field
        assert not load.milestones.exists()

    def test_a_service_is_told_with_its_particulars(self, tms, load) -> None:
        tms.post(
            path(load, "milestones/"),
            {"kind": "SERVICE", "service": "LAYOVER", "quantity": "2", "unit": "night",
             "authorised_by": "K. Moss", "occurred_at": "2026-11-18T13:00:00Z"},
        )  # fmt: skip

        assert Milestone.objects.get(kind="SERVICE").detail == {
            "service": "LAYOVER", "quantity": "2.00", "unit": "night", "authorised_by": "K. Moss",
        }  # fmt: skip

    def test_a_check_call_keeps_words_place_and_estimate(self, tms, load) -> None:
        answer = tms.post(
            path(load, "check-calls/"),
            {"note": "Slow traffic", "city": "Gary", "state": "in", "stop": 2,
             "eta": "2026-11-19T08:00:00-05:00"},
        )  # fmt: skip

        assert answer.status_code == 200
        kinds = dict(load.milestones.values_list("kind", "state"))
        assert kinds == {"CHECK_CALL": "IN", "ETA": ""}

    def test_a_call_that_says_nothing_is_not_kept(self, tms, load) -> None:
        answer = tms.post(path(load, "check-calls/"), {})

        assert (answer.status_code, answer.json()["code"]) == (400, "nothing_said")

    def test_a_driver_brings_the_carrier(self, tms, load) -> None:
        driver = DriverFactory(truck="T-204")

        answer = tms.post(path(load, "assign/"), {"driver": driver.pk})

        told = answer.json()
        assert (told["carrier"], told["driver"], told["truck"]) == (
            driver.carrier.scac, driver.name, "T-204",
        )  # fmt: skip
        known = {each["scac"]: each for each in tms.get("carriers/").json()["data"]}
        assert known[driver.carrier.scac]["drivers"][0]["id"] == driver.pk

    def test_a_driver_of_another_carrier_is_refused(self, tms, load) -> None:
        driver, other = DriverFactory(), CarrierFactory()

        answer = tms.post(path(load, "assign/"), {"driver": driver.pk, "carrier": other.scac})

        assert answer.json()["code"] == "driver_of_another_carrier"

    def test_a_number_is_added_once(self, tms, load) -> None:
        for _ in range(2):
            answer = tms.post(path(load, "references/"), {"kind": "PO", "value": "45-7781"})

        assert [r for r in answer.json()["references"] if r["kind"] == "PO"] == [
            {"kind": "PO", "value": "45-7781"}
        ]


class TestCalledOff:
    def test_a_planned_load_is_called_off_for_a_reason(self, tms, load) -> None:
        answer = tms.post(path(load, "cancel/"), {"reason": "Order withdrawn"})

        assert answer.json()["status"] == "CANCELLED"
        assert Milestone.objects.get(kind="CANCELLED").detail == {"note": "Order withdrawn"}

    def test_a_load_on_its_way_is_not(self, tms, load) -> None:
        tms.post(
            path(load, "milestones/"),
            {"kind": "DEPARTED", "stop": 1, "occurred_at": "2026-11-18T15:00:00Z"},
        )

        answer = tms.post(path(load, "cancel/"), {"reason": "Too late"})

        assert (answer.status_code, answer.json()["code"]) == (409, "not_cancellable")

    def test_without_a_reason_it_stays(self, tms, load) -> None:
        assert tms.post(path(load, "cancel/"), {"reason": " "}).status_code == 400


class TestTenders:
    def test_what_is_offered_is_listed_and_accepted(self, tms, tender) -> None:
        listed = tms.get("tenders/").json()["data"]

        answer = tms.post(path(tender, "accept/"))

        assert [each["number"] for each in listed] == [tender.number]
        assert answer.json()["status"] == "ACCEPTED"
        assert tms.get("tenders/").json()["data"] == []
        assert Milestone.objects.get(kind="ACCEPTED").source == "api"

    def test_it_is_declined_for_a_reason(self, tms, tender) -> None:
        answer = tms.post(path(tender, "decline/"), {"reason": "No truck there that day"})

        assert answer.json()["status"] == "DECLINED"
        assert Event.objects.get(name="tender.answered").reason == "No truck there that day"

    def test_it_is_answered_once(self, tms, tender) -> None:
        tms.post(path(tender, "accept/"))

        answer = tms.post(path(tender, "decline/"), {"reason": "Changed our mind"})

        assert (answer.status_code, answer.json()["code"]) == (409, "not_offered")


class TestPapers:
    def file(self, tms, load, content: bytes = b"", *, name: str = "pod.pdf", **more):
        upload = SimpleUploadedFile(name, content or pdf())
        return tms.upload(path(load, "documents/"), content=upload, kind="POD", **more)

    def test_a_legible_proof_is_filed_and_accepted(self, tms, load) -> None:
        answer = self.file(tms, load, stop=2, signed_by="R. Ortega")

        told = answer.json()
        assert answer.status_code == 201
        assert (told["load"], told["status"], told["stop"]) == (load.number, "ACCEPTED", 2)
        assert tms.get(f"documents/{told['id']}/").json() == told

    def test_what_was_filed_comes_back_byte_by_byte_as_a_download(self, tms, load) -> None:
        told = self.file(tms, load, PNG, name="../../pod.exe").json()

        answer = tms.get(f"documents/{told['id']}/content/", Accept="image/png")

        assert b"".join(answer.streaming_content) == PNG
        assert answer["Content-Type"] == "image/png"
        assert answer["Content-Disposition"] == 'attachment; filename="pod.png"'
        assert answer["X-Content-Type-Options"] == "nosniff"

    @pytest.mark.parametrize(
        ("content", "status", "code"),
        [(EXE, 415, "unsupported_media_type"), (EICAR, 422, "quarantined"),
         (b"%PDF-1.7 broken", 422, "unreadable_pdf")],
    )  # fmt: skip
    def test_what_is_no_paper_is_refused_by_its_content(
        self, tms, load, content, status, code
    ) -> None:
        answer = self.file(tms, load, content)

        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert not Document.objects.exists()

    def test_what_is_too_large_is_refused(self, tms, load, settings) -> None:
        settings.UPLOAD_LIMIT_BYTES = 10

        assert self.file(tms, load).status_code == 413

    def test_an_empty_file_is_refused(self, tms, load) -> None:
        answer = tms.upload(
            path(load, "documents/"), content=SimpleUploadedFile("x.pdf", b""), kind="POD"
        )

        assert (answer.status_code, answer.json()["field"]) == (400, "content")

    def test_another_file_under_the_same_key_is_another_request(self, tms, load) -> None:
        self.file(tms, load, once="k-1")

        answer = self.file(tms, load, pdf(2), once="k-1")

        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")

    def test_a_paper_is_rejected_for_a_reason_and_accepted_again(self, tms, load) -> None:
        number = self.file(tms, load).json()["id"]

        rejected = tms.post(f"documents/{number}/reject/", {"reason": "Not signed"})
        accepted = tms.post(f"documents/{number}/accept/", If_Match=rejected["ETag"])

        assert (rejected.json()["status"], rejected.json()["reason"]) == ("REJECTED", "Not signed")
        assert accepted.json()["status"] == "ACCEPTED"

    def test_what_is_accepted_cannot_be_accepted(self, tms, load) -> None:
        number = self.file(tms, load).json()["id"]

        answer = tms.post(f"documents/{number}/accept/")

        assert (answer.status_code, answer.json()["code"]) == (409, "wrong_status")


STEPS = [
    ("PATCH", ""), ("POST", "accept/"), ("POST", "assign/"), ("POST", "cancel/"),
    ("POST", "check-calls/"), ("POST", "decline/"), ("POST", "milestones/"),
    ("POST", "references/"), ("PATCH", "stops/1/"), ("POST", "stops/1/skip/"),
]  # fmt: skip


class TestWhoMay:
    @pytest.mark.parametrize(("method", "step"), STEPS)
    def test_a_customer_changes_nothing(self, load, customer, now, method, step) -> None:
        system = an_asker(customer=customer, at=now)

        answer = system.send(method, path(load, step), {}, once="k")

        assert (answer.status_code, answer.json()["code"]) == (403, "staff_only")

    @pytest.mark.parametrize(("method", "step"), STEPS)
    def test_a_key_that_reads_changes_nothing(self, load, now, method, step) -> None:
        system = an_asker(scopes=[Scope.LOADS_READ], at=now)

        answer = system.send(method, path(load, step), {}, once="k")

        assert (answer.status_code, answer.json()["code"]) == (403, "scope")

    def test_a_customer_reads_its_own_papers_and_no_others(self, tms, load, customer, now) -> None:
        upload = SimpleUploadedFile("pod.pdf", pdf())
        number = tms.upload(path(load, "documents/"), content=upload, kind="POD").json()["id"]
        own, other = (an_asker(customer=c, at=now) for c in (customer, CustomerFactory()))

        seen = [own.get(f"documents/{number}/{part}").status_code for part in ("", "content/")]
        hidden = [other.get(f"documents/{number}/{part}").status_code for part in ("", "content/")]

        assert (seen, hidden) == ([200, 200], [404, 404])
        assert other.get(path(load)).status_code == 404
        assert other.get(path(load, "documents/")).status_code == 404

    def test_a_customer_sees_the_papers_of_its_freight_and_not_what_we_pay(
        self, tms, load, customer, now
    ) -> None:
        DocumentFactory(load=load, kind="RATE_CONFIRMATION", status="ACCEPTED")
        DocumentFactory(load=load, kind="POD", status="REJECTED", reason="Their clerk is slow")
        shown = DocumentFactory(load=load, kind="BOL", status="ACCEPTED")
        own, numbers = an_asker(customer=customer, at=now), [d.pk for d in Document.objects.all()]

        (listed,) = own.get(path(load, "documents/")).json()["data"]

        assert (listed["id"], listed["source"]) == (shown.pk, "")
        seen = [n for n in numbers if own.get(f"documents/{n}/").status_code == 200]
        assert seen == [shown.pk]
        assert len(tms.get(path(load, "documents/")).json()["data"]) == 3

    def test_a_customer_is_not_told_who_drives_or_what_we_note(
        self, tms, load, customer, now
    ) -> None:
        driver = DriverFactory(carrier=CarrierFactory(scac="CDRF"))
        tms.post(path(load, "assign/"), {"carrier": "CDRF", "driver": driver.pk, "truck": "T-9"})
        tms.post(path(load, "check-calls/"), {"note": "Driver is fed up with this dock"})
        arrival = {"kind": "ARRIVED", "stop": 1, "occurred_at": "2026-11-18T07:05:00-06:00"}
        tms.post(path(load, "milestones/"), arrival)
        own = an_asker(customer=customer, at=now)

        seen = own.get(path(load)).json()

        assert (seen["carrier"], seen["driver"], seen["truck"]) == (None, None, "")
        assert own.get("loads/").json()["data"][0]["carrier"] is None
        kinds = {each["kind"] for each in seen["milestones"]}
        assert "ARRIVED" in kinds
        assert "CHECK_CALL" not in kinds
        assert {each["source"] for each in seen["milestones"]} == {""}
        assert tms.get(path(load)).json()["carrier"] == "CDRF"


def test_a_load_that_is_made_twice_with_one_key_is_one(tms, customer) -> None:
    body = {
        "customer": customer.code,
        "references": [],
        "stops": [
            {"sequence": 1, "kind": "PICKUP", "city": "Joliet", "state": "IL"},
            {"sequence": 2, "kind": "DELIVERY", "city": "Columbus", "state": "OH"},
        ],
    }

    made = [tms.post("loads/", body, once="new-1").json()["number"] for _ in range(2)]

    assert made[0] == made[1]
    assert Load.objects.count() == 1
