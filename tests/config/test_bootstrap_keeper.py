"""The private servers, real ones, held as long as somebody uses them."""

import stat
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from config.bootstrap import children, keeper, servers
from config.bootstrap.children import Account
from config.bootstrap.layout import Layout, SetupFailed
from tests.config.installations import processes_of

BOTH = ("postgres", "redis")


def test_a_used_server_takes_both_roles_and_ends_with_its_last_user(layout: Layout) -> None:
    with servers.in_use(layout, names=BOTH, is_hasty=True):
        addresses = servers.addresses(layout, names=BOTH)
        with psycopg.connect(addresses["DATABASE_OWNER_URL"]) as owner:
            rights = owner.execute(
                "SELECT rolname, rolsuper, rolcreatedb FROM pg_roles WHERE rolname LIKE 'lading_%'"
                " ORDER BY rolname"
            ).fetchall()
            owner.execute("SET session_replication_role = replica")
            owner.execute("CREATE TABLE load (id int)")
        with (
            psycopg.connect(addresses["DATABASE_URL"]) as app,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            app.execute("SELECT * FROM load")

    assert rights == [("lading_app", False, False), ("lading_owner", False, True)]
    assert processes_of(layout) == []


def test_commits_wait_for_the_disk_except_while_hurried(layout: Layout) -> None:
    def ask() -> str:
        with psycopg.connect(servers.addresses(layout, names=BOTH)["DATABASE_URL"]) as app:
            row = app.execute("SHOW synchronous_commit").fetchone()
        assert row
        return str(row[0])

    with servers.in_use(layout, names=["postgres"]):
        with keeper.cluster(layout).hurried():
            during = ask()
        after = ask()

    assert (during, after) == ("off", "on")


def test_the_door_of_each_server_is_a_socket_nobody_else_can_reach(layout: Layout) -> None:
    with servers.in_use(layout, names=BOTH, is_hasty=True):
        addresses = servers.addresses(layout, names=BOTH)
        folders = (
            Path(parse_qs(urlsplit(addresses["DATABASE_URL"]).query)["host"][0]),
            Path(urlsplit(addresses["REDIS_URL"]).path).parent,
        )
        modes = [stat.S_IMODE(folder.stat().st_mode) for folder in folders]
        listening = [process.net_connections("inet") for process in processes_of(layout)]

    assert modes == [0o700, 0o700]
    assert not any(listening)


def test_the_server_outlives_the_first_of_two_users(layout: Layout) -> None:
    first, second = servers.Use("redis", layout), servers.Use("redis", layout)
    for use in (first, second):
        use.begin()
        use.wait()

    first.end()
    assert processes_of(layout) != []

    second.end()
    assert children.wait_until(lambda: not processes_of(layout), seconds=5)


def test_a_killed_user_leaves_no_server_behind(layout: Layout) -> None:
    script = (
        "import time; from pathlib import Path\n"
        "from config.bootstrap import servers; from config.bootstrap.layout import Layout\n"
        f"layout = Layout(Path({str(layout.root)!r}), Path({str(layout.var)!r}))\n"
        "with servers.in_use(layout, names=['redis']): print('used', flush=True); time.sleep(300)"
    )
    user = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    assert user.stdout
    assert user.stdout.readline() == b"used\n"

    user.kill()
    user.wait()

    assert children.wait_until(lambda: not processes_of(layout), seconds=10)


def test_a_server_that_cannot_start_says_why_in_its_own_words(layout: Layout) -> None:
    account = Account.unprivileged()
    data = keeper.home(layout, account=account) / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("9\n")

    with (
        pytest.raises(SetupFailed, match="written by PostgreSQL 9"),
        servers.in_use(layout, names=["postgres"]),
    ):
        pass

    assert processes_of(layout) == []


def test_a_path_too_long_for_a_socket_moves_the_servers_not_the_data_of_others(
    tmp_path: Path,
) -> None:
    deep = Layout(tmp_path, tmp_path / ("long" * 20) / "var")
    other = Layout(tmp_path, tmp_path / ("long" * 21) / "var")

    places = [keeper.home(layout, account=None) for layout in (deep, other)]

    assert all(len(str(place / "postgres" / ".s.PGSQL.5432")) <= 107 for place in places)
    assert places[0] != places[1]
