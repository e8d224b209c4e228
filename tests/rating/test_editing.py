"""A draft is changed a cell at a time; what cannot stand is refused field by field."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError

from journal.models import Event
from rating.engine.book import Zone
from rating.engine.choices import Basis, ClassSource, Precedence, SpaceMeasure
from rating.engine.freight import FakRange, SpaceRule
from rating.engine.places import Place
from rating.models import RateCardVersion
from rating.operations.approving import SamePerson, approve_version, submit_version
from rating.operations.drafting import NotADraft
from rating.operations.editing import (
    LANE_COLUMNS,
    EditRefused,
    StaleEdit,
    add_lane,
    add_rule,
    change_lane,
    change_rule,
    change_settings,
    lane_cells,
    put_fak,
    put_space_rule,
    put_zone,
    remove_lane,
    remove_rule,
    remove_space_rule,
    remove_zone,
)
from rating.operations.importing import inspect_sheet, read_import, receive_import
from rating.queries.books import whole_book
from tests.rating.engine.building import DETENTION, STOP_OFF
from tests.rating.importing.sending import LIST, apply
from tests.rating.making import DRAFTER, MANAGER, NOW, drafted, per_mile_programme

pytestmark = pytest.mark.django_db
WHO: Any = {"by": MANAGER, "at": NOW}


@pytest.fixture
def draft():
    return drafted()


def faults(refused) -> dict[str, str]:
    return refused.value.faults


def test_one_cell_is_changed_and_told_once(draft):
    lane = change_lane(draft, row=1, changes={"rate": "$2.49"}, seen={"rate": "2.42"}, **WHO)

    assert lane.rate == Decimal("2.49")
    told = Event.objects.get(name="rate_card.edited")
    assert (told.actor, told.old, told.new) == (MANAGER, {"rate": "2.42"}, {"rate": "2.49"})
    assert told.payload == {"what": "lane 1"}


def test_an_edit_that_changes_nothing_tells_nothing(draft):
    change_lane(draft, row=1, changes={"rate": "2.420"}, **WHO)

    assert not Event.objects.filter(name="rate_card.edited").exists()


def test_whoever_edited_last_does_not_approve(draft):
    change_lane(draft, row=1, changes={"rate": "2.49"}, **WHO)
    submit_version(draft, by=DRAFTER, at=NOW)

    with pytest.raises(SamePerson, match="was edited by user:2"):
        approve_version(draft, **WHO)


def test_whoever_edited_before_somebody_else_does_not_approve_either(draft):
    change_lane(draft, row=1, changes={"rate": "2.49"}, **WHO)
    change_lane(draft, row=2, changes={"rate": "2.51"}, by=DRAFTER, at=NOW)
    submit_version(draft, by=DRAFTER, at=NOW)

    with pytest.raises(SamePerson, match="was edited by user:2"):
        approve_version(draft, **WHO)
    with pytest.raises(IntegrityError, match="version_approver_wrote_nothing"):
        RateCardVersion.objects.update(status="APPROVED", approved_by=MANAGER, approved_at=NOW)


def test_whoever_sent_a_file_that_another_applied_does_not_approve(draft):
    upload = inspect_sheet("rates.csv", LIST.encode())
    batch = receive_import(draft, upload=upload, **WHO)
    read_import(batch, at=NOW)
    apply(batch)
    submit_version(draft, by=DRAFTER, at=NOW)

    with pytest.raises(SamePerson, match="was edited by user:2"):
        approve_version(draft, **WHO)


def test_a_cell_that_somebody_else_changed_is_not_written_over(draft):
    change_lane(draft, row=1, changes={"rate": "2.49"}, by=DRAFTER, at=NOW)

    with pytest.raises(StaleEdit) as refused:
        change_lane(draft, row=1, changes={"rate": "2.60"}, seen={"rate": "2.42"}, **WHO)

    assert faults(refused) == {
        "rate": "Row 1 was changed by somebody else: 2.49 now, 2.42 when you saw it."
    }
    assert draft.lanes.get(row=1).rate == Decimal("2.49")


def test_another_cell_of_the_same_lane_may_have_changed(draft):
    change_lane(draft, row=1, changes={"minimum": "900"}, by=DRAFTER, at=NOW)

    lane = change_lane(draft, row=1, changes={"rate": "2.60"}, seen={"rate": "2.42"}, **WHO)

    assert (lane.rate, lane.minimum) == (Decimal("2.60"), 900)


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"rate": "abc"}, "rate", "a number from 0"),
        ({"rate": "-1"}, "rate", "a number from 0"),
        ({"minimum": "900", "maximum": "800"}, "minimum", "Minimum 900 is above maximum 800"),
        ({"origin": "1234"}, "origin", "ZIP with all its digits"),
        ({"origin": "600-606"}, "origin", "one place"),
        ({"origin": "zone MW"}, "origin", "Zone MW is not defined"),
        ({"destination": "OH"}, "origin", "Row 1 would price 604 to OH like row 2"),
        ({"basis": "furlong"}, "basis", "a basis such as"),
        ({"basis": ""}, "basis", "a basis such as"),
        ({"breaks": "0: 9"}, "basis", "which need per cwt"),
        ({"discount_percent": "100"}, "discount_percent", "up to but not 100"),
        ({"origin": "XX"}, "origin", "a state of the US or a province of Canada"),
        ({"rate": "EUR 2.49"}, "rate", "an amount in USD"),
        ({"equipment": "balloon"}, "equipment", "one of VAN53, REEFER53"),
        ({"shipment_type": "air"}, "shipment_type", "one of TRUCKLOAD, LTL"),
        ({"colour": "red"}, "colour", "a column that lanes have"),
    ],
)
def test_a_lane_that_cannot_stand_is_refused_by_field(draft, changes, field, sentence):
    before = lane_cells(draft.lanes.get(row=1))

    with pytest.raises(EditRefused) as refused:
        change_lane(draft, row=1, changes=changes, **WHO)

    assert sentence in faults(refused)[field]
    assert lane_cells(draft.lanes.get(row=1)) == before


def test_every_cell_that_cannot_be_read_is_told_at_once(draft):
    with pytest.raises(EditRefused) as refused:
        change_lane(draft, row=1, changes={"rate": "x", "minimum": "y"}, **WHO)

    assert list(faults(refused)) == ["rate", "minimum"]


def test_what_is_read_from_a_lane_can_be_written_back(draft):
    cells = lane_cells(draft.lanes.get(row=1))

    change_lane(draft, row=1, changes=cells, seen=cells, **WHO)

    assert tuple(cells) == LANE_COLUMNS
    assert not Event.objects.filter(name="rate_card.edited").exists()


def test_breaks_are_changed_with_their_basis(draft):
    lane = change_lane(
        draft, row=1, changes={"basis": "cwt", "rate": "", "breaks": "500: 10.29; 0: 14.38"}, **WHO
    )

    assert lane_cells(lane)["breaks"] == "0: 14.38; 500: 10.29"
    assert (lane.basis, lane.rate) == (Basis.PER_CWT, 0)


def test_a_lane_is_added_after_the_last(draft):
    lane = add_lane(
        draft, values={"origin": "605", "destination": "431", "basis": "flat", "rate": "900"}, **WHO
    )

    assert (lane.row, lane.rate, lane.equipment) == (3, 900, "")
    assert Event.objects.get(name="rate_card.edited").old == {}


def test_a_lane_needs_both_ends_and_a_basis(draft):
    with pytest.raises(EditRefused) as refused:
        add_lane(draft, values={"rate": "9"}, **WHO)

    assert list(faults(refused)) == ["origin", "destination", "basis"]


def test_a_lane_that_is_there_already_is_not_added(draft):
    with pytest.raises(EditRefused, match="Row 3 would price 604 to 431 like row 1"):
        add_lane(draft, values={"origin": "604", "destination": "431", "basis": "flat"}, **WHO)


def test_a_lane_is_removed_and_what_it_was_is_told(draft):
    remove_lane(draft, row=1, seen={"rate": "2.42"}, **WHO)

    assert list(draft.lanes.values_list("row", flat=True)) == [2]
    assert Event.objects.get(name="rate_card.edited").old["rate"] == "2.42"
    with pytest.raises(StaleEdit, match="no row 1 any more"):
        remove_lane(draft, row=1, **WHO)


@pytest.mark.parametrize(
    "edit",
    [
        lambda draft: change_lane(draft, row=1, changes={"rate": "9"}, **WHO),
        lambda draft: add_lane(draft, values={}, **WHO),
        lambda draft: remove_lane(draft, row=1, **WHO),
        lambda draft: change_settings(draft, changes={"note": ""}, **WHO),
        lambda draft: add_rule(draft, rule=DETENTION, **WHO),
        lambda draft: change_rule(draft, name="DET-4", rule=DETENTION, **WHO),
        lambda draft: remove_rule(draft, name="DET-4", **WHO),
        lambda draft: put_zone(draft, name="MW", members=["IL"], **WHO),
        lambda draft: remove_zone(draft, name="MW", **WHO),
    ],
)
def test_only_a_draft_can_be_changed(draft, edit):
    submit_version(draft, by=DRAFTER, at=NOW)

    with pytest.raises(NotADraft, match="v1 is SUBMITTED: only a draft can be changed"):
        edit(draft)


def test_settings_of_a_draft_are_changed_and_told(draft):
    fuel = per_mile_programme()

    change_settings(
        draft,
        changes={"fuel": fuel, "effective_to": date(2027, 1, 1), "precedence": Precedence.REVENOVA,
                 "cost_per_mile": Decimal("1.90")},
        seen={"effective_to": None},
        **WHO,
    )  # fmt: skip

    draft.refresh_from_db()
    assert (draft.fuel, draft.cost_per_mile) == (fuel, Decimal("1.90"))
    assert Event.objects.get(name="rate_card.edited").new == {
        "fuel": fuel.name, "effective_to": "2027-01-01", "precedence": "REVENOVA",
        "cost_per_mile": "1.9",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"effective_to": date(2020, 1, 1)}, "before it begins"),
        ({"discount_percent": Decimal(100)}, "up to but not 100"),
        ({"minimum_charge": Decimal(-1)}, "not below 0"),
        ({"minimum_charge": Decimal(901)}, "Row 2 has the maximum 900"),
        ({"status": "PUBLISHED"}, "no setting"),
        ({"precedence": "WHATEVER"}, "version_precedence_known"),
    ],
)
def test_settings_that_cannot_be_are_refused_by_name(draft, changes, sentence):
    draft.lanes.filter(row=2).update(maximum=900)

    with pytest.raises(EditRefused, match=sentence) as refused:
        change_settings(draft, changes=changes, **WHO)

    assert list(faults(refused)) == list(changes)


def test_settings_that_somebody_else_changed_are_not_written_over(draft):
    change_settings(draft, changes={"discount_percent": Decimal(5)}, by=DRAFTER, at=NOW)

    with pytest.raises(StaleEdit, match="5 now, 0 when you saw it"):
        change_settings(
            draft,
            changes={"discount_percent": Decimal(7)},
            seen={"discount_percent": Decimal(0)},
            **WHO,
        )


def test_a_rule_is_added_changed_and_removed(draft):
    name = STOP_OFF.rule
    remove_rule(draft, name=name, **WHO)
    add_rule(draft, rule=STOP_OFF, **WHO)
    dearer = replace(STOP_OFF, rate=Decimal("90.00"))
    change_rule(draft, name=name, rule=dearer, seen=STOP_OFF, **WHO)

    assert dearer in whole_book(draft).accessorials
    told = Event.objects.filter(name="rate_card.edited").latest("id")
    assert (told.old["rate"], told.new["rate"]) == ("75", "90")
    assert set(told.new) == {"rate", "tiers"}


def test_a_rule_that_cannot_stand_is_refused(draft):
    with pytest.raises(EditRefused, match="is there twice"):
        add_rule(draft, rule=STOP_OFF, **WHO)
    with pytest.raises(EditRefused, match="no rule NONE"):
        remove_rule(draft, name="NONE", **WHO)
    crossed = replace(STOP_OFF, minimum=Decimal(9), maximum=Decimal(8))
    with pytest.raises(EditRefused, match="minimum 9 is above maximum 8"):
        change_rule(draft, name=STOP_OFF.rule, rule=crossed, **WHO)


def test_a_rule_that_somebody_else_changed_is_not_written_over(draft):
    dearer = replace(STOP_OFF, rate=Decimal(90))
    change_rule(draft, name=STOP_OFF.rule, rule=dearer, **WHO)

    with pytest.raises(StaleEdit):
        change_rule(draft, name=STOP_OFF.rule, rule=STOP_OFF, seen=STOP_OFF, **WHO)


def test_a_zone_is_defined_by_what_a_sheet_would_say(draft):
    put_zone(draft, name="MW", members=["600-602", "IN"], **WHO)
    put_zone(draft, name="MW", members=["IL"], **WHO)

    assert whole_book(draft).zones == {
        "MW": Zone(name="MW", members=frozenset({Place.parse("IL")}))
    }
    told = Event.objects.filter(name="rate_card.edited").latest("id")
    assert told.old == {"members": ["600", "601", "602", "IN"]}


@pytest.mark.parametrize("members", [[], ["zone SE"], ["*"], ["12"]])
def test_what_is_no_place_is_no_part_of_a_zone(draft, members):
    with pytest.raises(EditRefused) as refused:
        put_zone(draft, name="MW", members=members, **WHO)

    assert list(faults(refused)) == ["members"]


def test_a_zone_that_a_lane_names_stays(draft):
    put_zone(draft, name="MW", members=["IL"], **WHO)
    change_lane(draft, row=1, changes={"origin": "zone MW"}, **WHO)

    with pytest.raises(EditRefused, match="Row 1 is a lane of MW"):
        remove_zone(draft, name="MW", **WHO)

    change_lane(draft, row=1, changes={"origin": "604"}, **WHO)
    remove_zone(draft, name="MW", **WHO)
    assert not draft.zones.exists()


FAK_50 = FakRange(min_class="50", max_class="85", rated_class="70")
CUBIC = SpaceRule(measure=SpaceMeasure.CUBIC_FEET, over=Decimal(750), pounds_per_unit=Decimal(6))


def test_fak_ranges_are_put_as_a_whole_and_told(draft):
    put_fak(draft, ranges=[FAK_50], **WHO)

    assert whole_book(draft).fak == (FAK_50,)
    told = Event.objects.get(name="rate_card.edited")
    assert (told.payload, told.old, told.new) == (
        {"what": "FAK ranges"}, {"ranges": ""}, {"ranges": "50 to 85 as 70"},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (FakRange(min_class="85", max_class="100", rated_class="85"), "overlaps FAK 50 to 85"),
        (FakRange(min_class="100", max_class="92.5", rated_class="85"), "begins above its end"),
        (FakRange(min_class="99", max_class="100", rated_class="85"), "'99' is no freight class"),
    ],
)
def test_fak_ranges_that_cannot_stand_together_leave_the_draft_as_it_was(draft, more, sentence):
    put_fak(draft, ranges=[FAK_50], **WHO)

    with pytest.raises(EditRefused, match=sentence) as refused:
        put_fak(draft, ranges=[FAK_50, more], **WHO)

    assert refused.value.field == "ranges"
    assert whole_book(draft).fak == (FAK_50,)


def test_fak_ranges_that_somebody_else_changed_are_not_written_over(draft):
    put_fak(draft, ranges=[FAK_50], **WHO)

    with pytest.raises(StaleEdit, match="changed by somebody else"):
        put_fak(draft, ranges=[], seen=(), **WHO)


def test_a_space_rule_is_put_changed_and_taken_away(draft):
    put_space_rule(draft, rule=CUBIC, **WHO)
    put_space_rule(draft, rule=replace(CUBIC, over=Decimal(800)), seen=CUBIC, **WHO)

    assert [rule.over for rule in whole_book(draft).space_rules] == [800]
    told = Event.objects.filter(name="rate_card.edited").latest("pk")
    assert (told.payload, told.old, told.new) == (
        {"what": "cubic capacity rule"}, {"over": "750"}, {"over": "800"},
    )  # fmt: skip
    with pytest.raises(StaleEdit):
        put_space_rule(draft, rule=CUBIC, seen=CUBIC, **WHO)
    remove_space_rule(draft, measure=SpaceMeasure.CUBIC_FEET, **WHO)
    assert whole_book(draft).space_rules == ()
    with pytest.raises(EditRefused, match="no such rule"):
        remove_space_rule(draft, measure=SpaceMeasure.CUBIC_FEET, **WHO)


def test_what_is_wrong_with_a_space_rule_is_told_at_its_field(draft):
    wrong = replace(CUBIC, floor_class="51", discount_percent=Decimal(100))

    with pytest.raises(EditRefused) as refused:
        put_space_rule(draft, rule=wrong, **WHO)

    assert set(faults(refused)) == {"floor_class", "discount_percent"}


@pytest.mark.parametrize("edit", [put_fak, put_space_rule])
def test_class_and_space_of_a_submitted_version_stay(draft, edit):
    submit_version(draft, by=DRAFTER, at=NOW)
    told = {"ranges": [FAK_50]} if edit is put_fak else {"rule": CUBIC}

    with pytest.raises(NotADraft):
        edit(draft, **told, **WHO)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"class_source": ClassSource.DENSITY}, "density_scale"),
        ({"wide_from_in": Decimal(93)}, "wide_width_in"),
        ({"trailer_width_in": Decimal(0)}, "trailer_width_in"),
        ({"stacked_pieces": 0}, "stacked_pieces"),
        ({"unstackable_height_in": Decimal(-1)}, "unstackable_height_in"),
    ],
)
def test_settings_about_freight_that_cannot_stand_are_told_at_their_field(draft, changes, field):
    with pytest.raises(EditRefused) as refused:
        change_settings(draft, changes=changes, **WHO)

    assert refused.value.field == field


def test_a_layover_that_no_rule_charges_is_told_at_its_field_and_terms_are_in_the_journal(draft):
    rule = next(each for each in whole_book(draft).accessorials if each.trigger == "DETENTION")
    assert rule.detention
    terms = replace(rule.detention, layover_after_minutes=600, layover_rule="LAY-9")

    with pytest.raises(EditRefused) as refused:
        change_rule(draft, name=rule.rule, rule=replace(rule, detention=terms), **WHO)
    assert refused.value.field == "layover_rule"

    terms = replace(rule.detention, meal_break_minutes=30)
    change_rule(draft, name=rule.rule, rule=replace(rule, detention=terms), **WHO)
    told = Event.objects.get(name="rate_card.edited")
    assert (told.old["meal_break_minutes"], told.new["meal_break_minutes"]) == ("60", "30")
