"""What a draft holds beside its lanes, and fuel, over HTTP: as the pages change them."""

from typing import Any

import pytest

from journal.models import Event
from rating.models import FuelIndexValue, FuelProgramme, RateCardVersion, RateTestCase
from rating.operations.approving import submit_version
from rating.queries.books import terms_of
from tests.factories import CustomerFactory
from tests.factories.asking import Asker, an_asker
from tests.rating.engine.building import DETENTION
from tests.rating.making import DRAFTER, NOW, drafted, per_mile_programme

pytestmark = pytest.mark.django_db

LAYOVER = {
    "rule": "LAY-2", "code": "LAY", "name": "Layover", "trigger": "SERVICE", "service": "LAYOVER",
    "rate": "250",
}  # fmt: skip
CUBIC = {"over": "750", "pounds_per_unit": "10.4", "under_pcf": "6"}
TABLE = {
    "name": "Prairie 2027", "series": "EIA-MW", "method": "TABLE", "unit": "PER_MILE",
    "rows": [{"from_price": "3.700", "to_price": "3.749", "value": "0.46"}],
}  # fmt: skip


@pytest.fixture
def desk(db) -> Asker:
    """The carrier's pricing system."""
    return an_asker(at=NOW)


@pytest.fixture
def draft() -> RateCardVersion:
    return drafted()


def at(version: RateCardVersion, rest: str = "") -> str:
    return f"rate-card-versions/{version.pk}/{rest}"


class TestRules:
    def test_a_rule_that_is_read_and_sent_back_is_the_same(self, desk, draft) -> None:
        path = at(draft, f"accessorials/{DETENTION.rule}/")
        told = desk.get(path).json()

        answer = desk.put(path, told)

        assert answer.status_code == 200, answer.content
        assert answer.json() == told
        assert DETENTION in terms_of(draft).accessorials

    def test_a_rule_is_added_with_what_the_engine_takes_for_the_rest(self, desk, draft) -> None:
        answer = desk.post(at(draft, "accessorials/"), LAYOVER)

        assert answer.status_code == 201
        assert (answer.json()["rate"], answer.json()["occurrences"]) == ("250", "EVENT")
        assert "LAY-2" in {rule.rule for rule in terms_of(draft).accessorials}
        event = Event.objects.get(name="rate_card.edited")
        assert event.actor == desk.key.actor

    def test_a_rule_is_taken_out_once(self, desk, draft) -> None:
        path = at(draft, "accessorials/DET-4/")

        codes = [desk.delete(path, once="gone").status_code for _ in range(2)]

        assert codes == [204, 204]
        assert desk.get(path).status_code == 404
        assert desk.delete(path).status_code == 404

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"trigger": "DETENTION"}, "rule"),
            ({"rule": "lay 2"}, "rule"),
            ({"rate": "-1"}, "rate"),
            ({"trigger": "NEVER"}, "trigger"),
            ({"colour": "red"}, "colour"),
            ({"trigger": "DETENTION", "service": "",
              "detention": {"free_times": [], "increment_minutes": 0}}, "detention"),
            ({"minimum": "9", "maximum": "1"}, "rule"),
        ],
    )  # fmt: skip
    def test_a_rule_that_cannot_be_is_refused_by_field(self, desk, draft, change, field) -> None:
        answer = desk.post(at(draft, "accessorials/"), LAYOVER | change)

        assert (answer.status_code, answer.json()["field"]) == (400, field)


class TestFreight:
    def test_classes_are_rated_as_one(self, desk, draft) -> None:
        ranges = [{"min_class": "50", "max_class": "100", "rated_class": "70"}]

        answer = desk.put(at(draft, "fak/"), {"ranges": ranges})

        assert answer.json() == {"ranges": ranges} == desk.get(at(draft, "fak/")).json()
        assert [each.label for each in terms_of(draft).fak] == ["50 to 100"]

    def test_ranges_that_overlap_are_refused(self, desk, draft) -> None:
        one = {"min_class": "50", "max_class": "100", "rated_class": "70"}

        answer = desk.put(at(draft, "fak/"), {"ranges": [one, one | {"max_class": "150"}]})

        assert (answer.status_code, answer.json()["field"]) == (400, "ranges")

    def test_space_weighs_and_weighs_nothing_again(self, desk, draft) -> None:
        path = at(draft, "space-rules/CUBIC_FEET/")

        put = desk.put(path, CUBIC)

        assert (put.json()["measure"], put.json()["under_pcf"]) == ("CUBIC_FEET", "6")
        assert len(desk.get(at(draft, "space-rules/")).json()) == 1
        assert desk.delete(path).status_code == 204
        assert desk.get(at(draft, "space-rules/")).json() == []
        assert desk.put(at(draft, "space-rules/GALLONS/"), CUBIC).status_code == 404


class TestZones:
    def test_a_zone_is_defined_told_and_taken_out(self, desk, draft) -> None:
        path = at(draft, "zones/Greater Chicago/")

        put = desk.put(path, {"members": ["604-606", "Gary, IN"]})

        assert put.status_code == 200, put.content
        assert desk.get(path).json() == put.json()
        assert len(put.json()["members"]) == 4
        assert [each["name"] for each in desk.get(at(draft, "zones/")).json()] == [
            "Greater Chicago"
        ]
        assert desk.delete(path).status_code == 204
        assert desk.get(path).status_code == 404

    def test_a_zone_that_a_lane_names_stays(self, desk, draft) -> None:
        desk.put(at(draft, "zones/Chicago/"), {"members": ["604"]})
        lane = {"origin": "zone Chicago", "destination": "TX", "basis": "flat", "rate": "900"}
        added = desk.post(at(draft, "lanes/"), lane)
        assert added.status_code == 201, added.content

        answer = desk.delete(at(draft, "zones/Chicago/"))

        assert (answer.status_code, answer.json()["field"]) == (400, "name")


class TestFuel:
    @pytest.fixture(autouse=True)
    def _programme(self) -> None:
        per_mile_programme()

    def test_a_programme_is_made_and_a_draft_charges_by_it(self, desk, draft) -> None:
        made = desk.post("fuel-programmes/", TABLE)
        named = desk.patch(at(draft), {"fuel": "Prairie 2027"})

        assert made.status_code == 201, made.content
        (row,) = made.json()["terms"]["rows"]
        assert (row["from_price"], row["value"]) == ("3.7", "0.46")
        assert desk.get(f"fuel-programmes/{made.json()['id']}/").json() == made.json()
        assert named.json()["fuel"] == "Prairie 2027"
        assert len(desk.get("fuel-programmes/").json()["data"]) == 2

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"series": "NONE"}, "series"),
            ({"rows": []}, "rows"),
            ({"rows": [*TABLE["rows"], {"from_price": "3.72", "to_price": "4", "value": "1"}]},
             "rows"),
            ({"method": "FORMULA", "unit": "PERCENT"}, "unit"),
            ({"miles_per_gallon": "0"}, "increment"),
            ({"timing": {"month_day": 30}}, "timing"),
        ],
    )  # fmt: skip
    def test_a_programme_that_cannot_charge_is_refused(self, desk, change, field) -> None:
        body: dict[str, Any] = TABLE | change

        answer = desk.post("fuel-programmes/", body)

        assert (answer.status_code, answer.json()["field"]) == (400, field)
        assert FuelProgramme.objects.count() == 1

    def test_a_published_value_is_kept_once(self, desk) -> None:
        told = {"survey_on": "2026-11-02", "value": "3.689", "source": "eia.gov",
                "published_at": "2026-11-02T17:00:00-05:00"}  # fmt: skip
        path = "fuel-indexes/EIA-MW/values/"

        answers = [desk.post(path, told) for _ in range(2)]

        assert [each.json()["value"] for each in answers] == ["3.689", "3.689"]
        assert FuelIndexValue.objects.filter(survey_on="2026-11-02").count() == 1
        listed = desk.get(f"{path}?survey_to=2026-11-02").json()["data"]
        assert [each["survey_on"] for each in listed] == ["2026-11-02"]

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"survey_on": "2026-11-03"}, "survey_on"),
            ({"published_at": "2126-11-02T17:00:00-05:00"}, "published_at"),
            ({"published_at": "2026-11-02T17:00:00"}, "published_at"),
        ],
    )
    def test_a_value_nobody_published_is_refused(self, desk, change, field) -> None:
        told = {"survey_on": "2026-11-02", "value": "3.689", "source": "eia.gov",
                "published_at": "2026-11-02T17:00:00-05:00"}  # fmt: skip

        answer = desk.post("fuel-indexes/EIA-MW/values/", told | change)

        assert (answer.status_code, answer.json()["field"]) == (400, field)


class TestCases:
    def ask(self, draft: RateCardVersion, **more: Any) -> dict[str, Any]:
        return {
            "name": "Joliet to Columbus",
            "ask": {
                "customer": CustomerFactory().code, "origin": {"postal_code": "60436"},
                "destination": {"postal_code": "43085"}, "pickup_on": "2026-11-18",
                "miles": "377", "version": draft.pk, **more,
            },
        }  # fmt: skip

    def test_what_a_version_charges_is_kept_expected_anew_and_forgotten(self, desk, draft) -> None:
        path = f"rate-cards/{draft.card_id}/test-cases/"

        saved = desk.post(path, self.ask(draft))

        assert saved.status_code == 201, saved.content
        number = saved.json()["id"]
        assert desk.post(at(draft, f"test-cases/{number}/expect/")).json()["id"] == number
        assert desk.delete(f"{path}{number}/").status_code == 204
        assert not RateTestCase.objects.exists()

    def test_a_version_of_another_card_keeps_nothing(self, desk, draft) -> None:
        path = f"rate-cards/{draft.card_id}/test-cases/"

        answer = desk.post(path, self.ask(draft, version=draft.pk + 99))

        assert (answer.status_code, answer.json()["field"]) == (400, "ask.version")


EDITS: list[tuple[str, str, Any]] = [
    ("POST", "accessorials/", LAYOVER), ("DELETE", "accessorials/DET-4/", None),
    ("PUT", "fak/", {"ranges": []}), ("PUT", "space-rules/CUBIC_FEET/", CUBIC),
    ("PUT", "zones/Chicago/", {"members": ["604"]}), ("PATCH", "", {"note": "x"}),
    ("POST", "lanes/", {"origin": "IL", "destination": "OH", "basis": "flat", "rate": "1"}),
    ("PATCH", "lanes/1/", {"changes": {"rate": "9"}}), ("DELETE", "lanes/1/", None),
    ("POST", "submit/", {}),
]  # fmt: skip


class TestEdits:
    @pytest.mark.parametrize(("method", "path", "body"), EDITS)
    def test_an_edit_of_what_changed_since_is_told_who_and_when(
        self, desk, draft, method, path, body
    ) -> None:
        seen = desk.get(at(draft))["ETag"]
        desk.put(at(draft, "zones/Gary/"), {"members": ["464"]})

        stale = desk.send(method, at(draft, path), body, once="k-1", If_Match=seen)
        fresh = desk.get(at(draft))["ETag"]
        current = desk.send(method, at(draft, path), body, once="k-2", If_Match=fresh)

        assert (stale.status_code, stale.json()["code"]) == (409, "stale")
        assert "was changed by ERP at" in stale.json()["detail"]
        assert current.status_code < 300, current.content

    @pytest.mark.parametrize(("method", "path", "body"), EDITS)
    def test_an_edit_is_made_once_and_wants_a_key(self, desk, draft, method, path, body) -> None:
        without = desk.send(method, at(draft, path), body)
        first, second = (desk.send(method, at(draft, path), body, once="same") for _ in range(2))

        assert (without.status_code, without.json()["code"]) == (400, "idempotency_key_required")
        assert first.status_code < 300, first.content
        assert second.status_code == first.status_code
        assert (second.content and second.json()) == (first.content and first.json())

    @pytest.mark.parametrize(("method", "path", "body"), EDITS[:5])
    def test_only_a_draft_is_edited_and_never_by_a_customer(
        self, desk, draft, method, path, body
    ) -> None:
        submit_version(draft, by=DRAFTER, at=NOW)
        theirs = an_asker(customer=CustomerFactory(), at=NOW)

        codes = [
            system.send(method, at(draft, path), body, once="k").json()["code"]
            for system in (desk, theirs)
        ]

        assert codes == ["not_a_draft", "staff_only"]
