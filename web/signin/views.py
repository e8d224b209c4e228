"""Enrolling and dropping a second factor, as allauth does it; the journal hears of each."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.operations.securing import note_second_factor
from web.access import person, public
from web.signin.factors import after_factor


class Enrol(ActivateTOTPView):  # type: ignore[misc]  # comes without types
    """Show the secret, take the first code."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Keep the factor; this session has just shown it."""
        response: HttpResponse = super().form_valid(form)
        user = self.request.user
        record_authentication(self.request, user, method="mfa", type="totp")
        note_second_factor(user, change="added", at=timezone.now())
        return response


class Drop(DeactivateTOTPView):  # type: ignore[misc]  # comes without types
    """Switch the second factor off."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Drop it, and its codes."""
        response: HttpResponse = super().form_valid(form)
        note_second_factor(self.request.user, change="removed", at=timezone.now())
        return response


class RenewCodes(GenerateRecoveryCodesView):  # type: ignore[misc]  # comes without types
    """Make new recovery codes in place of the old ones."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Make them; the old ones open nothing any more."""
        response: HttpResponse = super().form_valid(form)
        note_second_factor(self.request.user, change="renewed", at=timezone.now())
        return response


@public
@require_safe
def sign_up_closed(request: HttpRequest) -> HttpResponse:
    """Say who makes sign-ins."""
    return render(request, "account/signup_closed.html")


enrol = person(Enrol.as_view())
drop = person(after_factor(Drop.as_view()))
renew_codes = person(after_factor(RenewCodes.as_view()))
