import sys
from types import ModuleType

import pytest

from config.resolutions import RESOLUTIONS
from exceptions.checks import check_resolutions
from exceptions.rules.kinds import KINDS


@pytest.fixture
def mapped(settings, monkeypatch):
    """Replace the map of resolutions, and return what the check has to say."""

    def check(table: dict[tuple[str, str], str]) -> list[str | None]:
        module = ModuleType("tests.exceptions.checked")
        module.RESOLUTIONS = table  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, module.__name__, module)
        settings.RESOLUTIONS = module.__name__
        return [message.id for message in check_resolutions(None)]

    return check


def test_the_map_of_the_system_leads_somewhere():
    assert check_resolutions(None) == []


def test_an_unknown_kind_is_found(mapped):
    path = "exceptions.operations.replaying.Replay"
    assert mapped({("lost_wallet", "replay"): path}) == ["exceptions.E001"]


def test_a_path_that_leads_nowhere_is_found(mapped):
    assert mapped({("dead_letter", "replay"): "exceptions.gone.Replay"}) == ["exceptions.E002"]


def test_a_class_that_cannot_do_it_is_found(mapped):
    found = mapped({("dead_letter", "replay"): "exceptions.models.Case"})
    assert set(found) == {"exceptions.E003"}


def test_what_cannot_be_waived_and_waits_for_a_decision_has_a_way_out():
    assert ("accessorial_approval", "approve") in RESOLUTIONS
    assert {kind for kind, _ in RESOLUTIONS} <= KINDS.keys()
