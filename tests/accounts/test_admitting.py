"""Wrong passwords are counted so that guessing is slow and nobody is locked out by a stranger."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.core.cache import cache

from accounts.operations.admitting import (
    ACCOUNT_TRIES,
    ADDRESS_TRIES,
    LockedOut,
    account_count,
    begin_attempt,
    locked_among,
)

DANA = "dana@cedarridge.example"


@pytest.fixture(autouse=True)
def _no_memory() -> None:
    cache.clear()


def guess(
    email: str = DANA, *, at: datetime, address: str = "203.0.113.9", browser: str = ""
) -> int:
    """Try a wrong password, and return how many tries are left."""
    attempt = begin_attempt(email, address=address, browser=browser, at=at)
    if not attempt.left:
        attempt.lock(at=at)
    return attempt.left


def test_five_tries_then_a_quarter_of_an_hour(now) -> None:
    assert [guess(at=now) for _ in range(5)] == [4, 3, 2, 1, 0]

    with pytest.raises(LockedOut, match="locked for 15 more minutes"):
        guess(at=now)
    with pytest.raises(LockedOut, match="locked for 1 more minute;"):
        guess(at=now + timedelta(minutes=14, seconds=30))
    assert guess(at=now + timedelta(minutes=15)) == 4


def test_the_quarter_begins_with_the_last_failure_not_with_the_first(now) -> None:
    for minute in (0, 3, 6, 9, 12):
        guess(at=now + timedelta(minutes=minute))

    with pytest.raises(LockedOut):
        guess(at=now + timedelta(minutes=26))


def test_many_addresses_guessing_at_one_account_are_counted_together(now) -> None:
    for n in range(ACCOUNT_TRIES):
        guess(at=now, address=f"203.0.113.{n}")

    with pytest.raises(LockedOut):
        guess(at=now, address="203.0.113.200")


def test_a_stranger_cannot_lock_out_the_browser_that_the_person_uses(now) -> None:
    for _ in range(ACCOUNT_TRIES):
        guess(at=now)

    assert begin_attempt(DANA, address="198.51.100.7", browser="ab12", at=now).left == 4


def test_a_known_browser_is_counted_too(now) -> None:
    for _ in range(ACCOUNT_TRIES):
        guess(at=now, browser="ab12")

    with pytest.raises(LockedOut):
        guess(at=now, browser="ab12")


def test_one_address_cannot_try_one_password_at_everybody(now) -> None:
    for n in range(ADDRESS_TRIES):
        guess(f"person{n}@cedarridge.example", at=now)

    with pytest.raises(LockedOut):
        guess("another@cedarridge.example", at=now)
    assert guess("another@cedarridge.example", at=now, address="198.51.100.7") == 4


def test_a_right_password_costs_nothing(now) -> None:
    for _ in range(20):
        begin_attempt(DANA, address="198.51.100.7", browser="", at=now).succeed()

    assert guess(at=now, address="198.51.100.7") == 4


def test_of_two_hundred_guesses_at_once_five_reach_the_password(now) -> None:
    def reached(_n: int) -> bool:
        try:
            begin_attempt(DANA, address="203.0.113.9", browser="", at=now)
        except LockedOut:
            return False
        return True

    with ThreadPoolExecutor(16) as crowd:
        assert sum(crowd.map(reached, range(200))) == ACCOUNT_TRIES


def test_who_is_locked_is_known_until_it_ends_or_is_cleared(now) -> None:
    for _ in range(ACCOUNT_TRIES):
        guess(at=now)

    assert locked_among([DANA, "lena@cedarridge.example"], at=now) == {DANA}
    assert locked_among([DANA], at=now + timedelta(minutes=16)) == frozenset()
    account_count(DANA.upper()).clear()
    assert locked_among([DANA], at=now) == frozenset()


def test_an_unknown_address_is_counted_like_a_known_one(now) -> None:
    assert [guess("nobody@nowhere.example", at=now) for _ in range(5)] == [4, 3, 2, 1, 0]
