"""allauth's forms, each ending in one of our operations."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import (
    ChangePasswordForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
)
from django.http import HttpRequest
from django.utils import timezone

from accounts.operations.resetting import ask_for_link
from accounts.operations.securing import note_password


class AskForLinkForm(ResetPasswordForm):  # type: ignore[misc]  # comes without types
    """Asks for a link; looks nobody up, so that the answer cannot tell who exists."""

    def clean_email(self) -> str:
        """Return the address in lower case."""
        return str(self.cleaned_data["email"]).lower()

    def save(self, request: HttpRequest, **_more: Any) -> str:
        """Keep that a link was asked for."""
        email = str(self.cleaned_data["email"])
        ask_for_link(email, address=get_adapter().get_client_ip(request), at=timezone.now())
        return email


class ChosenPasswordForm(ResetPasswordKeyForm):  # type: ignore[misc]  # comes without types
    """Takes the password that was chosen by a link."""

    def save(self) -> None:
        """Write it down; all sessions end with the old password."""
        super().save()
        note_password(self.user, was_reset=True, at=timezone.now())


class ChangedPasswordForm(ChangePasswordForm):  # type: ignore[misc]  # comes without types
    """Takes a new password from somebody who knows the old one."""

    def save(self) -> None:
        """Write it down; all other sessions end with the old password."""
        super().save()
        note_password(self.user, was_reset=False, at=timezone.now())
