"""Small installations of their own for the bootstrap: no Django, real processes."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.bootstrap import keeper
from config.bootstrap.children import Account
from config.bootstrap.layout import Layout
from tests.config.installations import ROOT


@pytest.fixture
def layout(tmp_path: Path) -> Iterator[Layout]:
    """An installation whose private servers live, and leave nothing, outside the checkout."""
    layout = Layout(ROOT, tmp_path / "var")
    yield layout
    place = keeper.home(layout, account=Account.unprivileged())
    if place != layout.var:
        shutil.rmtree(place, ignore_errors=True)
