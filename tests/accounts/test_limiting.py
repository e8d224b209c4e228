"""How often a caller may ask, counted in Redis; with Redis away everybody is let in."""

import socket
import threading
from datetime import timedelta
from time import monotonic
from uuid import uuid4

import pytest
from django.test import Client

from accounts.operations import limiting
from accounts.operations.keying import create_key, limit_key
from accounts.operations.limiting import take_one
from accounts.rules import Scope
from journal.models import Event

pytestmark = pytest.mark.django_db

client = Client()


@pytest.fixture
def key(now):
    """A key that may ask three times a minute."""
    return create_key(
        "TMS", scopes=[Scope.LOADS_READ, Scope.EVENTS_WRITE], by="user:1", requests_per_minute=3,
        at=now - timedelta(days=1),
    )  # fmt: skip


def ask(secret: str, *, where: str = "127.0.0.1"):
    headers = {"Authorization": f"Bearer {secret}"}
    return client.get("/api/v1/loads/", headers=headers, REMOTE_ADDR=where)


@pytest.fixture
def address() -> str:
    """Where nobody else's tests ask from."""
    return uuid4().hex


def test_each_answer_tells_what_is_left_of_the_limit(key):
    answer = ask(key[1])

    assert answer.status_code == 200
    assert (answer["RateLimit-Limit"], answer["RateLimit-Remaining"]) == ("3", "2")
    assert 0 < int(answer["RateLimit-Reset"]) <= 60


def test_one_request_too_many_is_told_when_to_ask_again(key):
    answers = [ask(key[1]) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    refusal = answers[-1]
    assert refusal["Content-Type"] == "application/problem+json"
    assert refusal.json()["code"] == "too_many_requests"
    assert refusal["Retry-After"] == refusal["RateLimit-Reset"]
    assert refusal["RateLimit-Remaining"] == "0"


def test_keys_are_counted_apart(key, now):
    _, other = create_key("ERP", scopes=[Scope.LOADS_READ], by="user:1", at=now)
    for _ in range(4):
        ask(key[1])

    assert ask(other).status_code == 200


def test_a_limit_that_is_raised_counts_from_the_next_request_on(key, now):
    for _ in range(4):
        ask(key[1])

    limit_key(key[0], requests_per_minute=10, by="user:1", at=now)

    assert ask(key[1]).status_code == 200
    event = Event.objects.get(name="key.limited")
    assert (event.old, event.new) == ({"requests_per_minute": 3}, {"requests_per_minute": 10})


def test_a_key_may_ask_at_least_once(key, now):
    with pytest.raises(ValueError, match="at least once"):
        limit_key(key[0], requests_per_minute=0, by="user:1", at=now)


def test_strangers_from_one_address_are_held_up_and_living_keys_there_are_not(
    key, address, settings
):
    settings.STRANGERS_PER_MINUTE = 2

    answers = [ask(secret, where=address) for secret in ("lk_" + "x" * 43, "", "lk_" + "y" * 43)]

    assert [answer.status_code for answer in answers] == [401, 401, 429]
    assert int(answers[-1]["Retry-After"]) > 0
    assert ask(key[1], where=address).status_code == 200


def test_who_claims_another_address_is_counted_where_he_stands(address, settings):
    settings.STRANGERS_PER_MINUTE = 1

    def come(claimed: str):
        headers = {"X-Forwarded-For": claimed}
        return client.get("/api/v1/loads/", headers=headers, REMOTE_ADDR=address).status_code

    assert [come("203.0.113.7"), come("203.0.113.8")] == [401, 429]


def test_behind_our_proxy_the_address_is_what_the_proxy_wrote(address, settings):
    settings.STRANGERS_PER_MINUTE, settings.IS_BEHIND_PROXY = 1, True

    def come(told: str):
        return client.get("/api/v1/loads/", headers={"X-Forwarded-For": told}).status_code

    asked = [come(f"1.1.1.1, {address}"), come(f"2.2.2.2, {address}"), come(f"{address}9")]
    assert asked == [401, 429, 401]


@pytest.fixture
def no_redis(settings, tmp_path):
    """A Redis that is not there."""
    settings.REDIS_URL = f"unix://{tmp_path}/none.sock"
    yield
    limiting._counter.cache_clear()


@pytest.mark.usefixtures("no_redis")
def test_with_redis_away_every_message_is_taken(key):
    answers = [ask(key[1]) for _ in range(5)]

    assert {answer.status_code for answer in answers} == {200}
    assert "RateLimit-Limit" not in answers[0]


def test_a_redis_that_hangs_holds_up_one_request_and_is_then_left_alone(settings):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.REDIS_URL = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        waited = []
        for _ in range(3):
            began = monotonic()
            assert take_one("key:lk_hang", limit=1) is None
            waited.append(monotonic() - began)
    limiting._counter.cache_clear()

    assert sum(waited) < 5 * limiting.TIMEOUT_SECONDS
    assert max(waited[1:]) < limiting.TIMEOUT_SECONDS / 2


def test_requests_at_once_are_counted_each():
    caller, seen = f"key:{uuid4().hex}", []

    def take():
        allowance = take_one(caller, limit=10)
        assert allowance
        seen.append(allowance.used)

    threads = [threading.Thread(target=take) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(seen) == list(range(1, 21))
