"""The front page: each to their own desk."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from web.access import ask_to_sign_in, public


@public
@require_safe
def home(request: HttpRequest) -> HttpResponseBase:
    """Send staff to the loads, customers to the portal, strangers to the sign-in."""
    if not request.user.is_authenticated:
        return ask_to_sign_in(request)
    return redirect("desk:loads" if request.user.is_desk else "portal:invoices")
