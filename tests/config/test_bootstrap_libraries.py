import os
import shutil
from io import StringIO

import pytest

from config.bootstrap import libraries
from config.bootstrap.layout import SetupFailed
from config.bootstrap.libraries import Need
from config.bootstrap.progress import Progress

MET = Need("libc6", libraries.library("libc.so.6"))
UNMET = Need("libnowhere1", libraries.library("libnowhere.so.1"))


def test_nothing_is_done_while_every_need_is_met() -> None:
    out = StringIO()

    libraries.ensure([MET], Progress(out=out))

    assert out.getvalue() == ""


def test_who_may_not_install_is_given_the_exact_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    with pytest.raises(SetupFailed, match=r"apt-get install --no-install-recommends libnowhere1`"):
        libraries.ensure([MET, UNMET], Progress(out=StringIO()))


def test_root_of_another_distribution_is_told_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(shutil, "which", lambda _name: None)

    with pytest.raises(SetupFailed, match="libnowhere1"):
        libraries.ensure([UNMET], Progress(out=StringIO()))


def test_a_machine_that_runs_the_tests_meets_every_need() -> None:
    needs = (*libraries.PYTHON, *libraries.DRAWING, *libraries.BROWSER)

    assert [need.package for need in needs if not need.is_met()] == []
