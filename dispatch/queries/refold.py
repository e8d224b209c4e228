"""Whether what the rows say is what the facts amount to."""

from collections.abc import Iterable, Iterator
from typing import Any

from dispatch.fold import LoadState, StopState
from dispatch.models import Load, Stop
from dispatch.queries.histories import LOAD_STATE, STOP_STATE, History, read_histories

BLOCK = 500


def loads_that_fold_differently() -> int:
    """Fold every load anew and return how many do not stand as folded: 0, or something is wrong.

    Reads in blocks, so memory does not grow with the number of loads.
    """
    count = 0
    for block in _blocks():
        histories = read_histories([load.pk for load in block])
        count += sum(not _stands_as_folded(load, histories[load.pk]) for load in block)
    return count


def _blocks() -> Iterator[list[Load]]:
    last = 0
    while block := list(Load.objects.filter(pk__gt=last).order_by("pk")[:BLOCK]):
        yield block
        last = block[-1].pk


def _stands_as_folded(load: Load, history: History) -> bool:
    state = history.fold()
    return _values(load, LOAD_STATE) == _values(state, LOAD_STATE) and all(
        _values(stop, STOP_STATE) == _values(folded, STOP_STATE)
        for stop, folded in zip(history.stops, state.stops, strict=True)
    )


def _values(row: Load | Stop | LoadState | StopState, names: Iterable[str]) -> list[Any]:
    return [getattr(row, name) for name in names]
