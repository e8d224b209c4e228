"""The front page: each to their own desk."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from accounts.rules import Role
from web.access import ask_to_sign_in, public


@public
@require_safe
def home(request: HttpRequest) -> HttpResponseBase:
    """Send dispatchers to the board, other staff to the loads, customers to the portal."""
    if not request.user.is_authenticated:
        return ask_to_sign_in(request)
    if not request.user.is_desk:
        return redirect("portal:invoices")
    return redirect("desk:board" if request.user.has_role(Role.DISPATCHER) else "desk:loads")
