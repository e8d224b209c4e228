"""Tests marked `conformance` read real samples; without those they are deselected and counted."""

import os
from pathlib import Path

import pytest

VARIABLE = "CONFORMANCE_DATA"
COUNT = pytest.StashKey[int]()
OUTPUT = "conformance_deselected"


def pytest_configure(config: pytest.Config) -> None:
    """Refuse a folder that is not there: a typing error must not pass for a green run."""
    folder = os.environ.get(VARIABLE)
    if folder and not Path(folder).is_dir():
        raise pytest.UsageError(f"{VARIABLE} names {folder}, which is no folder.")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Take the conformance tests out when there is nothing to read."""
    if os.environ.get(VARIABLE):
        return
    absent = [item for item in items if item.get_closest_marker("conformance")]
    config.stash[COUNT] = len(absent)
    if absent:
        config.hook.pytest_deselected(items=absent)
        items[:] = [item for item in items if item not in absent]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Tell the controlling process how many this one took out."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output[OUTPUT] = session.config.stash.get(COUNT, 0)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object) -> None:
    """Hear it from a process; each of them collects the same tests."""
    config: pytest.Config = node.config  # type: ignore[attr-defined]
    config.stash[COUNT] = getattr(node, "workeroutput", {}).get(OUTPUT, 0)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say how many did not run, and why."""
    if count := config.stash.get(COUNT, 0):
        terminalreporter.write_line(
            f"{count} conformance tests deselected: {VARIABLE} does not name the real samples."
        )
