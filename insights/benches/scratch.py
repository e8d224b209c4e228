"""A database of its own, made for one run and dropped after it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg import sql

ALIASES = ("default", "owner")


@contextmanager
def scratch_database() -> Iterator[str]:
    """Point every connection of this process at a fresh, migrated database; drop it in the end.

    Raises psycopg.Error where the owner may not make databases.
    """
    name = f"lading_bench_{os.getpid()}"
    before = {alias: connections[alias].settings_dict["NAME"] for alias in ALIASES}
    with _server() as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            _point_at(dict.fromkeys(ALIASES, name))
            call_command("migrate", verbosity=0, interactive=False)
            yield name
        finally:
            _point_at(before)
            server.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )


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
