import pytest

from journal.events import on
from journal.queries.subscriptions import handler_of, is_transactional, subscriptions
from tests.journal import handlers

OBEY, ALSO = "tests.journal.handlers.obey", "tests.journal.handlers.also"


def test_the_table_is_read_from_the_module_that_the_settings_name(route):
    route(on("customer.noted", OBEY, queue="billing"), on("customer.noted", ALSO, queue="render"))
    assert [s.handler for s in subscriptions()["customer.noted"]] == [OBEY, ALSO]


def test_a_subscriber_is_found_by_its_path():
    assert handler_of(OBEY) is handlers.obey


def test_a_path_that_leads_nowhere_is_an_error():
    with pytest.raises(ImportError):
        handler_of("tests.journal.handlers.gone")


def test_one_line_that_says_so_takes_a_subscriber_out_of_the_transaction(route):
    route(
        on("a.happened", OBEY, queue="billing"),
        on("b.happened", OBEY, queue="outbound", transactional=False),
        on("a.happened", ALSO, queue="billing"),
    )
    assert is_transactional(ALSO)
    assert not is_transactional(OBEY)
