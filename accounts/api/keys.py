"""How a partner system proves who it is, and what its key may do."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.api.limits import count_stranger
from accounts.models import APIKey
from accounts.operations.keying import note_use
from accounts.operations.scoping import enter_scope
from accounts.queries.keys import presented_key

if TYPE_CHECKING:
    # The framework imports this module while it makes its views.
    from rest_framework.views import APIView


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer lk_...`; the key's customer limits the rows of the transaction."""

    def authenticate(self, request: Request) -> tuple[APIKey, str] | None:
        """Return the live key of the request, or None when it carries none.

        Raises:
            AuthenticationFailed: the key is not alive.
            TooManyRequests: too many requests without a living key came from there.
        """
        kind, _, secret = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer" or not secret:
            count_stranger(request)
            return None
        key, at = presented_key(secret.strip()), timezone.now()
        if key is None:
            count_stranger(request)
            raise exceptions.AuthenticationFailed("The API key is unknown.")
        if not key.is_live(at):
            count_stranger(request)
            raise exceptions.AuthenticationFailed(_ended(key))
        note_use(key, on=at.date())
        enter_scope(key)
        return key, secret

    def authenticate_header(self, request: Request) -> str:
        """Ask for a bearer key."""
        return "Bearer"


def _ended(key: APIKey) -> str:
    """Say why a key opens nothing any more: whoever holds its secret may know."""
    if key.revoked_at is not None:
        return f"The API key {key.prefix}… was revoked on {key.revoked_at:%Y-%m-%d}."
    return f"The API key {key.prefix}… expired on {key.expires_at:%Y-%m-%d}."


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Describes the key in the schema."""

    target_class = KeyAuthentication
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """Return the OpenAPI security scheme."""
        return {"type": "http", "scheme": "bearer", "bearerFormat": "lk_…"}


class HasScope(BasePermission):
    """The key must carry the view's `scope` (a name, or one per method)."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Tell whether the request may go on; a view without a scope is closed."""
        if not isinstance(request.user, APIKey):
            return False
        wanted: str | Mapping[str, str] | None = getattr(view, "scope", None)
        if isinstance(wanted, Mapping):
            wanted = wanted.get("GET" if request.method == "HEAD" else request.method or "")
        if wanted is None or wanted not in request.user.scopes:
            raise exceptions.PermissionDenied(
                f"The key lacks the scope {wanted or 'for this call'}.", code="scope"
            )
        return True


class IsCarriersKey(BasePermission):
    """Open to systems of the carrier's own; a customer's key is told so."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Tell whether the request may go on."""
        if isinstance(request.user, APIKey) and request.user.customer_ids is None:
            return True
        raise exceptions.PermissionDenied("This is the carrier's own to do.", code="staff_only")
