"""Codes as an authenticator app computes them (RFC 6238)."""

import base64
import hmac
import struct
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

from accounts.models import User


def totp(secret: str, at: datetime) -> str:
    """Return the six digits that an app shows at an instant."""
    counter = struct.pack(">Q", int(at.timestamp()) // 30)
    digest = hmac.digest(base64.b32decode(secret), counter, "sha1")
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


def enrol(person: User) -> tuple[str, list[str]]:
    """Give a person a second factor; return its secret and the recovery codes."""
    secret = generate_totp_secret()
    TOTP.activate(person, secret)
    codes = RecoveryCodes.activate(person)
    codes.mark_as_viewed()
    return secret, codes.get_unused_codes()


def factors_of(person: User) -> set[str]:
    """Return the kinds of second factor a person has."""
    return set(Authenticator.objects.filter(user=person).values_list("type", flat=True))
