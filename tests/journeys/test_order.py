"""Late, twice, out of order: what was told decides, never when it was heard."""

from collections.abc import Iterable
from datetime import datetime
from itertools import count
from operator import length_hint
from random import Random
from typing import Any

from hypothesis import HealthCheck, given
from hypothesis import settings as rules
from hypothesis import strategies as st

from billing.models import Invoice
from exceptions.models import Case
from integrations.models import InboxMessage
from journal.operations.working import work
from tests.factories import stories
from tests.factories.carrier import Cast
from tests.factories.doors import push
from tests.factories.stories import Message
from tests.journeys.endings import digest, ending_of, load_of

LOADS = 30
QUEUES = ("intake", "billing", "housekeeping")
numbers = count(200_001)


def work_through() -> None:
    """Do what the workers do, short of drawing PDFs."""
    while sum(work(queue) for queue in QUEUES):
        pass


def hear(cast: Cast, told: Iterable[Message], *, random: Random, between: int) -> None:
    """Hear messages in the given order; the workers come every so many, and at the end."""
    for message in told:
        assert push(cast.tms, message).status_code in {200, 202}
        if random.randrange(between) == 0:
            work_through()
    work_through()


def told_of(number: int, pickup_at: datetime) -> list[Message]:
    """Return what is told of a load, but a receipt: after the invoice that is a late change."""
    story = stories.tell_story(number, pickup_at=pickup_at)
    return stories.without(stories.messages(story), "LUMPER_RECEIPT")


def shuffled(told: list[Message], random: Random) -> list[Message]:
    """Return the messages in any order, some of them twice or three times."""
    again = random.choices(told, k=random.randrange(6))
    return random.sample([*told, *again], k=len(told) + len(again))


def riffled(packs: list[list[Message]], random: Random) -> list[Message]:
    """Return the messages of all packs in one stream, those of each in the order it has."""
    turns = [pack for pack in map(iter, packs) for _ in range(length_hint(pack))]
    random.shuffle(turns)
    return [next(pack) for pack in turns]


def test_any_order_and_repetition_ends_in_one_state_and_one_invoice(
    cast: Cast, pickup_at: datetime
) -> None:
    loads = {next(numbers): Random(seed) for seed in range(LOADS)}
    packs = [shuffled(told_of(number, pickup_at), random) for number, random in loads.items()]

    hear(cast, riffled(packs, Random(7)), random=Random(7), between=40)

    endings: dict[str, list[int]] = {}
    for number in loads:
        ending = ending_of(load_of(f"CR{number}"))
        assert len(ending["invoices"]) == 1, number
        endings.setdefault(digest(ending), []).append(number)
    assert len(endings) == 1, endings
    assert Invoice.objects.count() == LOADS
    assert InboxMessage.objects.count() == LOADS * len(told_of(0, pickup_at))
    assert not Case.objects.filter(status="OPEN").exists()


@rules(
    max_examples=8,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_any_part_of_the_messages_ends_as_it_does_in_order(
    cast: Cast, pickup_at: datetime, data: st.DataObject
) -> None:
    in_order, mixed = next(numbers), next(numbers)
    size = len(told_of(0, pickup_at))
    chosen = data.draw(st.sets(st.integers(1, size - 1), max_size=6), label="beside the tender")
    random = Random(data.draw(st.integers(0, 999), label="order"))

    hear(cast, _part(told_of(in_order, pickup_at), chosen), random=Random(0), between=99)
    hear(cast, shuffled(_part(told_of(mixed, pickup_at), chosen), random), random=random, between=4)

    assert _state(mixed) == _state(in_order)


def _part(told: list[Message], chosen: set[int]) -> list[Message]:
    return [message for n, message in enumerate(told) if n == 0 or n in chosen]


def _state(number: int) -> dict[str, Any]:
    return ending_of(load_of(f"CR{number}"))
