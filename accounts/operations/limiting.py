"""Count the requests of a caller, so that one cannot take what is there for all.

The counts stand in Redis and are nobody's record: with Redis away everybody is let in, since a
message that is turned away is worse than one too many.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from time import monotonic
from typing import Any

import redis
import structlog
from django.conf import settings

WINDOW_MS = 60_000
# A hung Redis must not hold a request; after a failure it is left alone for a while.
TIMEOUT_SECONDS, PAUSE_SECONDS = 0.25, 5.0
# One step, so that two requests at once are two: the first of a window starts its clock.
COUNT = """
local used = redis.call('INCR', KEYS[1])
if used == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return {used, redis.call('PTTL', KEYS[1])}
"""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a caller may ask in a minute, has asked, and in how many seconds it begins anew."""

    limit: int
    used: int
    resets_in: int

    @property
    def remaining(self) -> int:
        """Return how many requests are left."""
        return max(self.limit - self.used, 0)

    @property
    def is_over(self) -> bool:
        """Tell whether this request is one too many."""
        return self.used > self.limit


class _Counter:
    """The connection to Redis, and until when it is left alone."""

    def __init__(self, url: str, database: int | None) -> None:
        more: dict[str, Any] = {} if database is None else {"db": database}
        client = redis.Redis.from_url(
            url, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS, **more
        )
        self._count = client.register_script(COUNT)
        self._away_until = 0.0

    def count(self, name: str) -> tuple[int, int] | None:
        """Return how often `name` was counted in its window, and the milliseconds left of it."""
        if monotonic() < self._away_until:
            return None
        try:
            used, left = self._count(keys=[name], args=[WINDOW_MS])
        except redis.RedisError as error:
            self._away_until = monotonic() + PAUSE_SECONDS
            log.warning("requests_not_counted", reason=str(error))
            return None
        return int(used), int(left)


def take_one(caller: str, *, limit: int) -> Allowance | None:
    """Count a request of `caller`; None when nobody counts, and everybody may."""
    cache: dict[str, Any] = settings.CACHES["default"]
    counted = _counter(settings.REDIS_URL, cache.get("OPTIONS", {}).get("db")).count(
        f"{cache['KEY_PREFIX']}:asked:{caller}"
    )
    if counted is None:
        return None
    used, left = counted
    return Allowance(limit, used, max(ceil(left / 1000), 1))


@lru_cache
def _counter(url: str, database: int | None) -> _Counter:
    return _Counter(url, database)
