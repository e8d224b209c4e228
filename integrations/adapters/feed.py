"""The paged feed of a TMS: `GET {url}?after=CURSOR&limit=200`."""

import msgspec

from integrations.adapters.wire import NoAnswerError, UnreachableError, exchange, retry_after
from integrations.events import FeedError, Page

PAGE_SIZE = 200
PAGE_BYTES = 20_000_000


class _Page(msgspec.Struct):
    data: list[msgspec.Raw]
    next_cursor: str = ""
    has_more: bool = False


_decoder = msgspec.json.Decoder(_Page)


def fetch_page(url: str, *, token: str, cursor: str) -> Page:
    """Return the page after `cursor`; each message keeps the bytes it came in.

    Raises:
        FeedError: no answer, a refusal, or a page that cannot be read.
    """
    params = {"limit": str(PAGE_SIZE)} | ({"after": cursor} if cursor else {})
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        answer = exchange("GET", url, params=params, headers=headers, limit_bytes=PAGE_BYTES)
    except (UnreachableError, NoAnswerError) as error:
        raise FeedError(str(error)) from error
    if answer.status != 200:
        message = f"The feed answered {answer.status}."
        raise FeedError(message, wait_seconds=retry_after(answer.headers))
    try:
        page = _decoder.decode(answer.body)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise FeedError(f"The feed's page cannot be read: {error}.") from error
    if page.has_more and not page.next_cursor:
        raise FeedError("The feed says there is more but not where.")
    return Page(tuple(bytes(item) for item in page.data), page.next_cursor, page.has_more)
