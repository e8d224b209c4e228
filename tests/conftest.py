"""A real PostgreSQL for every test, reached as the application's role."""

import os

os.environ["LADING_PROCESS"] = "tests"

import hashlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.test import TransactionTestCase
from psycopg import sql

from journal.events import QUEUES
from journal.operations.working import work

NOW = datetime(2026, 11, 19, 20, 20, tzinfo=UTC)


def pytest_configure(config: pytest.Config) -> None:
    """Give each process of the tests a cache of its own, so that clearing one leaves the others."""
    worker = getattr(config, "workerinput", {}).get("workerid", "")
    if worker:
        cache: dict[str, Any] = settings.CACHES["default"]
        cache["OPTIONS"] = {"db": 1 + int(worker.removeprefix("gw"))}


@pytest.fixture
def now() -> datetime:
    """The instant at which the tests' world stands: Thursday afternoon in Chicago."""
    return NOW


def _fingerprint() -> str:
    """Name the schema: the same migrations and models give the same template database."""
    digest = hashlib.sha256()
    root = Path(settings.BASE_DIR)
    for path in sorted([*root.glob("*/migrations/*.py"), *root.glob("*/models/*.py")]):
        digest.update(path.read_bytes())
    digest.update((root / "journal/operations/provisioning.py").read_bytes())
    return digest.hexdigest()[:12]


def _server(database: str = "postgres") -> psycopg.Connection:
    """Connect as the owner, past Django's watch over which databases a test may ask."""
    owner = settings.DATABASES["owner"]
    return psycopg.connect(
        host=owner["HOST"], port=owner["PORT"] or None, user=owner["USER"],
        password=owner["PASSWORD"], dbname=database, autocommit=True,
    )  # fmt: skip


def _template(server: psycopg.Connection, name: str) -> None:
    """Migrate a template database once; processes that come at the same time wait."""
    server.execute("SELECT pg_advisory_lock(hashtext('lading-test-template'))")
    try:
        if server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return
        unfinished = f"{name}_new"
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(unfinished)))
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(unfinished)))
        connections["owner"].settings_dict["NAME"] = unfinished
        call_command("migrate", verbosity=0, interactive=False)
        connections["owner"].close()
        server.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                sql.Identifier(unfinished), sql.Identifier(name)
            )
        )
    finally:
        server.execute("SELECT pg_advisory_unlock(hashtext('lading-test-template'))")


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: pytest.FixtureRequest, worker_id: str) -> Iterator[None]:
    """Copy the migrated template for this process; the application's role connects to it."""
    base = settings.DATABASES["default"]["NAME"]
    template = f"{base}_template_{_fingerprint()}"
    name = f"{base}_test_{worker_id}"
    with django_db_blocker.unblock(), _server() as server:  # type: ignore[attr-defined]
        _template(server, template)
        for statement in (
            "DROP DATABASE IF EXISTS {name} WITH (FORCE)",
            "CREATE DATABASE {name} TEMPLATE {template}",
        ):
            server.execute(
                sql.SQL(statement).format(
                    name=sql.Identifier(name), template=sql.Identifier(template)
                )
            )
        for alias in ("default", "owner"):
            connections[alias].close()
            connections[alias].settings_dict["NAME"] = name
        yield
        for alias in ("default", "owner"):
            connections[alias].close()
        server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """Name the test process."""
    return getattr(request.config, "workerinput", {"workerid": "main"})["workerid"]


def empty_tables() -> None:
    """Delete every row, as the owner, past our own triggers (TRUNCATE is forbidden by them)."""
    with _server(connections["default"].settings_dict["NAME"]) as server:
        server.execute(_emptying())


@cache
def _emptying() -> str:
    """Return every DELETE at once: a round trip for each table would take longer than the work."""
    tables = [
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and model._meta.db_table not in KEPT
    ]
    deletes = [f'DELETE FROM "{table}"' for table in tables]
    return "; ".join(["SET session_replication_role = replica", *deletes])


KEPT = {"journal_legalmove", "django_migrations", "django_content_type", "auth_permission"}


# Tests with real commits end like this instead of with Django's TRUNCATE.
setattr(TransactionTestCase, "_fixture_teardown", lambda _self: empty_tables())  # noqa: B010


@pytest.fixture
def drain(db: None) -> Callable[[], int]:
    """Work on every queue until nothing is due: what the workers do, in this process."""

    def drain_queues() -> int:
        total = 0
        while settled := sum(work(queue) for queue in QUEUES):
            total += settled
        return total

    return drain_queues


@pytest.fixture(autouse=True)
def _own_files(tmp_path: Path, settings: object) -> None:
    """Keep document bytes, PDFs and letters of a test to itself."""
    settings.BLOB_ROOT = tmp_path / "blobs"  # type: ignore[attr-defined]
    settings.MAIL_FOLDER = tmp_path / "mail"  # type: ignore[attr-defined]
