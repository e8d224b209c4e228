"""What the shell of every page needs: theme, navigation, whose company this is."""

from importlib.metadata import PackageNotFoundError, version
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from accounts.models import Density, Theme, User
from web.company import company
from web.desk.navigation import desk_groups
from web.keys import SHARED
from web.locales import current
from web.portal.navigation import account_name, portal_items
from web.templatetags.clocks import DESK_ZONE


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the shell's variables; whatever costs a query is asked only when a page uses it."""
    user: User | AnonymousUser = getattr(request, "user", AnonymousUser())
    context = {
        "shell": "shell/entrance.html",
        "theme": _look(request, "theme", user),
        "density": _look(request, "density", user),
        "shared_keys": SHARED,
        "keys_are_off": not getattr(user, "has_single_keys", True),
        "language": current().replace("_", "-"),
        "version": software_version(),
        "company": SimpleLazyObject(company),
        "now": timezone.now(),
        "desk_zone": getattr(user, "timezone", DESK_ZONE),
    }
    if isinstance(user, User):
        path = request.path
        if user.customer_ids != frozenset():
            context["shell"] = f"shell/{'desk' if user.is_desk else 'portal'}.html"
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


LOOKS = {"theme": frozenset(Theme.values), "density": frozenset(Density.values)}


def _look(request: HttpRequest, name: str, user: User | AnonymousUser) -> str:
    """Return how this device shows pages: what was switched on it, else what the person prefers."""
    switched = request.COOKIES.get(name, "")
    return switched if switched in LOOKS[name] else getattr(user, name, "")
