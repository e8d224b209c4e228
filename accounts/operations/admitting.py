"""Count wrong passwords, so that guessing is slow and a victim still comes in.

Three counts run, each for a quarter of an hour:

- a **browser** that the person has come in with before counts for itself (it shows a signed
  cookie), so nobody else can lock it out;
- an **account** counts the tries from all browsers it does not know together;
- an **address** counts the tries of strange browsers at any account.

Whoever chooses a new password by the link in the mail clears the account's count. The counts live
in the cache: each is one atomic addition before the password is looked at, so many guesses at
once are no way around. The idea is OWASP's "device cookies".
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.core.cache import cache

ACCOUNT_TRIES, ADDRESS_TRIES = 5, 30
LOCK = timedelta(minutes=15)


class LockedOut(Exception):
    """Too many wrong passwords; says until when."""

    status = 429
    code = "locked_out"

    def __init__(self, until: datetime, *, at: datetime) -> None:
        self.until = until
        self.minutes = max(1, -(-int((until - at).total_seconds()) // 60))
        unit = "minute" if self.minutes == 1 else "minutes"
        super().__init__(
            f"Too many wrong passwords. Sign-in is locked for {self.minutes} more {unit}; "
            "choosing a new password unlocks it at once."
        )


@dataclass(frozen=True, slots=True)
class Count:
    """One of the counts: where it is kept, and how many failures it allows."""

    key: str
    most: int

    def add(self, *, at: datetime) -> int:
        """Count one more and return the sum. Raises LockedOut when it is too many."""
        self._end_when_over(at)
        seconds = int(LOCK.total_seconds())
        if cache.add(self.key, 0, timeout=seconds):
            cache.set(f"{self.key}:until", at + LOCK, timeout=seconds)
        tries = _atomically(lambda: cache.incr(self.key), otherwise=1)
        if tries > self.most:
            raise LockedOut(self.until or at + LOCK, at=at)
        return tries

    def take_back(self) -> None:
        """Forget one: it was no failure."""
        _atomically(lambda: cache.decr(self.key), otherwise=0)

    def lock(self, *, at: datetime) -> None:
        """Let the quarter of an hour begin with this last failure, if it is full."""
        if int(cache.get(self.key, 0)) < self.most:
            return
        seconds = int(LOCK.total_seconds())
        cache.touch(self.key, timeout=seconds)
        cache.set(f"{self.key}:until", at + LOCK, timeout=seconds)

    def clear(self) -> None:
        """Forget all."""
        cache.delete_many([self.key, f"{self.key}:until"])

    @property
    def until(self) -> datetime | None:
        """Return when the count begins anew; None when nothing was counted."""
        until: datetime | None = cache.get(f"{self.key}:until")
        return until

    def _end_when_over(self, at: datetime) -> None:
        until = self.until
        if until is not None and at >= until:
            self.clear()


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try that was counted, and how many more there are."""

    counts: tuple[Count, ...]
    left: int

    def succeed(self) -> None:
        """Take the try back: the password was right."""
        for count in self.counts:
            count.take_back()

    def lock(self, *, at: datetime) -> datetime:
        """Lock what is full now, and return until when."""
        for count in self.counts:
            count.lock(at=at)
        return at + LOCK


def begin_attempt(email: str, *, address: str, browser: str, at: datetime) -> Attempt:
    """Count a try before its password is looked at; `browser` is the known one's name, or empty.

    Raises:
        LockedOut: one of the counts is full; the password is not looked at.
    """
    counts = counts_for(email, address=address, browser=browser)
    counted: list[Count] = []
    left = []
    for count in counts:
        try:
            left.append(count.most - count.add(at=at))
        except LockedOut:
            for earlier in counted:
                earlier.take_back()
            raise
        counted.append(count)
    return Attempt(counts=counts, left=left[0])


def counts_for(email: str, *, address: str, browser: str) -> tuple[Count, ...]:
    """Return the counts that a try at an account adds to, the closest first."""
    if browser:
        return (Count(f"sign-in:browser:{_hash(email)}:{browser}", ACCOUNT_TRIES),)
    return (account_count(email), Count(f"sign-in:address:{address}", ADDRESS_TRIES))


def account_count(email: str) -> Count:
    """Return the count of all strange browsers at one account."""
    return Count(f"sign-in:account:{_hash(email)}", ACCOUNT_TRIES)


def locked_among(emails: Iterable[str], *, at: datetime) -> frozenset[str]:
    """Return those accounts that strange browsers are locked out of, in two questions."""
    counts = {account_count(email).key: email for email in emails}
    tries = cache.get_many(counts)
    ends = cache.get_many([f"{key}:until" for key in counts])
    return frozenset(
        counts[key]
        for key, sum_ in tries.items()
        if int(sum_) >= ACCOUNT_TRIES and at < ends.get(f"{key}:until", at)
    )


def _hash(email: str) -> str:
    return sha256(email.strip().lower().encode()).hexdigest()[:32]


def _atomically(step: Callable[[], int], *, otherwise: int) -> int:
    """Return what the cache counted, or `otherwise` when the count ended that very moment."""
    try:
        return int(step())
    except ValueError:
        return otherwise
