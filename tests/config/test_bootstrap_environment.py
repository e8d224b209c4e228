import os
import stat
from pathlib import Path

import pytest

from config.bootstrap import environment, servers
from config.bootstrap.layout import Layout


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("DATABASE_", "REDIS_", "LADING_")):
            monkeypatch.delenv(name)


def test_without_real_servers_every_address_is_private(layout: Layout) -> None:
    private = servers.private({})

    env = environment.build(layout, port=8000, private=private)

    assert private == ["postgres", "redis"]
    assert env["DATABASE_URL"].startswith("postgresql://lading_app@/lading?host=/")
    assert env["DATABASE_OWNER_URL"].startswith("postgresql://lading_owner@/lading?host=/")
    assert env["REDIS_URL"].startswith("unix:///")


def test_a_real_server_is_used_as_named(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    real = {"DATABASE_URL": "postgresql://app@db/lading", "REDIS_URL": "redis://broker/0"}
    for name, address in real.items():
        monkeypatch.setenv(name, address)

    env = environment.build(layout, port=8000, private=servers.private(real))

    assert servers.private(real) == []
    assert {name: env[name] for name in real} == real


def test_tests_get_private_servers_whatever_the_environment_names(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://app@production/lading")

    env = environment.build(layout, port=8000, private=("postgres", "redis"))

    assert "production" not in env["DATABASE_URL"]


def test_the_partners_follow_the_port(layout: Layout) -> None:
    env = environment.build(layout, port=9100, private=())

    assert env["LADING_PORT"] == "9100"
    assert env["LADING_TMS_URL"] == "http://127.0.0.1:9101"
    assert env["LADING_ERP_URL"] == "http://127.0.0.1:9102"


def test_the_secret_key_is_made_once_and_only_its_owner_reads_it(layout: Layout) -> None:
    first = environment.build(layout, port=8000, private=())["LADING_SECRET_KEY"]
    second = environment.build(layout, port=8000, private=())["LADING_SECRET_KEY"]

    assert first == second
    assert len(first) >= 50
    assert stat.S_IMODE((layout.var / "secret-key").stat().st_mode) == 0o600


def test_a_secret_key_of_the_environment_is_kept(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LADING_SECRET_KEY", "ours")

    assert environment.build(layout, port=8000, private=())["LADING_SECRET_KEY"] == "ours"
    assert not (layout.var / "secret-key").exists()


def test_compiled_modules_are_kept_where_they_are_wanted(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")

    env = environment.build(layout, port=8000, private=())

    assert "PYTHONDONTWRITEBYTECODE" not in env
    assert Path(env["PYTHONPYCACHEPREFIX"]).is_relative_to(layout.var)
