"""Whether a session has shown its second factor, and pages that wait until it has."""

from functools import wraps
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from accounts.queries.factors import has_second_factor
from web.access import View, signed_in


def has_shown_factor(request: HttpRequest) -> bool:
    """Tell whether a code was shown in this session."""
    records = get_authentication_records(request, request.user)
    return any(record["method"] == "mfa" for record in records)


def after_factor(view: View) -> View:
    """Keep what changes a second factor from a session that knows the password alone.

    A session from before the enrolment could else make itself recovery codes.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if has_second_factor(signed_in(request)) and not has_shown_factor(request):
            return redirect_to_login(reverse("mfa_index"), reverse("mfa_reauthenticate"))
        return view(request, *args, **kwargs)

    return guarded
