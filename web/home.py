"""The front page: each to their own desk."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.rules import Role
from web.access import ask_to_sign_in, public
from web.desk.navigation import places_for
from web.portal.navigation import portal_places


@public
@require_safe
def home(request: HttpRequest) -> HttpResponseBase:
    """Send people to the page they chose, else to where their role works."""
    if not request.user.is_authenticated:
        return ask_to_sign_in(request)
    return redirect(landing_of(request.user))


def landings(user: User) -> dict[str, str]:
    """Return the pages that `user` may begin at, view by view with their words."""
    if not user.is_desk:
        return dict(portal_places(user))
    return {place.view: place.label for places in places_for(user).values() for place in places}


def landing_of(user: User) -> str:
    """Return the view a person begins at; a choice that is not open any more counts for nothing."""
    if user.landing in landings(user):
        return user.landing
    if not user.is_desk:
        return "portal:invoices"
    return "desk:board" if user.has_role(Role.DISPATCHER) else "desk:loads"
