"""Row 9: rating does not slow down with the size of a card, and many loads are cheaper than one."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TypeVar

from django.db import transaction

from dispatch.models import Load
from insights.benches import tariffs
from insights.benches.measuring import Goal, Side, Steps, compare
from insights.benches.memory import spend
from insights.benches.reporting import Finding, Statement
from insights.benches.sizes import Sizes
from rating.engine.facts import to_json
from rating.operations.quoting import quote_load, quote_loads, rerate, rerate_block

T = TypeVar("T")

FEW = 100
# Ten times the lanes may take so much of the memory; a little is the allocator's.
SAME_MEMORY = 1.25


def measure_rating(sizes: Sizes) -> Iterator[Finding]:
    """Import a small and a large card, rate by both, then re-rate one by one and at once."""
    with transaction.atomic():
        fuel = tariffs.programme()
        few, some, many = (tariffs.customer(code) for code in ("FEW", "SOME", "MANY"))
    few_lanes, some_lanes = min(FEW, sizes.lanes), max(sizes.lanes // 10, 1)
    publish = partial(tariffs.published_card, fuel=fuel)
    publish(few_lanes, name="Few", customer=few)
    tenth = spend(partial(publish, some_lanes, name="Some", customer=some))
    whole = spend(partial(publish, sizes.lanes, name="Many", customer=many))
    yield Statement(f"9  import and publish a card of {some_lanes:,} lanes", str(tenth))
    yield Statement(f"9  import and publish a card of {sizes.lanes:,} lanes", str(whole))
    yield Statement(
        "9  memory of the large import over that of a tenth of it",
        f"{whole.peak_bytes / tenth.peak_bytes:.2f}x, goal <= {SAME_MEMORY}x",
        is_met=whole.peak_bytes <= tenth.peak_bytes * SAME_MEMORY,
    )
    small = tariffs.delivered_loads(sizes.loads, of=few, lane_count=few_lanes)
    large = tariffs.delivered_loads(sizes.loads, of=many, lane_count=sizes.lanes)
    yield compare(
        "9  rate one load, from dispatch's rows to the quote",
        Side(f"card of {few_lanes:,} lanes", *_each(quote, _some(small, sizes))),
        Side(f"card of {sizes.lanes:,} lanes", *_each(quote, _some(large, sizes))),
        goal=Goal(1.1, is_most=True),
        rounds=sizes.rounds,
    )
    at_once = f"{sizes.loads:,} at once"
    yield compare(
        "9  re-rate loads, from dispatch's rows to the quotes",
        Side("one by one", *_each(quote, _some(large, sizes))),
        Side(at_once, [lambda: quote_loads(large, at=tariffs.AT)], sizes.loads),
        goal=Goal(5, is_most=False),
        rounds=sizes.rounds,
    )
    stored = [
        (to_json(each.facts), each.card_version_id or 0)
        for each in quote_loads(large, at=tariffs.AT).values()
    ]
    yield compare(
        "9  re-rate stored facts under their version",
        Side("one by one", *_each(lambda pair: rerate(*pair), _some(stored, sizes))),
        Side(at_once, [lambda: rerate_block(stored)], sizes.loads),
        goal=Goal(5, is_most=False),
        rounds=sizes.rounds,
    )


def quote(load: Load) -> object:
    """Rate one load as an evaluation does."""
    return quote_load(load, at=tariffs.AT)


def _each(work: Callable[[T], object], items: Sequence[T]) -> tuple[Steps, int]:
    """One step for each item, and how many they are."""
    return [partial(work, item) for item in items], len(items)


def _some(items: Sequence[T], sizes: Sizes) -> list[T]:
    """As many as one round rates one by one, spread over all of them."""
    count = min(sizes.single_loads, len(items))
    return [items[number * len(items) // count] for number in range(count)]
