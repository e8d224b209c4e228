"""A TMS that runs loads through their day, tells of it by webhook, and answers a poll."""

import heapq
import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from threading import Event, Lock
from time import monotonic
from typing import Any

import httpx
from standardwebhooks.webhooks import Webhook

from demo.partners.dialect import Message, corrections, messages
from demo.partners.serving import Answer
from demo.plan import WORDS, Behaviour, plan
from demo.world.lanes import LANES
from demo.world.stories import Story, tell

log = logging.getLogger(__name__)

FIRST_NUMBER = 700_001
DAY_SECONDS = 24.0
HOUR_LATE_SECONDS = 20.0
CORRECTED_AFTER_SECONDS = 30.0


@dataclass(order=True, slots=True)
class Due:
    """A message and the second at which it is sent."""

    second: float
    order: int
    message: Message = field(compare=False)


class Tms:
    """Holds every message in its feed, so that what a push lost the poll still brings."""

    def __init__(self, *, seed: int, seconds_between_loads: float) -> None:
        self._behaviours = plan(seed)
        self._between = seconds_between_loads
        self._feed: list[Message] = []
        self._due: list[Due] = []
        self._order = count()
        self._lock = Lock()
        self.told: list[dict[str, Any]] = []

    def start_load(self, n: int, *, at: datetime, second: float) -> Story:
        """Put load `n` of this run on the road and plan its messages.

        Its day lies in the last two, ends a few minutes before `at`, and is told in seconds.
        """
        behaviour = self._behaviours[n % len(self._behaviours)]
        lane = LANES[(n * 7) % len(LANES)]
        number = FIRST_NUMBER + n + int(at.timestamp()) % 100_000 * 10
        draft = tell(number, lane, pickup_at=at, behaviour=behaviour)
        lead = timedelta(hours=2) if behaviour is Behaviour.LATE else timedelta(minutes=2)
        after = timedelta(minutes=150) if draft.corrections else timedelta()
        earlier = draft.ended_at + lead + after - at
        hours = timedelta(hours=int(earlier / timedelta(hours=1)) + 1)
        story = tell(number, lane, pickup_at=at - hours, behaviour=behaviour)
        for due in self._schedule(story, second):
            heapq.heappush(self._due, due)
        self.told.append({"shipment": f"CR{number:06}", "behaviour": behaviour.value})
        return story

    def _schedule(self, story: Story, start: float) -> Iterator[Due]:
        told = list(messages(story))
        step = DAY_SECONDS / len(told)
        seconds = [start + n * step for n in range(len(told))]
        if story.behaviour is Behaviour.LATE:
            seconds = [second + HOUR_LATE_SECONDS for second in seconds]
        if story.behaviour is Behaviour.OUT_OF_ORDER:
            Random(story.number).shuffle(seconds)  # noqa: S311  a plan, not a secret
        for second, message in zip(seconds, told, strict=True):
            yield Due(second, next(self._order), message)
            if story.behaviour is Behaviour.TWICE:
                yield Due(second + 1.0, next(self._order), message)
        for message in corrections(story):
            yield Due(max(seconds) + CORRECTED_AFTER_SECONDS, next(self._order), message)

    def take_due(self, second: float) -> list[Message]:
        """Return the messages due by `second`, having put them in the feed."""
        taken = []
        with self._lock:
            while self._due and self._due[0].second <= second:
                taken.append(heapq.heappop(self._due).message)
            self._feed += taken
        return taken

    def handle(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        _headers: Mapping[str, str],
        _body: bytes,
    ) -> Answer:
        """Answer the poll, and tell the plan to whoever asks."""
        if method == "GET" and path == "/events":
            return self._page(query.get("after", ""), query.get("limit", "200"))
        if method == "GET" and path == "/plan":
            return 200, self.describe(), {}
        if path == "/healthz":
            return 200, {"status": "ok", "messages": len(self._feed)}, {}
        return 404, {"error": "There is nothing here."}, {}

    def _page(self, after: str, limit: str) -> Answer:
        start, size = int(after or 0), min(int(limit), 500)
        with self._lock:
            page = self._feed[start : start + size]
            rest = len(self._feed) > start + len(page)
        return 200, {"data": page, "next_cursor": str(start + len(page)), "has_more": rest}, {}

    def describe(self) -> dict[str, Any]:
        """Return the plan and the loads told so far."""
        return {
            "plan": [behaviour.value for behaviour in self._behaviours],
            "words": {behaviour.value: words for behaviour, words in WORDS.items()},
            "loads": self.told,
        }

    def run(self, push: "Pusher", stop: Event) -> None:
        """Start loads and push what is due until `stop` is set."""
        began, started = monotonic(), 0
        while not stop.wait(0.2):
            second = monotonic() - began
            if second >= started * self._between:
                self.start_load(started, at=datetime.now(UTC), second=second)
                started += 1
            for message in self.take_due(second):
                push(message)


class Pusher:
    """Pushes messages by signed webhook; what does not arrive is left to the poll."""

    def __init__(self, url: str, secret: str) -> None:
        self._url = url
        self._webhook = Webhook(secret)
        self._client = httpx.Client(timeout=5.0)

    def __call__(self, message: Message) -> int | None:
        """Push one message; return the status, or None when nobody answered."""
        body = json.dumps(message)
        at = datetime.now(UTC)
        headers = {
            "content-type": "application/json",
            "webhook-id": message["id"],
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": self._webhook.sign(message["id"], at, body),
        }
        try:
            return self._client.post(self._url, content=body, headers=headers).status_code
        except httpx.HTTPError as error:
            log.warning("not pushed: %s", error)
            return None
