"""Events by API key: one, or five hundred with a verdict each."""

import json

import pytest
from django.utils import timezone

from accounts.operations.keying import create_key, revoke_key
from accounts.rules import Scope
from exceptions.models import Case
from integrations.models import InboxMessage
from tests.factories import CustomerFactory
from tests.integrations.conftest import LONG_AGO, tell, tell_load

pytestmark = pytest.mark.django_db
EVENTS, BATCH = "/api/v1/events/", "/api/v1/events/batch/"


@pytest.fixture
def key(tms):
    key, secret = create_key("TMS", scopes=[Scope.EVENTS_WRITE], by="user:1", at=LONG_AGO)
    tms.api_key = key
    tms.save()
    return key, secret


@pytest.fixture
def post(client, key):
    def send(body, *, url=EVENTS, secret=key[1], content_type="application/json"):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {secret}"} if secret else {}
        return client.post(url, data, content_type=content_type, headers=headers)

    return send


def refusal(response):
    assert response["content-type"] == "application/problem+json"
    body = json.loads(response.content)
    assert {"code", "title", "detail", "field", "request_id"} <= body.keys()
    return response.status_code, body["code"]


def test_a_message_is_kept_under_its_own_id(post, key):
    response = post(tell("load.accepted"))

    assert response.status_code == 202
    assert response.json() == {"id": "evt-1", "status": "accepted"}
    assert InboxMessage.objects.get().headers == {"door": "api"}


def test_again_is_200_and_otherwise_409_with_both_bodies_kept(post):
    post(tell("load.accepted"))

    assert post(tell("load.accepted")).status_code == 200
    assert refusal(post(tell("load.declined"))) == (409, "message_conflict")
    assert InboxMessage.objects.count() == 2
    assert Case.objects.get().kind == "message_conflict"


def test_push_and_api_of_one_source_share_their_ids(post, push):
    push(tell("load.accepted"))

    assert post(tell("load.accepted")).json()["status"] == "duplicate"


def test_without_a_key_is_401(post):
    assert refusal(post(tell("load.accepted"), secret=""))[0] == 401
    assert refusal(post(tell("load.accepted"), secret="lk_wrong"))[0] == 401


def test_a_revoked_key_is_401_at_once(post, key):
    revoke_key(key[0], by="user:1", at=timezone.now(), reason="leaked")

    assert refusal(post(tell("load.accepted")))[0] == 401


def test_a_key_that_may_only_read_is_403_scope(post, tms):
    _, secret = create_key("BI", scopes=[Scope.LOADS_READ], by="user:1", at=LONG_AGO)

    assert refusal(post(tell("load.accepted"), secret=secret)) == (403, "scope")


def test_a_key_without_a_source_is_403(post, key):
    _, secret = create_key("New", scopes=[Scope.EVENTS_WRITE], by="user:1", at=LONG_AGO)

    assert refusal(post(tell("load.accepted"), secret=secret)) == (403, "no_source")


def test_a_customers_own_key_may_conflict_too(post, tms):
    key, secret = create_key(
        "Customer", scopes=[Scope.EVENTS_WRITE], by="user:1", at=LONG_AGO,
        customer=CustomerFactory(),
    )  # fmt: skip
    tms.api_key = key
    tms.save()
    post(tell("load.accepted"), secret=secret)

    assert refusal(post(tell("load.declined"), secret=secret)) == (409, "message_conflict")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "empty_body"),
        (b"[" * 100_000, 400, "too_deep"),
        (b'{"id": ' + b"9" * 5_000 + b"}", 400, "number_too_large"),
        (b'{"id": "a", "id": "b"}', 400, "duplicate_key"),
        (b'{"id": "\\u0000"}', 400, "forbidden_character"),
        (b'{"type": "load.accepted"}', 400, "missing_field"),
        (json.dumps(tell_load("e", load={"references": []})).encode(), 400, "missing_field"),
        (json.dumps({**tell("load.accepted"), "id": "x" * 121}).encode(), 400, "invalid_field"),
        (b" " * 1_000_001, 413, "body_too_large"),
    ],
    ids=["empty", "deep", "digits", "twice", "nul", "no-id", "no-load", "long-id", "large"],
)
def test_what_cannot_be_kept_is_refused_with_a_code(post, body, status, code):
    assert refusal(post(body)) == (status, code)
    assert not InboxMessage.objects.exists()


def test_xml_is_415(post):
    assert refusal(post(b"<a/>", content_type="application/xml"))[0] == 415


def test_a_batch_gives_each_message_its_verdict(post, push):
    push(tell("load.accepted", "seen"))
    post(tell("load.accepted", "other"))
    batch = {
        "events": [
            tell("load.accepted", "new"),
            tell("load.accepted", "seen"),
            tell("load.declined", "other"),
            tell("load.repainted", "odd"),
            tell("stop.arrived", "bad"),
            tell("load.accepted", "new"),
        ]
    }

    response = post(batch, url=BATCH)

    assert response.status_code == 202
    results = response.json()["results"]
    assert [(result["id"], result["status"]) for result in results] == [
        ("new", "accepted"), ("seen", "duplicate"), ("other", "conflict"), ("odd", "ignored"),
        ("bad", "refused"), ("new", "duplicate"),
    ]  # fmt: skip
    assert results[4] == {
        "id": "bad", "status": "refused", "reason": "missing_field", "field": "stop",
        "detail": "stop: stop.arrived must name its stop by sequence or kind.",
    }  # fmt: skip


def test_five_hundred_are_kept_in_a_handful_of_statements(post, django_assert_max_num_queries):
    batch = {"events": [tell("load.accepted", f"evt-{n}") for n in range(500)]}

    with django_assert_max_num_queries(12):
        response = post(batch, url=BATCH)

    assert response.status_code == 202
    assert InboxMessage.objects.count() == 500


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"events": []}, "invalid_field"),
        ({"events": [tell("load.accepted", f"e{n}") for n in range(501)]}, "invalid_field"),
        ({"events": {}}, "invalid_field"),
        ([], "invalid_field"),
        ({"events": [], "more": 1}, "unknown_field"),
        (b'{"events": [], "events": []}', "duplicate_key"),
        (b'{"events": [{"id": "1", "id": "1"}]}', "duplicate_key"),
    ],
    ids=["none", "too many", "no list", "array", "unknown", "twice", "twice inside"],
)
def test_a_batch_that_is_none_is_400(post, body, code):
    assert refusal(post(body, url=BATCH)) == (400, code)
    assert not InboxMessage.objects.exists()
