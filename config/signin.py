"""How people come in: by invitation, a few tries at a time, with a second factor where asked."""

import time
from base64 import urlsafe_b64encode
from functools import cached_property
from hashlib import sha256
from typing import Any

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import User
from accounts.operations.admitting import Attempt, LockedOut, begin_attempt
from accounts.operations.securing import note_lock, note_sign_in
from accounts.rules.browsers import COOKIE, KEPT_SECONDS, browser_of, remember
from web.company import company

log = structlog.get_logger(__name__)

# Who has just come in need not prove it again to change how they come in.
FRESH_SECONDS = 300


class InvitationOnlyAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # comes without types
    """Closes the sign-up page, counts wrong passwords, and tells the journal who came in."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse everybody; people are made by an administrator."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the try before the password is looked at; refuse it when there were too many."""
        self._email = str(credentials.get("email", ""))
        cookie = request.COOKIES.get(COOKIE, "")
        address = self.get_client_ip(request)
        now = timezone.now()
        try:
            self._attempt: Attempt = begin_attempt(
                self._email, address=address, browser=browser_of(cookie, self._email), at=now
            )
        except LockedOut as error:
            log.warning("sign_in_locked", address=address)
            raise ValidationError(str(error), code=error.code) from error
        self._login_failed_rl_usage = self

    def rollback(self) -> None:
        """Take the try back: the password was right."""
        self._attempt.succeed()

    def authentication_failed(self, request: HttpRequest, **_credentials: Any) -> None:
        """Lock the account with the last try, and write that down."""
        address, now = self.get_client_ip(request), timezone.now()
        log.info("sign_in_failed", address=address, left=self._attempt.left)
        if self._attempt.left:
            return
        until = self._attempt.lock(at=now)
        note_lock(self._email, address=address, until=until, at=now)

    def validation_error(self, code: str, *args: Any) -> ValidationError:
        """Say in our words how a try failed, and how many more there are."""
        if code == "email_password_mismatch":
            return ValidationError(self._mismatch(), code=code)
        if code in {"too_many_login_attempts", "rate_limited"}:
            return ValidationError(
                "Too many wrong codes. Wait 15 minutes, then try the next code.", code=code
            )
        error: ValidationError = super().validation_error(code, *args)
        return error

    def is_reauthentication_required(self, *, app: str, **_more: Any) -> bool:
        """Ask for the password again unless the person came in within the last five minutes."""
        records = get_authentication_records(self.request, self.request.user)
        return not any(time.time() - record["at"] < FRESH_SECONDS for record in records)

    def post_login(self, request: HttpRequest, user: User, **more: Any) -> HttpResponse:
        """Write down who came in, and remember the browser for them."""
        response: HttpResponse = super().post_login(request, user, **more)
        note_sign_in(
            user,
            address=self.get_client_ip(request),
            agent=self.get_http_user_agent(request)[:200],
            at=timezone.now(),
        )
        response.set_cookie(
            COOKIE,
            remember(request.COOKIES.get(COOKIE, ""), user.email),
            max_age=KEPT_SECONDS,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
        return response

    def _mismatch(self) -> str:
        left = self._attempt.left
        if not left:
            return (
                "Email and password do not match. Sign-in is locked for 15 minutes; "
                "choosing a new password unlocks it at once."
            )
        return f"Email and password do not match. {left} {'try' if left == 1 else 'tries'} left."


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # comes without types
    """Keeps the secrets of authenticator apps encrypted, and a required factor in place."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": "Your role needs a second factor: it stays on.",
        "incorrect_code": "This code is not right. It changes every 30 seconds: try the next one.",
    }

    def get_totp_issuer(self) -> str:
        """Name the carrier in the authenticator app."""
        return company().name

    def encrypt(self, text: str) -> str:
        """Encrypt with a key of the installation, which no dump of the database holds."""
        return self._vault.encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Read what `encrypt` wrote, also under a secret key that was retired."""
        return self._vault.decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Keep the factor of somebody whose role needs one."""
        return not authenticator.user.must_have_second_factor

    @cached_property
    def _vault(self) -> MultiFernet:
        secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
        return MultiFernet([Fernet(_key_of(str(secret))) for secret in secrets])


def _key_of(secret: str) -> bytes:
    return urlsafe_b64encode(sha256(b"lading.second-factor:" + secret.encode()).digest())
