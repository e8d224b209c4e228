"""The list of rate cards."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.rules import APPROVING_ROLES
from rating.models import RateCard, RateCardVersion
from rating.queries.sizes import count_lanes
from web.access import desk, signed_in
from web.actors import Cast
from web.desk.rates.filters import UNDER_WAY, VIEWS, CardFilters, read
from web.desk.rates.standing import Standing, in_force, standing_of
from web.lists.addresses import Chip, Tab, address_with
from web.lists.counts import LIMIT, bounded_count
from web.lists.keyset import Ordering, paginate
from web.templatetags.clocks import in_zone

BY_NAME = Ordering("name", is_descending=False)
Status = RateCardVersion.Status


@dataclass(frozen=True, slots=True)
class CardRow:
    """A card with the version in force and what is under way."""

    card: RateCard
    current: RateCardVersion | None
    pending: RateCardVersion | None
    standing: Standing | None
    waits_for: str
    lanes: str

    @property
    def shown(self) -> RateCardVersion | None:
        """Return the version that opens first: what is under way, else what is in force."""
        return self.pending or self.current


@desk()
@require_safe
@vary_on_headers("HX-Request")
def card_list(request: HttpRequest) -> HttpResponse:
    """Show a page of rate cards by name."""
    filters = read(CardFilters, request.GET)
    rows = filters.narrow(RateCard.objects.select_related("customer"))
    page = paginate(rows, ordering=BY_NAME, cursor=filters.cleaned_data["after"])
    user = signed_in(request)
    today = in_zone(timezone.now(), user.timezone).date()
    context = {
        "filters": filters,
        "tabs": tabs(request, filters),
        "chips": chips(request, filters),
        "rows": card_rows(page.rows, today=today),
        "can_draft": user.has_role(*APPROVING_ROLES),
        "next_href": address_with(request, after=page.next) if page.next else "",
        "previous_href": address_with(request, after=page.previous) if page.previous else "",
        "refresh_href": request.get_full_path(),
    }
    is_fragment = request.headers.get("HX-Request")
    template = "desk/rates/list.html#rows" if is_fragment else "desk/rates/list.html"
    return render(request, template, context)


def card_rows(cards: list[RateCard], *, today: date) -> list[CardRow]:
    """Return the cards with their versions, in three queries however many there are."""
    versions: dict[int, list[RateCardVersion]] = defaultdict(list)
    for version in RateCardVersion.objects.filter(card__in=cards).order_by("-number"):
        versions[version.card_id].append(version)
    cast = Cast(each.drafted_by for found in versions.values() for each in found[:2])
    rows = [_row(card, versions[card.pk], cast, today=today) for card in cards]
    counts = count_lanes([row.shown.pk for row in rows if row.shown], limit=LIMIT)
    return [_counted(row, counts) for row in rows]


def tabs(request: HttpRequest, filters: CardFilters) -> list[Tab]:
    """Return the views of the list, each counted up to a thousand."""
    current = filters.cleaned_data["view"]
    return [
        Tab(
            words,
            bounded_count(RateCard.objects.filter(kept)),
            address_with(request, view=key),
            is_current=key == current,
        )
        for key, (words, kept) in VIEWS.items()
    ]


def chips(request: HttpRequest, filters: CardFilters) -> list[Chip]:
    """Return the filters in force, each with the address that drops it."""
    asked = filters.cleaned_data
    in_force_now = (
        ("customer", "Customer", asked["customer"] and asked["customer"].name),
        ("q", "Search", asked["q"]),
    )
    return [
        Chip(words, str(value), address_with(request, **{name: ""}))
        for name, words, value in in_force_now
        if value
    ]


def lane_words(count: int) -> str:
    """Write a number of lanes that was counted up to the limit."""
    return f"{LIMIT:,}+" if count > LIMIT else f"{count:,}"


def _row(card: RateCard, versions: list[RateCardVersion], cast: Cast, *, today: date) -> CardRow:
    pending = next((each for each in versions if each.status in UNDER_WAY), None)
    return CardRow(
        card=card,
        current=in_force(versions, today=today),
        pending=pending,
        standing=standing_of(pending, today=today) if pending else None,
        waits_for=_waits_for(pending, cast) if pending else "",
        lanes="",
    )


def _counted(row: CardRow, counts: dict[int, int]) -> CardRow:
    lanes = lane_words(counts.get(row.shown.pk, 0)) if row.shown else "0"
    return CardRow(row.card, row.current, row.pending, row.standing, row.waits_for, lanes)


def _waits_for(version: RateCardVersion, cast: Cast) -> str:
    drafter = cast.actor(version.drafted_by).name
    if version.status == Status.DRAFT:
        return drafter
    return f"somebody other than {drafter}"
