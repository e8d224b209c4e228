"""All that the pages of one rate card version show, each part read when a template asks for it."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property

from rating.engine import book as engine
from rating.engine.wording import money
from rating.models import RateCard, RateCardVersion
from rating.queries.books import Terms, head_of, programme_of, terms_of
from rating.queries.floors import lanes_under_floor
from rating.queries.sizes import count_lanes
from web.actors import Actor, Cast
from web.desk.fuel.reading import FuelCard, fuel_card, table_rows
from web.desk.loads.history import SHOWN, Line, events_about, history_of
from web.desk.rates.filters import UNDER_WAY
from web.desk.rates.freight_words import (
    MEASURES,
    fak_words,
    freight_setting_words,
    space_rule_words,
)
from web.desk.rates.gates import MOVES, Gate, Move, gates_of, is_barred, people_gate
from web.desk.rates.listing import lane_words
from web.desk.rates.standing import Standing, base_of, in_force, period_words, standing_of
from web.desk.rates.words import (
    approval_words,
    charge_words,
    freight_words,
    setting_words,
    term_words,
    when_words,
)
from web.lists.counts import LIMIT

Status = RateCardVersion.Status
_TITLES = {
    "DRAFT": "Before approval",
    "SUBMITTED": "Before approval",
    "APPROVED": "Before it prices",
}


@dataclass(frozen=True, slots=True)
class RuleRow:
    """An accessorial rule in words."""

    rule: engine.AccessorialRule
    when: str
    charge: str
    approval: str
    terms: str = ""


class RateSheet:
    """One version of a card, with the card around it."""

    def __init__(self, version: RateCardVersion, *, reader: str, today: date, at: datetime) -> None:
        self.version = version
        self.reader = reader
        self.is_mine = version.drafted_by == reader
        self.today = today
        self.at = at

    @property
    def card(self) -> RateCard:
        """Return the card."""
        return self.version.card

    @property
    def is_draft(self) -> bool:
        """Tell whether the rows may still change."""
        return self.version.status == Status.DRAFT

    @cached_property
    def versions(self) -> list[RateCardVersion]:
        """Return every version of the card, newest first."""
        versions = list(self.card.versions.order_by("-number"))
        for each in versions:
            each.card = self.card
        return versions

    @property
    def choices(self) -> list[tuple[RateCardVersion, str]]:
        """Return the versions with the words of the chooser."""
        return [(each, standing_of(each, today=self.today).words) for each in self.versions]

    @cached_property
    def current(self) -> RateCardVersion | None:
        """Return the version in force today."""
        return in_force(self.versions, today=self.today)

    @cached_property
    def base(self) -> RateCardVersion | None:
        """Return the version this one is compared with."""
        return base_of(self.version, self.versions)

    @property
    def standing(self) -> Standing:
        """Return the badge of the head."""
        return standing_of(self.version, today=self.today)

    @property
    def period(self) -> str:
        """Return from when to when it prices."""
        return period_words(self.version)

    @cached_property
    def lane_count(self) -> str:
        """Return how many lanes there are, counted up to a thousand."""
        return lane_words(count_lanes([self.version.pk], limit=LIMIT).get(self.version.pk, 0))

    @cached_property
    def case_count(self) -> int:
        """Return how many test cases the card keeps."""
        return self.card.test_cases.count()

    @cached_property
    def terms(self) -> Terms:
        """Return zones, rules and fuel rows as the engine knows them."""
        return terms_of(self.version)

    @cached_property
    def rules(self) -> list[RuleRow]:
        """Return the accessorial schedule in words."""
        currency = self.card.currency
        return [
            RuleRow(
                rule=rule,
                when=when_words(rule),
                charge=charge_words(rule, currency),
                approval=approval_words(rule, currency),
                terms=term_words(rule),
            )
            for rule in self.terms.accessorials
        ]

    @cached_property
    def zones(self) -> list[tuple[engine.Zone, list[str]]]:
        """Return the zones, each with the labels of its places."""
        return [
            (zone, sorted(place.label for place in zone.members))
            for zone in self.terms.zones.values()
        ]

    @cached_property
    def settings(self) -> list[tuple[str, str]]:
        """Return the settings of the tariff in words."""
        cost = self.version.cost_per_mile
        told = setting_words(head_of(self.version))
        return [*told, ("A mile costs us", money(cost, self.card.currency))] if cost else told

    @cached_property
    def freight(self) -> list[tuple[str, str]]:
        """Return the settings about class, density and space in words."""
        scale = self.version.density_scale
        return freight_setting_words(head_of(self.version), scale=scale.name if scale else "")

    @property
    def fak(self) -> list[str]:
        """Return the classes that are rated as one."""
        return fak_words(self.terms.fak)

    @property
    def space_rules(self) -> list[tuple[str, str, str]]:
        """Return slug, name and words of each measure of space; no words where nothing counts."""
        known = {rule.measure: space_rule_words(rule) for rule in self.terms.space_rules}
        return [
            (measure.value.lower().replace("_", "-"), words, known.get(measure, ""))
            for measure, words in MEASURES.items()
        ]

    @cached_property
    def fuel(self) -> FuelCard | None:
        """Return the fuel programme with this week's price."""
        row = self.version.fuel
        if row is None:
            return None
        programme = programme_of(row, self.terms.fuel_rows)
        return fuel_card(row, programme, currency=self.card.currency, on=self.today, at=self.at)

    @cached_property
    def whole_fuel(self) -> FuelCard | None:
        """Return the fuel programme with every row of its table."""
        if self.fuel is None:
            return None
        return replace(self.fuel, rows=table_rows(self.fuel.programme, self.fuel.price))

    @property
    def scope(self) -> str:
        """Say which freight the card is for."""
        return freight_words(self.card.equipment, "", self.card.shipment_type) or "Any freight"

    @property
    def story(self) -> str:
        """Say who brought the version where it is."""
        version, name = self.version, self.people.actor
        if version.published_by:
            return f"Published by {name(version.published_by).name}"
        if version.status == Status.SUBMITTED:
            return f"Sent by {name(version.submitted_by).name}"
        if version.approved_by:
            return f"Approved by {name(version.approved_by).name}"
        return f"Drafted by {self.drafter.name}"

    @property
    def saved_at(self) -> datetime:
        """Return when the draft last changed."""
        return self.version.edited_at or self.version.drafted_at

    @property
    def move(self) -> Move | None:
        """Return the next step the version can make."""
        return MOVES.get(self.version.status)

    @property
    def can_return(self) -> bool:
        """Tell whether the version can go back to its drafter."""
        return (self.version.status, Status.DRAFT) in RateCardVersion.TRANSITIONS

    @property
    def can_withdraw(self) -> bool:
        """Tell whether the version prices loads, and somebody can stop it."""
        return self.version.status == Status.PUBLISHED

    @property
    def may_follow(self) -> bool:
        """Tell whether a new version can start here: from what is published, one at a time."""
        is_open = any(each.status in UNDER_WAY for each in self.versions)
        return self.version.status in (Status.PUBLISHED, Status.RETIRED) and not is_open

    @property
    def gates_title(self) -> str:
        """Name the checklist by where the version stands."""
        return _TITLES.get(self.version.status, "This version")

    @cached_property
    def gates(self) -> list[Gate]:
        """Return what is in order and what is not."""
        people = people_gate(self.version, self.drafter, is_mine=self.is_mine)
        return [*gates_of(self.version, at=self.at), people]

    @property
    def is_checked(self) -> bool:
        """Tell whether there is still something to decide about the version."""
        return self.version.status in MOVES

    @property
    def is_barred(self) -> bool:
        """Tell whether somebody else has to make the next move."""
        return is_barred(self.version, self.reader)

    @cached_property
    def lanes_under_floor(self) -> int:
        """Return how many lanes lie under their cost floor."""
        return lanes_under_floor(self.version).count()

    @cached_property
    def people(self) -> Cast:
        """Return who drafted, approved and published."""
        version = self.version
        actors = (
            version.drafted_by,
            version.submitted_by,
            version.approved_by,
            version.published_by,
        )
        return Cast(actor for actor in actors if actor)

    @property
    def drafter(self) -> Actor:
        """Return who drafted the version."""
        return self.people.actor(self.version.drafted_by)

    @cached_property
    def history(self) -> list[Line]:
        """Return what was done to the card and its versions, newest first."""
        events = list(events_about([self.card, *self.versions])[:SHOWN])
        names = {(each._meta.db_table, each.pk): f"v{each.number}" for each in self.versions}
        cast = Cast(event.actor for event in events)
        return history_of(events, cast, names=names)
