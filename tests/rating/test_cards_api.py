"""Rate cards over HTTP: the carrier's own systems keep them, and nobody else."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.operations.keying import create_key
from accounts.operations.scoping import enter_staff_scope
from accounts.rules import Scope
from rating.models import RateCard, RateCardVersion, RateImport
from rating.operations.approving import submit_version
from rating.operations.quoting import quote_facts
from rating.operations.testing import save_case
from tests.factories import CustomerFactory
from tests.rating.engine.building import LOAD
from tests.rating.importing.sending import LIST
from tests.rating.making import DRAFTER, NOW, drafted, per_mile_programme, publish

pytestmark = pytest.mark.django_db
CARDS = "/api/v1/rate-cards/"
BOTH = (Scope.RATES_READ, Scope.RATES_WRITE)
VERSIONS = "/api/v1/rate-card-versions/"


class System:
    """A system with a key."""

    def __init__(
        self,
        *,
        scopes: Any = (Scope.RATES_READ, Scope.RATES_WRITE),
        customer: Any = None,
        by: str = "user:1",
    ):
        long_ago = NOW - timedelta(days=300)
        _, self.secret = create_key("ERP", scopes=scopes, by=by, at=long_ago, customer=customer)

    def __call__(self, method: str, path: str, body: Any = None, **form: Any) -> Any:
        headers: Any = {"Authorization": f"Bearer {self.secret}", "Idempotency-Key": str(uuid4())}
        client = Client()
        if form:
            answer = client.post(path, form, headers=headers)
        else:
            told = json.dumps({} if body is None else body)
            answer = client.generic(
                method, path, told, content_type="application/json", headers=headers
            )
        enter_staff_scope()
        return answer


@pytest.fixture
def call() -> System:
    return System()


@pytest.fixture
def draft() -> RateCardVersion:
    return drafted()


def at(version: RateCardVersion, rest: str = "") -> str:
    return f"{VERSIONS}{version.pk}/{rest}"


def test_a_card_is_made_drafted_and_listed(call):
    customer: Any = CustomerFactory()
    card = call("POST", CARDS, {"name": "Van", "currency": "USD", "customer": customer.code}).json()
    version = call(
        "POST", f"{CARDS}{card['id']}/versions/", {"effective_from": "2027-01-01"}
    ).json()

    assert (card["customer"], version["number"], version["status"]) == (customer.code, 1, "DRAFT")
    assert [row["name"] for row in call("GET", CARDS).json()["data"]] == ["Van"]
    listed = call("GET", f"{CARDS}{card['id']}/versions/?status=DRAFT").json()["data"]
    assert [row["id"] for row in listed] == [version["id"]]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "Van", "currency": "UDS"}, "currency"),
        ({"name": "Van", "currency": "USD", "customer": "NOBODY"}, "customer"),
        ({"name": "Prairie Foods Reefer", "currency": "USD"}, "name"),
        ({"name": "Van", "currency": "USD", "colour": "red"}, "colour"),
    ],
)
def test_a_card_that_cannot_be_is_refused_by_field(call, draft, body, field):
    answer = call("POST", CARDS, body)

    assert (answer.status_code, answer.json()["field"]) == (400, field)
    assert RateCard.objects.count() == 1


def test_the_next_version_is_a_copy(call, draft):
    body = {"effective_from": "2027-01-01", "copy_of": draft.pk}
    made = call("POST", f"{CARDS}{draft.card_id}/versions/", body).json()

    assert RateCardVersion.objects.get(pk=made["id"]).lanes.count() == 2
    assert call("POST", f"{CARDS}{draft.card_id}/versions/", body | {"copy_of": 9}).json()[
        "field"
    ] == "copy_of"  # fmt: skip


def test_lanes_are_listed_narrowed_and_paged(call, draft):
    first = call("GET", at(draft, "lanes/?size=1")).json()

    assert (first["data"][0]["row"], first["data"][0]["destination"]) == (2, "OH")
    second = call("GET", at(draft, f"lanes/?size=1&cursor={first['next_cursor']}")).json()
    assert second["data"][0]["rate"] == "2.42"
    assert len(call("GET", at(draft, "lanes/?destination=oh")).json()["data"]) == 1
    assert call("GET", at(draft, "lanes/?colour=red")).json()["code"] == "unknown_parameter"


def test_a_lane_is_added_changed_and_removed(call, draft):
    cells = {"origin": "605", "destination": "431", "basis": "flat", "rate": "900"}
    added = call("POST", at(draft, "lanes/"), cells)
    changed = call(
        "PATCH", at(draft, "lanes/3/"), {"changes": {"rate": "950"}, "seen": {"rate": "900"}}
    )
    stale = call(
        "PATCH", at(draft, "lanes/3/"), {"changes": {"rate": "9"}, "seen": {"rate": "900"}}
    )
    wrong = call("PATCH", at(draft, "lanes/3/"), {"changes": {"rate": "abc"}})
    removed = call("DELETE", at(draft, "lanes/3/"))

    assert (added.status_code, added.json()["row"]) == (201, 3)
    assert changed.json()["rate"] == "950"
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_edit")
    assert (wrong.status_code, wrong.json()["field"]) == (400, "rate")
    assert removed.status_code == 204
    assert draft.lanes.count() == 2


def test_settings_of_a_draft_are_changed(call, draft):
    changed = call("PATCH", at(draft), {"discount_percent": "5", "effective_to": "2027-12-31"})
    wrong = call("PATCH", at(draft), {"effective_to": "2020-01-01"})

    assert (changed.json()["discount_percent"], changed.json()["effective_to"]) == (
        "5.0000", "2027-12-31")  # fmt: skip
    assert (wrong.status_code, wrong.json()["field"]) == (400, "effective_to")


def test_a_version_goes_its_way_between_two_keys(call, draft):
    other = System(by="user:2")

    assert call("POST", at(draft, "approve/")).status_code == 403
    assert call("POST", at(draft, "submit/")).json()["status"] == "SUBMITTED"
    assert call("POST", at(draft, "lanes/"), {"origin": "1"}).status_code in (400, 409)
    refused = call("POST", at(draft, "approve/"))
    assert (refused.status_code, refused.json()["code"]) == (403, "same_person")
    assert other("POST", at(draft, "return/")).json()["field"] == "reason"
    assert System()("POST", at(draft, "approve/")).json()["code"] == "same_person"
    assert other("POST", at(draft, "approve/")).json()["status"] == "APPROVED"
    assert other("POST", at(draft, "publish/")).json()["status"] == "PUBLISHED"


def test_a_published_version_is_withdrawn_for_a_reason(call, draft):
    publish(draft)
    other = System(by="user:2")

    wordless = other("POST", at(draft, "retire/"))
    own = System()("POST", at(draft, "retire/"), {"reason": "Wrong base"})
    done = other("POST", at(draft, "retire/"), {"reason": "Wrong base"})
    again = other("POST", at(draft, "retire/"), {"reason": "Wrong base"})

    assert (wordless.status_code, wordless.json()["field"]) == (400, "reason")
    assert (own.status_code, own.json()["code"]) == (403, "same_person")
    assert done.json()["status"] == "RETIRED"
    assert again.status_code == 409


def test_whoever_drafted_does_not_approve_by_a_key_of_their_own(call):
    draft = drafted()
    System(by="user:2")("POST", at(draft, "submit/"))

    refused = call("POST", at(draft, "approve/"))

    assert (refused.status_code, refused.json()["code"]) == (403, "same_person")
    assert "drafted by user:1, the same person as key:" in refused.json()["detail"]


def test_checks_and_test_cases_are_shown(call):
    version = drafted(fuel=per_mile_programme())
    save_case(version.card, name="Columbus", quote=quote_facts(LOAD, at=NOW, version=version),
              by=DRAFTER, at=NOW)  # fmt: skip
    version.lanes.filter(row=1).update(rate="2.49")

    (result,) = call("GET", at(version, "test-cases/")).json()
    named = {check["name"]: check["passes"] for check in call("GET", at(version, "checks/")).json()}
    (case,) = call("GET", f"{CARDS}{version.card_id}/test-cases/").json()["data"]
    refused = call("POST", at(version, "submit/"))

    assert (result["passes"], result["differences"][0]["expected"]) == (False, "912.3400")
    assert named == {"floor": True, "overlaps": True, "rivals": True, "cases": False}
    assert case["name"] == "Columbus"
    assert (refused.status_code, refused.json()["code"]) == (409, "test_cases_fail")


def test_two_versions_are_compared(call, draft):
    body = {"effective_from": "2027-01-01", "copy_of": draft.pk}
    made = call("POST", f"{CARDS}{draft.card_id}/versions/", body).json()
    call("PATCH", f"{VERSIONS}{made['id']}/lanes/1/", {"changes": {"rate": "2.49"}})

    shown = call("GET", f"{VERSIONS}{made['id']}/changes/{draft.pk}/").json()

    assert (shown["changed"], shown["unchanged"], shown["next_row"]) == (1, 1, None)
    assert shown["lanes"][0]["cells"] == [
        {"column": "rate", "before": "2.42", "after": "2.49", "percent": "2.9"}
    ]
    wrong = call("GET", f"{VERSIONS}{made['id']}/changes/{draft.pk}/?after_row=x")
    assert wrong.json()["field"] == "after_row"


def test_a_sheet_is_uploaded_previewed_and_applied(call, draft, drain):
    file = SimpleUploadedFile("rates.csv", LIST.encode())

    sent = call("POST", at(draft, "imports/"), file=file, mode="REPLACE")
    drain()
    path = f"/api/v1/rate-imports/{sent.json()['id']}/"
    ready = call("GET", path).json()
    applying = call("POST", f"{path}apply/")
    drain()

    assert (sent.status_code, sent.json()["status"]) == (202, "RECEIVED")
    assert (ready["status"], ready["counts"]["new"], ready["counts"]["changed"]) == ("READY", 1, 1)
    assert (applying.status_code, call("GET", path).json()["status"]) == (202, "APPLIED")
    assert draft.lanes.count() == 3
    assert [row["status"] for row in call("GET", at(draft, "imports/")).json()["data"]] == [
        "APPLIED"
    ]
    assert call("DELETE", path).status_code == 409


def test_questions_are_answered_and_an_import_given_up(call, draft, drain):
    file = SimpleUploadedFile("rates.csv", b",431\n604,2.49\n")
    path = f"/api/v1/rate-imports/{call('POST', at(draft, 'imports/'), file=file).json()['id']}/"
    drain()

    assert call("GET", path).json()["questions"][0]["name"] == "basis"
    assert call("PATCH", path, {"options": {"basis": "furlong"}}).json()["field"] == "basis"
    call("PATCH", path, {"options": {"basis": "PER_MILE"}, "mode": "UPDATE"})
    drain()
    assert call("GET", path).json()["status"] == "READY"
    assert call("DELETE", path).json()["status"] == "DISCARDED"


def test_a_file_that_is_no_sheet_is_refused_at_once(call, draft):
    answer = call("POST", at(draft, "imports/"), file=SimpleUploadedFile("a.csv", b"%PDF-1.7"))

    assert (answer.status_code, answer.json()["code"]) == (422, "sheet_refused")


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_an_export_is_what_import_takes(call, draft, drain, suffix):
    answer = call("GET", at(draft, f"export.{suffix}"))
    content = b"".join(answer.streaming_content)

    file = SimpleUploadedFile(f"x.{suffix}", content)
    path = f"/api/v1/rate-imports/{call('POST', at(draft, 'imports/'), file=file).json()['id']}/"
    drain()

    assert f"v1.{suffix}" in answer["Content-Disposition"]
    assert call("GET", path).json()["counts"]["unchanged"] == 2


def test_what_is_no_grid_is_not_exported_as_one(call, draft):
    answer = call("GET", at(draft, "export.csv?layout=grid"))

    assert (answer.status_code, answer.json()["code"]) == (409, "no_grid")
    assert call("GET", at(draft, "export.csv?layout=cube")).status_code == 400


@pytest.mark.parametrize("path", [CARDS, "lanes/", "export.csv", "imports/", "checks/"])
def test_a_customers_key_sees_no_card(draft, path):
    partner = System(customer=CustomerFactory())

    answer = partner("GET", path if path == CARDS else at(draft, path))

    assert (answer.status_code, answer.json()["code"]) == (403, "staff_only")


def test_a_key_that_only_reads_changes_nothing(draft):
    reader = System(scopes=(Scope.RATES_READ,))

    assert reader("GET", at(draft)).status_code == 200
    assert reader("POST", at(draft, "submit/")).status_code == 403
    assert reader("DELETE", at(draft, "lanes/1/")).status_code == 403


def test_a_submitted_version_is_closed(call, draft):
    submit_version(draft, by=DRAFTER, at=NOW)
    file = SimpleUploadedFile("rates.csv", LIST.encode())

    for answer in (
        call("PATCH", at(draft, "lanes/1/"), {"changes": {"rate": "9"}}),
        call("PATCH", at(draft), {"note": "x"}),
        call("POST", at(draft, "imports/"), file=file),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "not_a_draft")


def test_an_upload_may_say_beforehand_what_its_discounts_are(call, draft):
    file = SimpleUploadedFile("rates.csv", LIST.encode())

    answer = call("POST", at(draft, "imports/"), file=file, discount="share")

    assert answer.status_code == 202, answer.content
    assert RateImport.objects.get().options == {"discount": "share"}
