"""Signatures of Standard Webhooks, against the reference library."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook

from integrations.rules.signatures import SignatureError, verify_signature

AT = datetime(2026, 3, 4, 9, 12, tzinfo=UTC)
SECRETS = [
    "whsec_" + base64.b64encode(bytes([seed]) * 32).decode() for seed in (1, 2)
]  # fmt: skip
BODY = b'{"id": "evt-1"}'
TIMESTAMP = str(int(AT.timestamp()))


def signed(secret: str = SECRETS[0], body: bytes = BODY, at: datetime = AT) -> str:
    return Webhook(secret).sign("evt-1", at, body.decode())


def verify(**changes):
    told: dict[str, Any] = {
        "body": BODY, "message_id": "evt-1", "timestamp": TIMESTAMP, "signatures": signed(),
        "secrets": SECRETS[:1], "at": AT,
    } | changes  # fmt: skip
    verify_signature(told.pop("body"), **told)


def refused(**changes) -> str:
    with pytest.raises(SignatureError) as error:
        verify(**changes)
    return error.value.code


def test_what_the_reference_library_signs_is_believed():
    verify()


def test_any_signature_and_any_secret_may_match():
    verify(signatures=f"v1a,abc v1,{'A' * 44} {signed(SECRETS[1])}", secrets=SECRETS)


@pytest.mark.parametrize("missing", ["message_id", "timestamp", "signatures"])
def test_a_missing_header_is_told(missing):
    assert refused(**{missing: ""}) == "signature_missing"


@pytest.mark.parametrize(
    "change",
    [
        {"body": b'{"id": "evt-2"}'},
        {"message_id": "evt-2"},
        {"timestamp": str(int(AT.timestamp()) + 1)},
        {"secrets": SECRETS[1:]},
        {"secrets": []},
        {"secrets": ["whsec_%%%"]},
        {"signatures": "v1,"},
        {"signatures": signed()[3:]},
        {"signatures": "v2," + signed()[3:]},
        {"signatures": "v1,\u00fc"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_anything_changed_is_not_believed(change):
    assert refused(**change) == "signature_invalid"


@pytest.mark.parametrize(
    ("seconds", "is_believed"), [(-301, False), (-300, True), (300, True), (301, False)]
)
def test_five_minutes_either_way_are_tolerated(seconds, is_believed):
    at = AT + timedelta(seconds=seconds)
    if is_believed:
        verify(at=at)
    else:
        assert refused(at=at) == "timestamp_out_of_range"


@pytest.mark.parametrize("timestamp", ["soon", "-1", "1.5", "9" * 20, "\u0661\u0662"])
def test_a_timestamp_that_is_no_number_is_out_of_range(timestamp):
    assert refused(timestamp=timestamp) == "timestamp_out_of_range"


@given(st.binary(max_size=200))
def test_the_raw_bytes_count_not_what_they_mean(body):
    with pytest.raises(SignatureError):
        verify(body=body + b"x")
