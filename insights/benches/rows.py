"""Every promise of speed that `manage.py bench` measures, by the number of its row.

A row is a function of the sizes that gives findings as they come; add it here.
"""

from collections.abc import Callable, Iterator, Mapping

from insights.benches.applying import measure_applying
from insights.benches.documents import measure_documents
from insights.benches.doors import measure_doors
from insights.benches.issuing import measure_issuing
from insights.benches.lists import measure_lists
from insights.benches.pipeline import measure_pipeline
from insights.benches.rating import measure_rating
from insights.benches.reporting import Finding
from insights.benches.sizes import Sizes

ROWS: Mapping[str, Callable[[Sizes], Iterator[Finding]]] = {
    "1": measure_documents,
    "2": measure_pipeline,
    "3": measure_doors,
    "5": measure_applying,
    "6": measure_issuing,
    "8": measure_lists,
    "9": measure_rating,
}
