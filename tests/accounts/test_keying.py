import hashlib
from datetime import timedelta

import pytest
from django.db import connection

from accounts.models import APIKey
from accounts.operations.keying import create_key, revoke_key
from accounts.queries.keys import find_key
from accounts.rules import Scope
from journal.models import Event
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db


def make(now, **told):
    return create_key("TMS", **{"scopes": [Scope.EVENTS_WRITE], "by": "user:1", "at": now} | told)


def test_a_key_is_kept_as_its_prefix_and_hash_and_the_secret_nowhere(now):
    key, secret = make(now)
    assert key.prefix == secret[:12]
    assert key.hash == hashlib.sha256(secret.encode()).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT string_agg(k::text, ' ') FROM accounts_apikey k)"
            " || (SELECT string_agg(e::text, ' ') FROM journal_event e)"
        )
        (everything,) = cursor.fetchone()
    assert key.prefix in everything
    assert secret[12:] not in everything


def test_a_secret_has_at_least_256_random_bits(now):
    secrets = {make(now)[1] for _ in range(20)}
    assert len(secrets) == 20
    assert all(len(secret.removeprefix("lk_")) * 6 >= 256 for secret in secrets)


def test_a_key_is_found_by_its_whole_secret_only(now):
    key, secret = make(now)
    assert find_key(secret, at=now) == key
    for wrong in (secret[:-1], secret + "x", secret[:12], key.hash, "", "lk_"):
        assert find_key(wrong, at=now) is None


def test_a_key_ends_at_its_hour(now):
    _, secret = make(now, expires_at=now + timedelta(hours=1))
    assert find_key(secret, at=now + timedelta(minutes=59))
    assert find_key(secret, at=now + timedelta(hours=1)) is None


def test_a_revoked_key_is_found_no_more_and_the_journal_says_why(now):
    key, secret = make(now)
    revoke_key(key, by="user:5", at=now, reason="laptop lost")
    assert find_key(secret, at=now) is None
    event = Event.objects.get(name="key.revoked")
    assert (event.actor, event.reason, event.subject_id) == ("user:5", "laptop lost", key.pk)


def test_revoking_twice_is_revoking_once(now):
    key, _ = make(now)
    revoke_key(key, by="user:5", at=now, reason="lost")
    revoke_key(key, by="user:6", at=now + timedelta(days=1), reason="again")
    assert APIKey.objects.get().revoked_at == now
    assert Event.objects.filter(name="key.revoked").count() == 1


def test_a_key_knows_whose_rows_it_sees(now):
    customer = CustomerFactory()
    assert make(now)[0].customer_ids is None
    assert make(now, customer=customer)[0].customer_ids == {customer.pk}


def test_a_keys_actions_are_told_by_its_number(now):
    key, _ = make(now)
    assert key.actor == f"key:{key.pk}"
