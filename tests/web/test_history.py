"""What was done to a load, in words and amounts as people write them."""

import pytest

from journal.models import Event
from web.actors import Cast
from web.desk.loads.history import Change, history_of


@pytest.mark.django_db
def test_amounts_have_their_separators_and_statuses_are_words() -> None:
    event = Event(
        name="load.blocked",
        actor="rule:readiness",
        old={"status": "WAITING", "total_amount": "0.00"},
        new={"status": "BLOCKED", "total_amount": "1194.14"},
    )

    [line] = history_of([event], Cast([event.actor]), names={})

    assert line.changes == (Change("Waiting", "Blocked"), Change("0.00", "1,194.14"))
