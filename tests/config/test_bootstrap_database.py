"""When the schema is brought up to the code, when the demo is seeded, and when neither is."""

import os
from contextlib import nullcontext
from io import StringIO
from pathlib import Path

import pytest

from config.bootstrap import database
from config.bootstrap.layout import Layout, SetupFailed
from config.bootstrap.postgres import Cluster
from config.bootstrap.progress import Progress
from tests.config.installations import make_checkout

NOTING = """#!/bin/sh
# The interpreter of a checkout that only notes what it was asked.
echo "$@" >> "$0.asked"
exit $(cat "$0.answer" 2>/dev/null || echo 0)
"""


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Layout:
    """A checkout whose PostgreSQL has nobody to hurry."""
    monkeypatch.setattr(Cluster, "hurried", lambda _self: nullcontext())
    return make_checkout(tmp_path / "lading", interpreter=NOTING)


def asked(layout: Layout) -> list[str]:
    """Return the commands the interpreter was given."""
    path = layout.python.with_name("python.asked")
    return path.read_text().splitlines() if path.exists() else []


def answer(layout: Layout, code: int) -> None:
    """Have the interpreter end with this exit code from now on."""
    layout.python.with_name("python.answer").write_text(str(code))


def migrate(layout: Layout, *, is_private: bool = True) -> None:
    progress = Progress(out=StringIO())
    database.migrate(layout, progress, env=os.environ, is_private=is_private)


def seed(layout: Layout, *, is_private: bool = True) -> None:
    progress = Progress(out=StringIO())
    database.seed(layout, progress, env=os.environ, is_private=is_private)


def test_the_schema_is_left_alone_while_no_source_changes(checkout: Layout) -> None:
    migrate(checkout)
    migrate(checkout)

    assert asked(checkout) == ["manage.py migrate --no-input"]


def test_a_changed_source_migrates_again(checkout: Layout) -> None:
    migrate(checkout)
    (checkout.root / "config" / "settings.py").write_text("DEBUG = False\n")

    migrate(checkout)

    assert len(asked(checkout)) == 2


def test_a_failed_migration_is_tried_again(checkout: Layout) -> None:
    answer(checkout, 1)
    with pytest.raises(SetupFailed):
        migrate(checkout)
    answer(checkout, 0)

    migrate(checkout)

    assert len(asked(checkout)) == 2


def test_a_real_database_is_migrated_every_time(checkout: Layout) -> None:
    migrate(checkout, is_private=False)
    migrate(checkout, is_private=False)

    assert len(asked(checkout)) == 2


def test_the_demo_is_seeded_once(checkout: Layout) -> None:
    seed(checkout)
    seed(checkout)

    assert asked(checkout) == ["manage.py demo"]


def test_half_a_demo_is_refused_with_the_way_out(checkout: Layout) -> None:
    answer(checkout, 1)
    with pytest.raises(SetupFailed, match="could not be seeded"):
        seed(checkout)

    with pytest.raises(SetupFailed, match="--reset"):
        seed(checkout)


def test_a_reset_seeds_anew(checkout: Layout) -> None:
    seed(checkout)
    database.reset(checkout)

    seed(checkout)

    assert len(asked(checkout)) == 2


@pytest.mark.parametrize(
    ("written", "shown"),
    [("", ""), (" 0%| | 0/600\r 35%|##  | 210/600 [00:07<00:13]", "210/600"), ("ready", "")],
)
def test_the_seedings_own_bar_says_how_far_it_is(tmp_path: Path, written: str, shown: str) -> None:
    log = tmp_path / "demo.log"
    log.write_text(written)

    assert database.how_far(log) == shown
