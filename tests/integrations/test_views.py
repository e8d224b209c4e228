"""The webhook door: who is believed, what is answered, what is kept."""

import json
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from exceptions.models import Case
from integrations.models import InboxMessage
from journal.models import Event
from tests.integrations.conftest import OTHER_SECRET, SECRET, sign, tell, tell_load

pytestmark = pytest.mark.django_db


def refusal(response):
    """Return a refusal's status and code, having checked that it is one, whole and traceless."""
    assert response["content-type"] == "application/problem+json"
    body = json.loads(response.content)
    assert {"code", "title", "detail", "field", "request_id"} <= body.keys()
    assert "Traceback" not in response.content.decode()
    return response.status_code, body["code"]


def test_a_signed_message_is_kept_as_it_came_and_told_of_in_the_same_breath(push):
    response = push(tell("stop.arrived", stop={"sequence": 1}))

    assert (response.status_code, response.json()["status"]) == (202, "accepted")
    message = InboxMessage.objects.get()
    assert json.loads(bytes(message.body))["type"] == "stop.arrived"
    assert message.headers["door"] == "webhook"
    event = Event.objects.get(name="message.received", subject_id=message.pk)
    assert event.correlation_id == message.correlation_id
    assert event.actor == "source:tms"


def test_no_signature_is_401(push):
    assert refusal(push(tell("stop.arrived"), headers={})) == (401, "signature_missing")
    assert not InboxMessage.objects.exists()


def test_a_wrong_signature_is_401(push):
    response = push(tell("stop.arrived"), secret=OTHER_SECRET)

    assert refusal(response) == (401, "signature_invalid")


def test_a_changed_body_is_401(client, tms):
    headers = sign(b'{"a":1}', message_id="evt-1", at=timezone.now())

    response = client.post(
        "/in/webhooks/tms/", b'{"a":2}', content_type="application/json", headers=headers
    )

    assert refusal(response) == (401, "signature_invalid")


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_timestamp_six_minutes_off_is_401(push, minutes):
    response = push(tell("stop.arrived"), at=timezone.now() + timedelta(minutes=minutes))

    assert refusal(response) == (401, "timestamp_out_of_range")


@pytest.mark.parametrize("minutes", [-4, 4])
def test_a_timestamp_four_minutes_off_is_taken(push, minutes):
    response = push(tell("load.accepted"), at=timezone.now() + timedelta(minutes=minutes))

    assert response.status_code == 202


@pytest.mark.parametrize(
    "timestamp", ["", "abc", "\u0661\u0667\u0660", "1e9", "99999999999999999999"]
)
def test_a_timestamp_that_is_no_number_is_401(push, timestamp):
    headers = {
        "webhook-id": "evt-1", "webhook-timestamp": timestamp, "webhook-signature": "v1,AAAA",
    }  # fmt: skip

    status, code = refusal(push(tell("stop.arrived"), headers=headers))

    assert status == 401
    assert code in {"timestamp_out_of_range", "signature_missing"}


def test_during_rotation_both_secrets_are_believed(push, tms):
    tms.secret, tms.previous_secret = OTHER_SECRET, SECRET
    tms.previous_secret_until = timezone.now() + timedelta(hours=1)
    tms.save()

    assert push(tell("load.accepted", "evt-1"), secret=SECRET).status_code == 202
    assert push(tell("load.accepted", "evt-2"), secret=OTHER_SECRET).status_code == 202


def test_after_the_grace_the_old_secret_is_401(push, tms):
    tms.secret, tms.previous_secret = OTHER_SECRET, SECRET
    tms.previous_secret_until = timezone.now() - timedelta(seconds=1)
    tms.save()

    assert refusal(push(tell("load.accepted"), secret=SECRET)) == (401, "signature_invalid")


def test_a_source_without_a_secret_believes_nobody(push, tms):
    tms.secret = ""
    tms.save()

    assert refusal(push(tell("load.accepted"))) == (401, "signature_invalid")


def test_the_same_message_again_is_200_duplicate_and_one_row(push):
    message = tell("load.accepted")

    push(message)
    response = push(message)

    assert (response.status_code, response.json()["status"]) == (200, "duplicate")
    assert InboxMessage.objects.count() == 1
    assert Event.objects.filter(name="message.received").count() == 1


def test_the_same_message_written_differently_is_a_duplicate_too(push):
    message = tell("load.accepted")
    push(message)

    response = push(json.dumps(dict(reversed(message.items())), indent=2).encode())

    assert response.json()["status"] == "duplicate"


def test_the_same_id_with_another_body_is_409_and_a_case_and_both_bodies_are_kept(push):
    push(tell("load.accepted"))

    response = push(tell("load.declined"))

    assert refusal(response) == (409, "message_conflict")
    case = Case.objects.get(kind="message_conflict")
    assert "evt-1" in case.title
    bodies = [bytes(message.body).decode() for message in InboxMessage.objects.order_by("id")]
    assert ["load.accepted" in bodies[0], "load.declined" in bodies[1]] == [True, True]
    assert InboxMessage.objects.filter(status="RECEIVED").count() == 1


def test_the_other_body_sent_again_opens_no_second_case(push):
    push(tell("load.accepted"))
    for _ in range(3):
        assert push(tell("load.declined")).status_code == 409

    assert Case.objects.filter(kind="message_conflict").count() == 1
    assert InboxMessage.objects.count() == 2


def test_an_unknown_type_is_202_ignored(push):
    response = push(tell("load.repainted"))

    assert response.status_code == 202
    assert (response.json()["status"], response.json()["reason"]) == ("ignored", "unknown_type")


def test_an_unknown_field_is_kept_and_warned_about(push):
    response = push(tell("load.accepted", colour="blue"))

    assert response.status_code == 202
    assert response.json()["warnings"] == ["colour is not known; it is kept and not used."]


def test_an_unknown_load_is_202(push):
    assert push(tell("stop.arrived", stop={"sequence": 1})).status_code == 202


NESTED = b'{"id":"evt-1","x":' + b"[" * 100_000 + b"]" * 100_000 + b"}"


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        (b"", "empty_body", None),
        (b"  \n", "empty_body", None),
        (b"{", "invalid_json", None),
        (b'{"id": NaN}', "invalid_json", None),
        (NESTED, "too_deep", None),
        (b"[" * 100_000, "too_deep", None),
        (b'{"id": ' + b"9" * 5_000 + b"}", "number_too_large", None),
        (b'{"id": 1.' + b"9" * 5_000 + b"}", "number_too_large", None),
        (b'{"id": 1e999999999}', "number_too_large", None),
        (b'{"id": "a", "id": "b"}', "duplicate_key", "id"),
        (b'{"load": {"a": [{"b": 1, "b": 1}]}}', "duplicate_key", "b"),
        (b'{"load": {"commodity": "a\\u0000b"}}', "forbidden_character", "load.commodity"),
        (b'{"load": {"stops": [{"name": "\\ud800"}]}}', "forbidden_character",
         "load.stops[0].name"),
        (b'{"a\\u0000": 1}', "forbidden_character", None),
        (b'"just a text"', "invalid_field", None),
        (b"[]", "invalid_field", None),
        (b"{}", "missing_field", "type"),
    ],
    ids=lambda value: str(value[:24]) if isinstance(value, bytes) else None,
)  # fmt: skip
def test_json_that_cannot_be_trusted_is_400_and_names_the_rule(push, body, code, field):
    response = push(body)

    assert refusal(response) == (400, code)
    assert json.loads(response.content)["field"] == field
    assert not InboxMessage.objects.exists()


def in_load(**fields):
    message = tell_load("evt-1")
    message["load"] |= fields
    return message


def in_stop(**fields):
    message = tell_load("evt-1")
    message["load"]["stops"][1] |= fields
    return message


@pytest.mark.parametrize(
    ("message", "code", "field"),
    [
        (tell("load.accepted", occurred_at="yesterday"), "invalid_field", "occurred_at"),
        (tell("load.accepted", occurred_at="2026-02-30T00:00:00Z"), "invalid_field",
         "occurred_at"),
        (tell("load.accepted", occurred_at="0001-01-01T00:00:00+14:00"), "invalid_field",
         "occurred_at"),
        (tell("load.accepted", load={}), "missing_field", "load.references"),
        (tell("load.accepted", load={"references": [{"kind": "XX", "value": "1"}]}),
         "invalid_field", "load.references[0].kind"),
        (tell("stop.arrived"), "missing_field", "stop"),
        (tell("stop.arrived", stop={"sequence": 0}), "invalid_field", "stop.sequence"),
        (tell("milestone.withdrawn"), "missing_field", "corrects"),
        (tell("document.received"), "missing_field", "document"),
        (tell("document.received", document={"kind": "POD", "filename": "a.pdf",
              "content_base64": "%%%"}), "invalid_field", "document.content_base64"),
        (tell("document.received", document={"kind": "POD", "filename": "a.pdf",
              "content_base64": ""}), "invalid_field", "document.content_base64"),
        (in_load(quoted_amount="1850.001"), "invalid_field", "load.quoted_amount"),
        (in_load(quoted_amount=1850.001), "invalid_field", "load.quoted_amount"),
        (in_load(quoted_amount="1_850"), "invalid_field", "load.quoted_amount"),
        (in_load(quoted_amount="\u0661\u0668"), "invalid_field", "load.quoted_amount"),
        (in_load(quoted_amount=True), "invalid_field", "load.quoted_amount"),
        (in_load(weight_lb="-1"), "invalid_field", "load.weight_lb"),
        (in_load(weight_lb=-1), "invalid_field", "load.weight_lb"),
        (in_load(currency="US$"), "invalid_field", "load.currency"),
        (in_load(pieces=-1), "invalid_field", "load.pieces"),
        (in_load(miles_source=""), "missing_field", "load.miles_source"),
        (in_load(stops=[]), "invalid_field", "load.stops"),
        (in_stop(sequence=1), "invalid_field", "load.stops"),
        (in_stop(timezone="Mars/Olympus"), "invalid_field", "load.stops[1].timezone"),
        (in_stop(timezone="../../etc/passwd"), "invalid_field", "load.stops[1].timezone"),
        (in_stop(appointment_to="2026-03-05T07:00:00-05:00"), "invalid_field",
         "load.stops[1].appointment_to"),
        (in_stop(name="x" * 121), "invalid_field", "load.stops[1].name"),
    ],
)  # fmt: skip
def test_a_wrong_field_is_400_and_named(push, message, code, field):
    response = push(message)

    assert refusal(response) == (400, code)
    body = json.loads(response.content)
    assert body["field"] == field
    assert body["detail"]
    assert not InboxMessage.objects.exists()


@pytest.mark.parametrize(
    "when", ["2026-03-08T02:30:00", "2026-11-01T01:30:00"], ids=["never was", "came twice"]
)
def test_a_local_time_only_a_person_can_settle_is_kept(push, when):
    assert push(in_stop(appointment_from=when)).status_code == 202


def test_the_header_must_carry_the_id_of_the_body(push):
    response = push(tell("load.accepted", "evt-1"), message_id="evt-2")

    assert refusal(response) == (400, "id_mismatch")


def test_more_than_a_megabyte_is_413(push):
    message = json.dumps(tell("load.accepted", reason="x" * 1_000_001)).encode()

    assert refusal(push(message)) == (413, "body_too_large")


@pytest.mark.parametrize("kind", ["application/xml", "text/xml", "text/plain", ""])
def test_what_is_no_json_type_is_415(push, kind):
    assert refusal(push(b"<a/>", content_type=kind)) == (415, "unsupported_media_type")


def test_an_unknown_source_is_404(push):
    assert refusal(push(tell("load.accepted"), slug="nobody")) == (404, "unknown_source")


def test_a_source_that_is_switched_off_is_404(push, tms):
    tms.is_active = False
    tms.save()

    assert refusal(push(tell("load.accepted"))) == (404, "unknown_source")


def test_another_method_is_405(client, tms):
    assert refusal(client.get("/in/webhooks/tms/")) == (405, "method_not_allowed")


def test_a_database_that_is_away_is_503_and_asks_to_come_back(push, monkeypatch):
    def away(*_args, **_kwargs):
        raise OperationalError("server closed the connection")

    monkeypatch.setattr("integrations.views.receive", away)

    response = push(tell("load.accepted"))

    assert refusal(response) == (503, "unavailable")
    assert response["retry-after"] == "10"
    assert "server closed" not in response.content.decode()
