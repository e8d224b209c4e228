"""How the simulated TMS misbehaves: of every hundred loads, these, in an order the seed decides."""

from enum import StrEnum
from random import Random


class Behaviour(StrEnum):
    """What goes wrong with a load's messages, or with the load itself."""

    FAITHFUL = "FAITHFUL"
    LATE = "LATE"
    TWICE = "TWICE"
    OUT_OF_ORDER = "OUT_OF_ORDER"
    WITHOUT_POD = "WITHOUT_POD"
    DETAINED = "DETAINED"
    CORRECTED = "CORRECTED"


SHARES = {
    Behaviour.LATE: 8,
    Behaviour.TWICE: 5,
    Behaviour.OUT_OF_ORDER: 5,
    Behaviour.WITHOUT_POD: 6,
    Behaviour.DETAINED: 10,
    Behaviour.CORRECTED: 2,
}

WORDS = {
    Behaviour.FAITHFUL: "Messages on time, once, in order",
    Behaviour.LATE: "Every message comes an hour late",
    Behaviour.TWICE: "Every message is sent twice",
    Behaviour.OUT_OF_ORDER: "Messages come in the wrong order",
    Behaviour.WITHOUT_POD: "No proof of delivery comes",
    Behaviour.DETAINED: "The truck is kept beyond its free time",
    Behaviour.CORRECTED: "The delivery time is corrected after the invoice",
}


def plan(seed: int) -> list[Behaviour]:
    """Return the behaviour of each of one hundred loads; the same seed gives the same list."""
    behaviours = [kind for kind, share in SHARES.items() for _ in range(share)]
    behaviours += [Behaviour.FAITHFUL] * (100 - len(behaviours))
    Random(seed).shuffle(behaviours)  # noqa: S311  a plan, not a secret
    return behaviours
