"""How often a caller may ask: as its key says, or little without one."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from accounts.models import APIKey
from accounts.operations.limiting import Allowance, take_one

if TYPE_CHECKING:
    # The framework imports this module while it makes its views.
    from rest_framework.views import APIView


class TooManyRequests(APIException):
    """A caller asks more often than it may."""

    status_code = status.HTTP_429_TOO_MANY_REQUESTS
    default_code = "too_many_requests"

    def __init__(self, allowance: Allowance, *, who: str) -> None:
        self.wait = allowance.resets_in
        super().__init__(
            f"{who} may ask {allowance.limit:,} times a minute. Ask again in {self.wait} seconds."
        )


class KeyThrottle(BaseThrottle):
    """Holds each key to its own limit, and tells in headers what is left of it."""

    def allow_request(self, request: Request, view: "APIView") -> bool:
        """Count the request.

        Raises:
            TooManyRequests: it is one too many.
        """
        key = request.user
        if not isinstance(key, APIKey):
            return True
        allowance = take_one(f"key:{key.prefix}", limit=key.requests_per_minute)
        if allowance is None:
            return True
        view.headers |= {
            "RateLimit-Limit": str(allowance.limit),
            "RateLimit-Remaining": str(allowance.remaining),
            "RateLimit-Reset": str(allowance.resets_in),
        }
        if allowance.is_over:
            raise TooManyRequests(allowance, who="This key")
        return True


def count_stranger(request: Request) -> None:
    """Count a request that proves nobody; a living key is never held up by its neighbours.

    Raises:
        TooManyRequests: too many came from the same address.
    """
    limit = settings.STRANGERS_PER_MINUTE
    allowance = take_one(f"stranger:{address_of(request.META)}", limit=limit)
    if allowance and allowance.is_over:
        raise TooManyRequests(allowance, who="An address without a living key")


def address_of(meta: dict[str, Any]) -> str:
    """Return where a request comes from; what it says of itself counts behind our proxy alone."""
    if settings.IS_BEHIND_PROXY:
        return str(meta.get("HTTP_X_FORWARDED_FOR", "")).rpartition(",")[2].strip()
    return str(meta.get("REMOTE_ADDR", ""))
