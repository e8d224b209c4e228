"""The funnel as links: each stage with its count, money and oldest, and the key that opens it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from accounts.models import User
from billing.queries.funnel import Figures, Stage, funnel
from web.desk.workbench.filters import WorkbenchFilters, address_of
from web.templatetags.figures import plural

# Words, icon and tone.
LOOKS: dict[Stage, tuple[str, str, str]] = {
    Stage.PAPERS: ("Awaiting documents", "doc", "t-warn"),
    Stage.APPROVAL: ("Needs approval", "s-hold", "t-hold"),
    Stage.OTHER: ("Other blockers", "s-bad", "t-bad"),
    Stage.HELD: ("On hold", "lock", "t-mute"),
    Stage.READY: ("Ready", "s-done", "t-ok"),
    Stage.ISSUED: ("Issued", "mail", "t-info"),
    Stage.POSTED: ("Posted, unpaid", "bank", "t-info"),
}
HOT_WORDS = {Stage.ISSUED: "refused by the ERP", Stage.POSTED: "overdue"}


@dataclass(frozen=True, slots=True)
class StageLink:
    """One step of the funnel."""

    stage: Stage
    words: str
    icon: str
    tone: str
    key: int
    href: str
    is_current: bool
    figures: tuple[Figures, ...]
    at: datetime

    @property
    def count(self) -> int:
        """Return how many rows it holds."""
        return sum(each.count for each in self.figures)

    @property
    def amounts(self) -> list[tuple[Decimal, str]]:
        """Return its money, by currency."""
        return [(each.amount, each.currency) for each in self.figures]

    @property
    def hot(self) -> str:
        """Say what is late there, empty when nothing is."""
        count = sum(each.hot for each in self.figures)
        return f"{count:,} {HOT_WORDS[self.stage]}" if count else ""

    @property
    def oldest(self) -> str:
        """Say how long its oldest row has waited."""
        waiting = [each.oldest_at for each in self.figures if each.oldest_at]
        if not waiting:
            return ""
        days = (self.at - min(waiting)).days
        return f"oldest {plural(days, 'day,days')}" if days else "oldest today"


def stage_links(
    user: User, filters: WorkbenchFilters, *, at: datetime, today: date
) -> list[StageLink]:
    """Return the steps of the funnel, the current one marked."""
    found = funnel(user, today=today)
    return [_link(filters, stage, key, found, at=at) for key, stage in enumerate(Stage, start=1)]


def _link(
    filters: WorkbenchFilters, stage: Stage, key: int, found: Iterable[Figures], *, at: datetime
) -> StageLink:
    words, icon, tone = LOOKS[stage]
    return StageLink(
        stage=stage,
        words=words,
        icon=icon,
        tone=tone,
        key=key,
        href=address_of(filters, stage="" if stage is Stage.READY else stage.value),
        is_current=stage is filters.stage_asked,
        figures=tuple(each for each in found if each.stage is stage),
        at=at,
    )
