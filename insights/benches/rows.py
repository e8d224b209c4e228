"""Every promise of speed that `manage.py bench` measures, by the number of its row.

A row is a function of the sizes that gives findings as they come; add it here.
"""

from collections.abc import Callable, Iterator, Mapping

from insights.benches.documents import measure_documents
from insights.benches.lists import measure_lists
from insights.benches.rating import measure_rating
from insights.benches.reporting import Finding
from insights.benches.sizes import Sizes

ROWS: Mapping[str, Callable[[Sizes], Iterator[Finding]]] = {
    "1": measure_documents,
    "8": measure_lists,
    "9": measure_rating,
}
