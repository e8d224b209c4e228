"""Find the key behind a presented secret."""

import hashlib
import hmac
from datetime import datetime

from accounts.models import APIKey


def hash_secret(secret: str) -> str:
    """Return the hex SHA-256 of a secret, the only form that is stored."""
    return hashlib.sha256(secret.encode()).hexdigest()


def find_key(secret: str, *, at: datetime) -> APIKey | None:
    """Return the live key of `secret`, or None. Compares in constant time."""
    prefix = secret[:12]
    key = APIKey.objects.filter(prefix=prefix).first()
    expected = key.hash if key else hash_secret("")
    if not hmac.compare_digest(expected, hash_secret(secret)) or key is None:
        return None
    return key if key.is_live(at) else None
