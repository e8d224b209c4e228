"""Standard Webhooks 1.0.0: is this body from who it says, and is it from now?"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

TOLERANCE = timedelta(minutes=5)
PREFIX = "whsec_"


class SignatureError(ValueError):
    """The message is not believed; `code` says which rule failed."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def verify_signature(
    body: bytes,
    *,
    message_id: str,
    timestamp: str,
    signatures: str,
    secrets: Iterable[str],
    at: datetime,
) -> None:
    """Return when one of `signatures` was made over the raw `body` with one of `secrets`.

    `signatures` is the header as sent: `v1,<base64>` several times, separated by spaces. Compared
    in constant time; other schemes than v1 are passed over.

    Raises:
        SignatureError: `signature_missing`, `timestamp_out_of_range` (more than five minutes off,
            in either direction) or `signature_invalid`.
    """
    if not (message_id and timestamp and signatures):
        raise SignatureError(
            "signature_missing",
            "The headers webhook-id, webhook-timestamp and webhook-signature are needed.",
        )
    _check_time(timestamp, at=at)
    signed = f"{message_id}.{timestamp}.".encode() + body
    offered = [part[3:].encode() for part in signatures.split(" ") if part.startswith("v1,")]
    matches = [
        hmac.compare_digest(_sign(secret, signed), signature)
        for secret in secrets
        for signature in offered[:10]
    ]
    if not any(matches):
        raise SignatureError(
            "signature_invalid", "The signature was not made with a living secret of this source."
        )


def _check_time(timestamp: str, *, at: datetime) -> None:
    sent = None
    if timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= 11:
        sent = datetime.fromtimestamp(int(timestamp), UTC)
    if sent is None or abs(at - sent) > TOLERANCE:
        raise SignatureError(
            "timestamp_out_of_range",
            "The webhook-timestamp is more than five minutes off; check the sender's clock.",
        )


def _sign(secret: str, signed: bytes) -> bytes:
    """Return the base64 signature; a secret that cannot be decoded matches nothing."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return b""
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest())
