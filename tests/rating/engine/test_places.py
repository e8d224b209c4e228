"""Places match by equality, however a grid spells them."""

import pytest

from rating.engine.choices import PlaceKind, StopKind
from rating.engine.facts import StopFacts
from rating.engine.places import ANYWHERE, Place, UnreadablePlace, places_of
from tests.rating.engine.building import JOLIET


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("60436", "POSTAL:US:60436"),
        ("60436-1234", "POSTAL:US:60436"),
        (" 604 ", "POSTAL3:US:604"),
        ("K1A 0B1", "POSTAL:CA:K1A0B1"),
        ("k1a0b1", "POSTAL:CA:K1A0B1"),
        ("Joliet, IL", "CITY:US:JOLIET, IL"),
        ("St. Louis,mo", "CITY:US:ST LOUIS, MO"),
        ("Saint  Louis, MO", "CITY:US:ST LOUIS, MO"),
        ("oh", "STATE:US:OH"),
        ("zone MW-1", "ZONE::MW-1"),
        ("Region: West", "REGION::West"),
        ("location PF12", "LOCATION::PF12"),
        ("*", "ANY::"),
        ("anywhere", "ANY::"),
    ],
)
def test_a_cell_of_a_grid_names_a_place(text: str, key: str):
    assert Place.parse(text).key == key


@pytest.mark.parametrize("text", ["", "6043", "Joliet", "604366"])
def test_a_cell_that_names_no_place_is_refused(text: str):
    with pytest.raises(UnreadablePlace, match="is not a ZIP"):
        Place.parse(text)


@pytest.mark.parametrize(
    ("place", "label"),
    [
        (Place.parse("604"), "604"),
        (Place.parse("joliet, il"), "Joliet, IL"),
        (Place.parse("zone MW-1"), "Zone MW-1"),
        (Place.parse("region WEST"), "Region WEST"),
        (Place.of_country("mx"), "MX"),
        (ANYWHERE, "anywhere"),
    ],
)
def test_a_place_is_labelled_as_a_grid_prints_it(place: Place, label: str):
    assert place.label == label


def test_a_stop_lies_in_everything_from_its_dock_to_anywhere():
    assert [place.kind for place in places_of(JOLIET)] == [
        PlaceKind.LOCATION,
        PlaceKind.POSTAL,
        PlaceKind.POSTAL3,
        PlaceKind.CITY,
        PlaceKind.STATE,
        PlaceKind.COUNTRY,
        PlaceKind.ANY,
    ]
    assert Place.parse("60436") in places_of(JOLIET)


def test_a_stop_of_which_nothing_is_known_lies_in_its_country():
    stop = StopFacts(sequence=1, kind=StopKind.PICKUP, country="CA")

    assert places_of(stop) == (Place.of_country("CA"), ANYWHERE)


def test_a_city_without_its_state_is_no_place():
    stop = StopFacts(sequence=1, kind=StopKind.PICKUP, city="Springfield")

    assert all(place.kind != PlaceKind.CITY for place in places_of(stop))


def test_a_stop_with_a_zip_plus_four_lies_in_its_zip():
    stop = StopFacts(sequence=1, kind=StopKind.PICKUP, postal_code="60436-1234")

    assert Place.parse("60436") in places_of(stop)


def test_the_same_postal_code_in_another_country_is_another_place():
    assert Place.postal("10115", "DE") != Place.postal("10115", "US")
    assert Place.postal3("101", "DE") not in places_of(
        StopFacts(sequence=1, kind=StopKind.PICKUP, postal_code="10115")
    )


def test_a_stop_abroad_lies_in_places_abroad():
    toronto = StopFacts(
        sequence=1,
        kind=StopKind.DELIVERY,
        city="Toronto",
        state="ON",
        postal_code="M5V 2T6",
        country="CA",
    )

    assert [place.key for place in places_of(toronto)] == [
        "POSTAL:CA:M5V2T6",
        "POSTAL3:CA:M5V",
        "CITY:CA:TORONTO, ON",
        "STATE:CA:ON",
        "COUNTRY::CA",
        "ANY::",
    ]


def test_a_place_is_in_the_united_states_unless_another_country_is_named():
    assert Place.postal("60436").key == "POSTAL:US:60436"
    assert Place.postal3("60436-1234").key == "POSTAL3:US:604"
    assert Place.city("Joliet", "il").key == "CITY:US:JOLIET, IL"
    assert Place.state("il").key == "STATE:US:IL"
