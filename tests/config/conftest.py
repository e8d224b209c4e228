"""Small installations of their own for the bootstrap: no Django, real processes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from config.bootstrap.layout import Layout
from tests.config.installations import ROOT, remove_servers_of


@pytest.fixture
def layout(tmp_path: Path) -> Iterator[Layout]:
    """An installation whose private servers live, and leave nothing, outside the checkout."""
    layout = Layout(ROOT, tmp_path / "var")
    yield layout
    remove_servers_of(layout)
