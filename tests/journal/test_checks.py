from journal.checks import check_subscriptions
from journal.events import on

OBEY, ALSO = "tests.journal.handlers.obey", "tests.journal.handlers.also"


def found() -> list[str | None]:
    return [message.id for message in check_subscriptions(None)]


def test_the_map_of_the_system_leads_somewhere() -> None:
    assert found() == []


def test_a_handler_that_is_not_there_is_found(route) -> None:
    route(
        on("customer.noted", OBEY, queue="billing"),
        on("customer.noted", "tests.journal.handlers.gone", queue="billing"),
    )
    assert found() == ["journal.E001"]


def test_a_line_that_stands_twice_is_found(route) -> None:
    route(on("customer.noted", OBEY, queue="billing"), on("customer.noted", OBEY, queue="render"))
    assert found() == ["journal.E002"]


def test_two_handlers_of_one_event_are_in_order(route) -> None:
    route(on("customer.noted", OBEY, queue="billing"), on("customer.noted", ALSO, queue="billing"))
    assert found() == []
