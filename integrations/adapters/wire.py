"""One HTTP exchange with a partner: bounded in time and size, no redirect followed, no proxy.

Called outside transactions only. What matters to a caller is kept apart: the partner could not be
reached at all (nothing arrived there), or it was reached and gave no answer (it may have).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from time import monotonic
from typing import Any

import httpx
from django.db import connection

CONNECT_SECONDS = 3.0
ANSWER_SECONDS = 10.0
WHOLE_SECONDS = 20.0
LONGEST_WAIT_SECONDS = 3600.0


class UnreachableError(Exception):
    """No connection was made, so nothing can have arrived."""


class NoAnswerError(Exception):
    """The request may have arrived; the answer did not, or not whole."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A whole answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def exchange(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    params: Mapping[str, str] | None = None,
    json: Any = None,
    limit_bytes: int = 1_000_000,
) -> Exchange:
    """Return the partner's answer, whatever its status.

    Raises:
        UnreachableError: see there.
        NoAnswerError: cut, too slow, too long, or not HTTP.
    """
    if connection.in_atomic_block:
        raise RuntimeError("The network is never touched inside a transaction.")
    timeout = httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS)
    try:
        with _client().stream(
            method, url, headers=headers, params=params, json=json, timeout=timeout
        ) as answer:
            body = _read(answer, limit_bytes)
            return Exchange(answer.status_code, dict(answer.headers), body)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol) as error:
        raise UnreachableError(f"No connection to {_host(url)}: {error or 'timed out'}.") from error
    except httpx.TimeoutException as error:
        raise NoAnswerError(
            f"{_host(url)} did not answer within {ANSWER_SECONDS:.0f} s."
        ) from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise NoAnswerError(f"The answer of {_host(url)} broke off: {error}.") from error


@cache
def _client() -> httpx.Client:
    """Return the client of this process; no connection outlives its exchange.

    A kept connection that the partner has closed meanwhile would look like a lost answer.
    """
    return httpx.Client(
        follow_redirects=False, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0)
    )


def _read(answer: httpx.Response, limit_bytes: int) -> bytes:
    end = monotonic() + WHOLE_SECONDS
    body = bytearray()
    for chunk in answer.iter_bytes():
        body += chunk
        if len(body) > limit_bytes:
            raise NoAnswerError(f"The answer is longer than {limit_bytes} bytes.")
        if monotonic() > end:
            raise NoAnswerError(f"The answer took longer than {WHOLE_SECONDS:.0f} s.")
    return bytes(body)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds a `Retry-After` header asks for (seconds or a date), an hour at most."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdecimal():
        return min(float(text), LONGEST_WAIT_SECONDS)
    try:
        when = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return min(max((when - datetime.now(UTC)).total_seconds(), 0.0), LONGEST_WAIT_SECONDS)


def _host(url: str) -> str:
    return url.split("://")[-1].split("/")[0]
