"""A routing table that leads nowhere stops the start."""

import pytest

from journal import checks
from journal.events import on
from journal.queries.subscriptions import subscriptions


@pytest.fixture
def routed(monkeypatch):
    """Give the check another table."""

    def route(*lines):
        monkeypatch.setattr(checks, "subscriptions", lambda: {line.event: lines for line in lines})

    return route


def test_the_real_table_is_sound():
    assert subscriptions()
    assert checks.check_subscriptions(None) == []


def test_a_handler_that_does_not_exist_is_named(routed):
    routed(on("load.created", "billing.handlers.no_such", queue="billing"))

    (error,) = checks.check_subscriptions(None)
    assert error.id == "journal.E001"
    assert "billing.handlers.no_such" in error.msg


def test_a_line_that_stands_twice_is_named(routed):
    line = on("load.created", "billing.handlers.evaluate_loads", queue="billing")
    routed(line, line)

    (error,) = checks.check_subscriptions(None)
    assert error.id == "journal.E002"
