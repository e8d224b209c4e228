"""How long to wait before trying a partner again."""

from datetime import timedelta
from random import uniform

FIRST_SECONDS = 5.0
GROWTH = 3.0
LONGEST_SECONDS = 900.0


def backoff(attempts: int) -> timedelta:
    """Return the pause after `attempts` tries: 5 s, three times longer each, at most 15 minutes.

    A quarter more or less by chance, so that many do not come back at once.
    """
    pause = min(FIRST_SECONDS * GROWTH ** (attempts - 1), LONGEST_SECONDS)
    return timedelta(seconds=pause * uniform(0.75, 1.25))  # noqa: S311
