"""Places and their clocks."""

import pytest

from dispatch.rules import places
from dispatch.rules.places import country_code, is_zone, zone_of

STATES = (
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ "
    "NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY"
)
PROVINCES = "AB BC MB NB NL NS NT NU ON PE QC SK YT"


@pytest.mark.parametrize(
    ("place", "zone"),
    [
        ({"state": "IL"}, "America/Chicago"),
        ({"state": "il", "country": "usa"}, "America/Chicago"),
        ({"state": "AZ"}, "America/Phoenix"),
        ({"state": "FL", "postal_code": "33101"}, "America/New_York"),
        ({"state": "FL", "postal_code": "32501"}, "America/Chicago"),
        ({"state": "IN", "postal_code": "46402"}, "America/Chicago"),
        ({"state": "IN", "postal_code": "46241"}, "America/New_York"),
        ({"state": "TN", "postal_code": "37902"}, "America/New_York"),
        ({"state": "TX", "postal_code": "79901-1234"}, "America/Denver"),
        ({"state": "ID", "postal_code": "83814"}, "America/Los_Angeles"),
        ({"state": "", "postal_code": "79901"}, "America/Denver"),
        ({"state": "ON", "country": "CA"}, "America/Toronto"),
        ({"state": "ON", "country": "US"}, "America/Toronto"),
        ({"state": "BC", "country": "CAN"}, "America/Vancouver"),
        ({"state": "BC", "country": "MX"}, "America/Tijuana"),
        ({"state": "NL", "country": "MEX"}, "America/Mexico_City"),
        ({"state": "", "country": "DE", "postal_code": "79901"}, "Europe/Berlin"),
        ({"state": "", "country": "CA", "postal_code": "799"}, None),
        ({"state": "", "country": "BR"}, None),
        ({"state": ""}, None),
    ],
)
def test_a_place_keeps_the_clock_of_its_state_unless_its_postal_code_tells_better(place, zone):
    assert zone_of(**place) == zone


@pytest.mark.parametrize("state", f"{STATES} {PROVINCES}".split())
def test_every_state_and_province_has_a_zone(state):
    assert is_zone(zone_of(state=state) or "")


def test_every_zone_of_the_tables_exists():
    tables = (
        places.ZONE_OF_STATE,
        places.ZONE_OF_ZIP3,
        places.ZONE_OF_PROVINCE,
        places.ZONE_OF_MEXICAN_STATE,
        places.ZONE_OF_COUNTRY,
    )

    assert all(is_zone(zone) for table in tables for zone in table.values())


def test_a_word_is_not_a_zone():
    assert not is_zone("Central")
    assert not is_zone("")


def test_three_letters_of_a_country_become_two():
    assert [country_code(text) for text in ("USA", "ca", "BR")] == ["US", "CA", "BR"]


@pytest.mark.parametrize(
    ("postal_code", "country", "state"),
    [
        ("60436", "US", "IL"),
        ("00501", "US", "NY"),
        ("20001", "USA", "DC"),
        ("20101", "US", "VA"),
        ("88595-0001", "US", "TX"),
        ("m5v 3l9", "CA", "ON"),
        ("X0A 0H0", "CA", "NU"),
        ("X1A 2N3", "CA", "NT"),
        ("00000", "US", ""),
        ("", "US", ""),
        ("", "CA", ""),
        ("60436", "DE", ""),
    ],
)
def test_a_postal_code_tells_its_state(postal_code, country, state):
    assert places.state_of(postal_code, country=country) == state


def test_no_zip_area_lies_in_two_states():
    areas = [
        zip3
        for ranges in places.ZIP3_OF_STATE.values()
        for first, _, last in (each.partition("-") for each in ranges.split())
        for zip3 in range(int(first), int(last or first) + 1)
    ]

    assert len(areas) == len(set(areas))
    assert set(STATES.split()) <= set(places.ZIP3_OF_STATE)
