"""What the shell of every page needs: theme, navigation, whose company this is."""

from importlib.metadata import PackageNotFoundError, version
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from accounts.models import User
from web.company import company
from web.desk.navigation import desk_groups
from web.portal.navigation import account_name, portal_items
from web.templatetags.clocks import DESK_ZONE

THEMES = frozenset({"light", "dark"})
DENSITIES = frozenset({"compact", "comfortable"})


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the shell's variables; whatever costs a query is asked only when a page uses it."""
    user: User | AnonymousUser = getattr(request, "user", AnonymousUser())
    context = {
        "theme": _one_of(request, "theme", THEMES),
        "density": _one_of(request, "density", DENSITIES),
        "version": software_version(),
        "company": SimpleLazyObject(company),
        "now": timezone.now(),
        "desk_zone": getattr(user, "timezone", DESK_ZONE),
    }
    if isinstance(user, User):
        path = request.path
        items = desk_groups if user.is_desk else portal_items
        context["navigation"] = SimpleLazyObject(lambda: items(user, path=path))
        context["account_name"] = SimpleLazyObject(lambda: account_name(user))
    return context


def software_version() -> str:
    """Return the installed version; a checkout that is not installed is the first release."""
    try:
        return version("lading")
    except PackageNotFoundError:
        return "0.1.0"


def _one_of(request: HttpRequest, cookie: str, allowed: frozenset[str]) -> str:
    """Return a choice kept in a cookie, or nothing when it is not one of ours."""
    value = request.COOKIES.get(cookie, "")
    return value if value in allowed else ""
