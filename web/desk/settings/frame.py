"""The frame of the settings: what can be set, by whom, in a navigation beside the page.

A page of settings extends desk/settings/base.html and is listed in SECTIONS.
"""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.rules import ADMINISTRATING_ROLES, APPROVING_ROLES
from web.access import desk, signed_in
from web.desk.navigation import Group, Item, Place

APPROVERS = tuple(sorted(APPROVING_ROLES))
KEEPERS = tuple(sorted(ADMINISTRATING_ROLES))

SECTIONS: dict[str, tuple[Place, ...]] = {
    "You": (
        Place("Preferences", "me", "user"),
        Place("Notifications", "notifications", "bell"),
        Place("Security", "mfa_index", "lock"),
    ),
    "Billing": (
        Place("Customers", "desk:settings_customers", "bank", roles=APPROVERS),
        Place("Readiness rules", "desk:settings_policies", "check", roles=APPROVERS),
        Place("Company", "desk:settings_company", "invoice", roles=APPROVERS),
    ),
    "People": (
        Place("Staff", "desk:settings_people", "user", roles=KEEPERS),
        Place("Sign-in", "desk:settings_sign_in", "lock", roles=KEEPERS),
        Place("What each role may do", "desk:settings_duties", "audit"),
    ),
    "Systems": (
        Place("Sources", "desk:settings_sources", "plug", roles=KEEPERS),
        Place("API keys", "desk:settings_keys", "key", roles=KEEPERS),
    ),
}


def sections_for(user: User) -> dict[str, list[Place]]:
    """Return the pages of settings that `user` may open, by section."""
    return {
        title: [place for place in places if place.is_open_to(user)]
        for title, places in SECTIONS.items()
    }


def settings_groups(user: User, *, path: str) -> tuple[Group, ...]:
    """Return the side navigation as `user` may use it, with the current page marked."""

    def entry(place: Place) -> Item:
        href = reverse(place.view)
        return Item(place.label, href, place.icon, is_current=path.startswith(href))

    sections = sections_for(user).items()
    return tuple(Group(title, tuple(map(entry, places))) for title, places in sections if places)


@desk()
@require_safe
def settings_front(request: HttpRequest) -> HttpResponseBase:
    """Open the first page of settings that the person may open."""
    first = next(place for places in sections_for(signed_in(request)).values() for place in places)
    return redirect(first.view)
