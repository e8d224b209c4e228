"""A database and a folder of its own, made for one run and removed after it."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

ALIASES = ("default", "owner")


@contextmanager
def scratch_database() -> Iterator[str]:
    """Point every connection of this process at a fresh, migrated database; drop it in the end.

    Files go to a folder that goes with it, and no worker is woken. Raises psycopg.Error where the
    owner may not make databases.
    """
    name = f"lading_bench_{os.getpid()}"
    before = {alias: connections[alias].settings_dict["NAME"] for alias in ALIASES}
    with _server() as server, _own_files():
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            _point_at(dict.fromkeys(ALIASES, name))
            call_command("migrate", verbosity=0, interactive=False)
            yield name
        finally:
            _point_at(before)
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


Twin = Mapping[str, BaseDatabaseWrapper]


@contextmanager
def beside() -> Iterator[tuple[Twin, Twin]]:
    """Make a second database, as the present one is now; give the connections of both.

    `connections[alias] = one` turns this process to a database; the present one is on again in
    the end, and the second is dropped.
    """
    usual = {alias: connections[alias] for alias in ALIASES}
    name = usual["default"].settings_dict["NAME"]
    second = f"{name}_beside"
    for one in usual.values():
        one.close()
    with _server() as server:
        server.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(second), sql.Identifier(name)
            )
        )
        twin = {alias: _wrapper(alias, second) for alias in ALIASES}
        try:
            yield usual, twin
        finally:
            turn_to(usual)
            for one in twin.values():
                one.close()
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(second)))


def turn_to(database: Twin) -> None:
    """Let whatever asks Django for a connection use this database from now on."""
    for alias, one in database.items():
        connections[alias] = one


def _wrapper(alias: str, name: str) -> BaseDatabaseWrapper:
    made = connections.create_connection(alias)
    made.settings_dict = {**connections[alias].settings_dict, "NAME": name}
    return made


@contextmanager
def _own_files() -> Iterator[None]:
    usual = settings.BLOB_ROOT, settings.RING_BELLS
    with TemporaryDirectory(prefix="lading-bench-") as folder:
        settings.BLOB_ROOT, settings.RING_BELLS = Path(folder), False
        try:
            yield
        finally:
            settings.BLOB_ROOT, settings.RING_BELLS = usual


def _point_at(names: dict[str, str]) -> None:
    for alias, name in names.items():
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name


def _server() -> psycopg.Connection:
    owner = settings.DATABASES["owner"]
    return psycopg.connect(
        host=owner["HOST"], port=owner["PORT"] or None, user=owner["USER"],
        password=owner["PASSWORD"], dbname="postgres", autocommit=True,
    )  # fmt: skip
