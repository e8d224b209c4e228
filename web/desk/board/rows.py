"""One line of the board: a load, why it needs somebody, and what was heard of it last."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from dispatch.models import Load, Milestone, Stop
from dispatch.rules.attention import Attention, Need, need_of
from web.desk.board.bands import BANDS, Page, Part
from web.templatetags.clocks import minutes, running
from web.templatetags.deadlines import rough

Kind = Milestone.Kind
SHOWN_WITH = ("customer", "carrier", "driver", "billing", "watch")
MOST_LETTERS = 22
# Looks of what a load needs: icon, tone.
LOOKS = {
    Attention.MISSED_PICKUP: ("s-bad", "bad"),
    Attention.DETENTION: ("clock", "warn"),
    Attention.LATE: ("s-warn", "warn"),
    Attention.NO_PING: ("s-warn", "warn"),
    Attention.UNASSIGNED: ("s-skip", "bad"),
    Attention.NO_POD: ("docx", "warn"),
}


@dataclass(frozen=True, slots=True)
class Latest:
    """The last news of a load; its title is the whole of a note that was too long."""

    words: str
    tone: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A load as the board shows it at one instant."""

    load: Load
    band: str
    at: datetime
    stops: list[Stop] = field(default_factory=list)
    last: Milestone | None = None

    @property
    def need(self) -> Need | None:
        """Return why the load needs somebody; a delivered one with its proof needs nobody here."""
        watch = getattr(self.load, "watch", None)
        return need_of(watch, at=self.at) if watch else None

    @property
    def look(self) -> tuple[str, str] | None:
        """Return icon and tone of the need that the status stands back for."""
        return LOOKS[self.need.attention] if self.need else None

    @property
    def words(self) -> str:
        """Say the need as briefly as a cell asks for: Detention 1:50, No ping 2h."""
        need = self.need
        if need is None:
            return ""
        if need.attention == Attention.DETENTION:
            return f"Detention {running(self._for(need))}"
        if need.attention == Attention.LATE:
            return f"Late, +{minutes(self.lateness)}" if self.lateness else "Late"
        if need.attention == Attention.NO_PING:
            return f"No ping {rough(self._for(need)).split()[0]}"
        plain = {
            Attention.MISSED_PICKUP: "Missed pickup",
            Attention.UNASSIGNED: "Unassigned",
            Attention.NO_POD: "No POD",
        }
        return plain[need.attention]

    @property
    def pickup(self) -> Stop | None:
        """Return the first pickup."""
        return next((stop for stop in self.stops if stop.kind == Stop.Kind.PICKUP), None)

    @property
    def delivery(self) -> Stop | None:
        """Return the last stop."""
        return self.stops[-1] if len(self.stops) > 1 else None

    @property
    def over(self) -> timedelta | None:
        """Return how long ago the missed pickup's window closed."""
        need = self.need
        if need is None or need.attention != Attention.MISSED_PICKUP:
            return None
        return self._for(need)

    @property
    def waited(self) -> timedelta | None:
        """Return how long detention has been running."""
        need = self.need
        if need is None or need.attention != Attention.DETENTION:
            return None
        return self._for(need)

    @property
    def eta(self) -> datetime | None:
        """Return the last estimate, while the load is under way."""
        watch = getattr(self.load, "watch", None)
        return watch.eta_at if watch else None

    @property
    def lateness(self) -> timedelta | None:
        """Return how late the next stop is, by the estimate or else by the clock."""
        need = self.need
        due = next((closes(stop) for stop in self.stops if stop.status == "PENDING"), None)
        if need is None or need.attention != Attention.LATE or due is None:
            return None
        return max((self.eta or self.at), self.at if due < self.at else due) - due

    @property
    def is_assignable(self) -> bool:
        """Tell whether the load still needs a carrier and may be given one."""
        return self.load.carrier_id is None and self.load.status in ("PLANNED", "ACCEPTED")

    @property
    def place(self) -> str:
        """Say where the load was heard of last: Columbia MO."""
        if self.last is None:
            return ""
        city = self.last.city or (self.last.stop.city if self.last.stop else "")
        state = self.last.state or (self.last.stop.state if self.last.stop else "")
        return f"{city} {state}".strip()

    @property
    def note(self) -> str:
        """Return what was said at the last check call."""
        return str(self.last.detail.get("note", "")) if self.last else ""

    @property
    def age(self) -> str:
        """Say how long ago the load was heard of: 13m, 2h, 3d."""
        if self.last is None:
            return ""
        return rough(max(self.at - self.last.occurred_at, timedelta(0))).split()[0]

    @property
    def charges(self) -> Decimal | None:
        """Return what the load comes to: as charged, else as quoted."""
        billing = getattr(self.load, "billing", None)
        return (billing.total_amount if billing else None) or self.load.quoted_amount

    @property
    def latest(self) -> "Latest | None":
        """Return what there is to say of the load beside its status."""
        tone = self.look[1] if self.look else ""
        if self.waited is not None:
            return Latest(f"{running(self.waited)} past free", tone)
        if self.last is None:
            return None
        words = self.note or self.place or self.last.get_kind_display()
        short = words if len(words) <= MOST_LETTERS else f"{words[: MOST_LETTERS - 1]}…"
        return Latest(f"{short}, {self.age}", tone, title=self.note)

    def _for(self, need: Need) -> timedelta:
        return self.at - need.since if need.since else timedelta(0)


@dataclass(frozen=True, slots=True)
class Band:
    """A group of the board on one page, with what it holds on all pages."""

    name: str
    words: str
    rows: list[BoardRow]
    count: str = ""


def closes(stop: Stop) -> datetime | None:
    """Return when the window of a stop closes."""
    return stop.appointment_to or stop.appointment_from


def read_rows(page: Page, parts: Sequence[Part], *, at: datetime) -> list[BoardRow]:
    """Return the rows of a page in three statements, however many there are."""
    ids = [place.load_id for place in page.places]
    loads = Load.objects.select_related(*SHOWN_WITH).in_bulk(ids)
    stops: dict[int, list[Stop]] = defaultdict(list)
    for stop in Stop.objects.filter(load__in=ids).order_by("load_id", "sequence"):
        if stop.status != Stop.Status.SKIPPED:
            stops[stop.load_id].append(stop)
    last = last_heard(ids)
    return [
        BoardRow(
            load=loads[place.load_id],
            band=parts[place.rank].band,
            at=at,
            stops=stops[place.load_id],
            last=last.get(place.load_id),
        )
        for place in page.places
        if place.load_id in loads
    ]


def last_heard(load_ids: Sequence[int]) -> dict[int, Milestone]:
    """Return the newest thing told about each load; an estimate is no news of where it is."""
    told = Milestone.objects.filter(load__in=load_ids, is_retraction=False).exclude(kind=Kind.ETA)
    newest = told.order_by("load_id", "-occurred_at", "-id").distinct("load_id")
    return {milestone.load_id: milestone for milestone in newest.select_related("stop")}


def in_bands(rows: Sequence[BoardRow], counts: dict[str, str]) -> list[Band]:
    """Return the groups that have rows on this page."""
    bands = [
        Band(name, words, [row for row in rows if row.band == name], counts.get(name, ""))
        for name, words in BANDS.items()
    ]
    return [band for band in bands if band.rows]
