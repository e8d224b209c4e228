"""What changed on a board since it was last read: only those rows go over the wire.

The token names the mark of the journal and the instant of the last reading. A row has changed when
something was told of its load or its billing, when the clock alone made it need somebody, or when
it shows a running time.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from dispatch.models import Load
from dispatch.rules.attention import need_of
from journal.queries.feeds import current_mark, told_since
from web.access import desk
from web.desk.board.rows import BoardRow
from web.desk.board.sheet import Sheet

SINCE = "since"
# After so long away everything is read anew.
LONGEST = timedelta(hours=1)
LARGEST_MARK = 2**63


@dataclass(frozen=True, slots=True)
class Token:
    """How far a reader has read."""

    mark: int
    at: datetime

    def __str__(self) -> str:
        return f"{self.mark}-{int(self.at.timestamp())}"


@desk()
@require_safe
@vary_on_headers("HX-Request")
def changes(request: HttpRequest) -> HttpResponse:
    """Answer with the rows that changed, the order of all rows, and the new token."""
    query = request.GET.copy()
    since = read_token(query.pop(SINCE, [""])[-1])
    if not request.headers.get("HX-Request"):
        return redirect(f"{reverse('desk:board')}?{query.urlencode()}")
    token = Token(current_mark(), timezone.now())
    sheet = Sheet(request, at=token.at, path=reverse("desk:board"), address=query)
    context = {
        "sheet": sheet,
        "changed": changed_rows(sheet, since=since),
        "token": token,
        "swap_oob": True,
    }
    return render(request, "desk/board/changes.html", context)


def new_token(at: datetime) -> Token:
    """Return the token of a board that is about to be read."""
    return Token(current_mark(), at)


def read_token(text: str) -> Token | None:
    """Read a token back; raises BadRequest for anything else than our own."""
    if not text:
        return None
    mark, _, seconds = text.partition("-")
    if not (mark.isdecimal() and seconds.isdecimal() and int(mark) < LARGEST_MARK):
        raise BadRequest("That token cannot be read.")
    try:
        return Token(int(mark), datetime.fromtimestamp(int(seconds), UTC))
    except (OverflowError, ValueError, OSError) as error:
        raise BadRequest("That token cannot be read.") from error


def changed_rows(sheet: Sheet, *, since: Token | None) -> set[int]:
    """Return the ids of the loads on the page whose rows have changed; all when in doubt."""
    everything = {row.load.pk for row in sheet.rows}
    if since is None or sheet.at - since.at > LONGEST:
        return everything
    told = told_since(since.mark)
    if told is None:
        return everything
    loads = {each.subject_id for each in told if each.table == Load._meta.db_table}
    loads |= {each.load_id for each in told if each.load_id is not None}
    ticking = {row.load.pk for row in sheet.rows if _ticks(row, since.at)}
    return everything & (loads | ticking)


def _ticks(row: BoardRow, then: datetime) -> bool:
    """Tell whether time alone changes what the row says."""
    watch = getattr(row.load, "watch", None)
    before = need_of(watch, at=then) if watch else None
    is_running = row.need is not None and row.need.since is not None
    return is_running or before != row.need
