"""The plugin that takes tests out when there are no real samples to read."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.config.installations import ROOT

pytest_plugins = ["pytester"]

TESTS = """
import pytest

@pytest.mark.conformance
def test_real_sample():
    pass

def test_plain():
    pass
"""


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch):
    """Run the two tests above in a pytest of their own, with or without samples."""
    pytester.makepyfile(TESTS)
    pytester.makeini("[pytest]\nmarkers = conformance: reads real samples\n")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    def run_pytest(words: Sequence[str], *, samples: Path | None) -> pytest.RunResult:
        monkeypatch.setenv("CONFORMANCE_DATA", str(samples or ""))
        return pytester.runpytest_subprocess("-p", "tests.plugins.conformance", *words)

    return run_pytest


@pytest.mark.parametrize("processes", [(), ("-p", "xdist", "-n", "1")])
def test_without_samples_they_are_deselected_and_counted(run, processes: Sequence[str]) -> None:
    result = run(processes, samples=None)

    result.stdout.fnmatch_lines(["1 conformance tests deselected: CONFORMANCE_DATA *"])
    assert result.parseoutcomes()["passed"] == 1


def test_with_samples_they_run(run, tmp_path: Path) -> None:
    result = run((), samples=tmp_path)

    result.assert_outcomes(passed=2)


def test_a_folder_that_is_not_there_is_refused(run, tmp_path: Path) -> None:
    result = run((), samples=tmp_path / "nowhere")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*nowhere, which is no folder."])
