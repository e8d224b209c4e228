"""Browsers that a person has come in with, told by a signed cookie that each of them keeps."""

import secrets
from hashlib import sha256

from django.core import signing

COOKIE = "known_browser"
SALT = "lading.browser"
KEPT_SECONDS = 365 * 24 * 3600
# A browser that more people share forgets the first of them.
MOST_PEOPLE = 8


def browser_of(cookie: str, email: str) -> str:
    """Return the name of this browser where `email` has come in with it before, else nothing."""
    return _known(cookie).get(_hash(email), "")


def remember(cookie: str, email: str) -> str:
    """Return the cookie of a browser that `email` has just come in with."""
    known = _known(cookie)
    name = known.pop(_hash(email), "") or secrets.token_hex(8)
    kept = list(known.items())[-(MOST_PEOPLE - 1) :]
    return signing.dumps([*kept, (_hash(email), name)], salt=SALT)


def _known(cookie: str) -> dict[str, str]:
    try:
        return dict(signing.loads(cookie, salt=SALT, max_age=KEPT_SECONDS))
    except (signing.BadSignature, TypeError, ValueError):
        return {}


def _hash(email: str) -> str:
    return sha256(email.strip().lower().encode()).hexdigest()[:16]
