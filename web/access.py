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
                raise PermissionDenied(f"This needs one of the roles: {', '.join(roles)}.")
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

    A posted form goes back to the page that held it, where the script fills it in again.
    """
    back = _form_page(request) if request.method == "POST" else request.get_full_path()
    response = redirect_to_login(back)
    if request.headers.get("HX-Request"):
        return HttpResponseClientRedirect(response.url)
    return response


def _form_page(request: HttpRequest) -> str:
    """Return the page of our own that a form was sent from, or the front page."""
    referer = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(referer, allowed_hosts={request.get_host()}):
        return urlsplit(referer).path or "/"
    return "/"


def signed_in(request: HttpRequest) -> User:
    """Return the user behind a door, typed as ours."""
    user = request.user
    if not user.is_authenticated:
        raise Http404
    return user
