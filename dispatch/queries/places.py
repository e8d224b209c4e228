"""What the book of locations knows about a postal code."""

from collections import defaultdict
from collections.abc import Iterable

from dispatch.models import Location


def towns_of(postal_codes: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Return (city, state) of each code that all its locations agree on; others are left out."""
    found: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    rows = Location.objects.filter(postal_code__in=set(postal_codes) - {""})
    for code, city, state in rows.values_list("postal_code", "city", "state"):
        found[code].add((city, state))
    return {code: towns.pop() for code, towns in found.items() if len(towns) == 1}
