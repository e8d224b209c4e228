from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from config.bootstrap import postgres
from config.bootstrap.layout import Layout, SetupFailed

DEBIAN = (15, Path("/usr/lib/postgresql/15/bin"))
OLD = (13, Path("/usr/lib/postgresql/13/bin"))
WHEEL = (18, Path("/packages/pginstall18/bin"))


def test_the_machines_own_server_goes_before_a_newer_one_from_the_wheel() -> None:
    assert postgres.choose([DEBIAN, WHEEL], major=None) == DEBIAN[1]


def test_a_server_too_old_for_the_guarantees_is_passed_over() -> None:
    assert postgres.choose([OLD, WHEEL], major=None) == WHEEL[1]


def test_existing_data_is_served_by_the_version_that_wrote_it() -> None:
    assert postgres.choose([DEBIAN, WHEEL], major=18) == WHEEL[1]


def test_data_of_a_version_that_is_gone_is_refused_with_the_way_out() -> None:
    with pytest.raises(SetupFailed, match=r"PostgreSQL 18.*--reset"):
        postgres.choose([DEBIAN], major=18)


def test_no_server_at_all_names_the_two_ways_out() -> None:
    with pytest.raises(SetupFailed, match=r"install `postgresql`.*DATABASE_URL"):
        postgres.choose([OLD], major=None)


def test_this_machine_has_a_server_to_offer() -> None:
    assert any(major >= postgres.OLDEST_MAJOR for major, _ in _found())


def test_an_address_survives_odd_letters_in_the_path() -> None:
    address = urlsplit(postgres.url(postgres.APP, home=Path("/srv/a b/50% & more")))

    assert parse_qs(address.query)["host"] == ["/srv/a b/50% & more/postgres"]
    assert (address.username, address.path) == ("lading_app", "/lading")


def _found() -> list[tuple[int, Path]]:
    return list(postgres.find_binaries(Layout.here()))
