"""Choose a password by a link: asked for by anybody, told to nobody but the person."""

from datetime import datetime, timedelta

from allauth.account.utils import user_pk_to_url_str
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse
from django.utils.http import base36_to_int

from accounts.models import PasswordRequest, User
from accounts.operations.scoping import own_scope
from journal.operations.recording import record

# A link of somebody who has a password is short-lived; an invitation may wait for a Monday.
LINK_HOURS, INVITATION_HOURS = 1, 72
KEPT = timedelta(days=1)
# So many links lie in a mailbox at most before the next one is not sent.
MOST_LINKS, LINKS_WITHIN = 3, timedelta(minutes=15)


class LinkTokens(PasswordResetTokenGenerator):
    """Makes keys that end with their use, a new password, a sign-in, or their hour."""

    def check_token(self, user: User | None, token: str | None) -> bool:
        """Tell whether the key still opens."""
        if user is None or not token or not super().check_token(user, token):
            return False
        made = base36_to_int(token.partition("-")[0])
        age = self._num_seconds(self._now()) - made
        return age <= link_hours(user) * 3600


def link_hours(person: User) -> int:
    """Return how long a link made now opens."""
    return LINK_HOURS if person.has_usable_password() else INVITATION_HOURS


def password_path(person: User) -> str:
    """Return the path at which a person chooses a password, once."""
    key = {"uidb36": user_pk_to_url_str(person), "key": LinkTokens().make_token(person)}
    return reverse("account_reset_password_from_key", kwargs=key)


def ask_for_link(email: str, *, address: str, at: datetime) -> PasswordRequest:
    """Keep that a link was asked for, and record `password.link_asked`.

    Whether anybody has the address is looked up afterwards, so that asking tells nothing, not
    even by the time it takes.
    """
    with own_scope():
        request = PasswordRequest.objects.create(
            email=email.lower(), address=address or None, asked_at=at
        )
        record("password.link_asked", subject=request, by="system:sign-in", at=at)
    return request


def person_to_send_to(request: PasswordRequest) -> User | None:
    """Return whose link is to be sent: nobody for a strange address or one that got enough."""
    recent = PasswordRequest.objects.filter(
        email=request.email, asked_at__gt=request.asked_at - LINKS_WITHIN, pk__lt=request.pk
    )
    if recent.count() >= MOST_LINKS:
        return None
    return User.objects.filter(email=request.email, is_active=True).first()


def forget_requests(*, at: datetime) -> int:
    """Remove what was asked more than a day ago; return how many."""
    return PasswordRequest.objects.filter(asked_at__lt=at - KEPT).delete()[0]
