"""Default deny: a page opens only through one of these four doors.

`desk` lets the carrier's staff in (and, with roles, only some of them), `portal` a customer's
people, `person` both (what is one's own), `public` everybody. tests/web/test_access.py walks
every URL of the house and fails on a page that has no door.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect

from accounts.models import User
from accounts.rules import STAFF_ROLES, Role

View = Callable[..., HttpResponseBase]


class StaffRequest(HttpRequest):
    """A request whose user has signed in."""

    user: User


class WrongRole(PermissionDenied):
    """The person belongs here and may not open this page; `roles` may."""

    def __init__(self, roles: tuple[Role, ...]) -> None:
        super().__init__(f"This needs one of the roles: {', '.join(roles)}.")
        self.roles = roles


def public(view: View) -> View:
    """Mark a page that anybody may see."""
    view.door = "public"  # type: ignore[attr-defined]
    return view


def desk(*roles: Role) -> Callable[[View], View]:
    """Open a page to staff; with roles, only to those who have one of them."""

    def close(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return ask_to_sign_in(request)
            if not request.user.is_desk:
                raise PermissionDenied("This page is for the carrier's staff.")
            if roles and not request.user.has_role(*roles):
                raise WrongRole(roles)
            return view(request, *args, **kwargs)

        guarded.door = "desk"  # type: ignore[attr-defined]
        guarded.roles = frozenset(roles) or STAFF_ROLES  # type: ignore[attr-defined]
        return guarded

    return close


def portal(view: View) -> View:
    """Open a page to a customer's people; staff are told that theirs is the desk."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return ask_to_sign_in(request)
        if request.user.customer_ids is None:
            raise PermissionDenied("The portal is for customers; staff work on the desk.")
        if not request.user.customer_ids:
            raise PermissionDenied("Your sign-in is not linked to a customer yet.")
        return view(request, *args, **kwargs)

    guarded.door = "portal"  # type: ignore[attr-defined]
    return guarded


def person(view: View) -> View:
    """Open a page to everybody who has signed in and belongs somewhere, on either side."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return ask_to_sign_in(request)
        if request.user.customer_ids == frozenset():
            raise PermissionDenied("Your sign-in is not linked to a customer yet.")
        return view(request, *args, **kwargs)

    guarded.door = "person"  # type: ignore[attr-defined]
    return guarded


def ask_to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """Send a stranger to the sign-in page and back to where the person was.

    A posted form and a fragment go back to the page that held them, where the script fills the
    form in again.
    """
    is_fragment = request.headers.get("HX-Request")
    page = request.headers.get("HX-Current-URL" if is_fragment else "Referer", "")
    back = request.get_full_path()
    if request.method == "POST" or (page and is_fragment):
        back = _own_address(request, page)
    response = redirect_to_login(back)
    return HttpResponseClientRedirect(response.url) if is_fragment else response


def _own_address(request: HttpRequest, page: str) -> str:
    """Return path and query of a page of our own, or the front page."""
    if not url_has_allowed_host_and_scheme(page, allowed_hosts={request.get_host()}):
        return "/"
    parts = urlsplit(page)
    return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"


def signed_in(request: HttpRequest) -> User:
    """Return the user behind a door, typed as ours."""
    user = request.user
    if not user.is_authenticated:
        raise Http404
    return user
