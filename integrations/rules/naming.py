"""Which of the numbers in a message names the load: the surest kind first."""

from collections.abc import Iterable, Iterator

Pair = tuple[str, str]

# The sender's own number of the load names it best; an order or a container may serve many loads.
STRENGTH = (
    "SHIPMENT_ID", "TMS", "PRO", "BOL", "ORDER", "CUSTOMER_REF", "PICKUP_NO", "PO", "CONTAINER",
    "SEAL", "OTHER",
)  # fmt: skip
# Numbers of one load alone.
IDENTIFYING = frozenset(STRENGTH[:5])


def by_strength(references: Iterable[Pair]) -> Iterator[tuple[Pair, ...]]:
    """Yield the references of each kind that is told, the surest kind first."""
    told = list(dict.fromkeys(references))
    for kind in STRENGTH:
        same = tuple(pair for pair in told if pair[0] == kind)
        if same:
            yield same
