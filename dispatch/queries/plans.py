"""What a load shall be, read from everything that was told about it."""

from functools import reduce

import msgspec

from dispatch.events import LoadFacts, Purpose
from dispatch.models import Load, Plan


def read_plan(load: Load) -> LoadFacts:
    """Return all plans of `load` laid over each other, the oldest first, whenever they came.

    Of plans of the same moment, such as the minute of an EDI envelope, a change comes after what
    it changes, and then the higher reference of the source after the lower.
    """
    rows = Plan.objects.filter(load=load).order_by("planned_at", "source_reference", "plan_key")
    told = [(row.planned_at, msgspec.convert(row.facts, LoadFacts)) for row in rows]
    told.sort(key=lambda plan: (plan[0], plan[1].purpose != Purpose.ORIGINAL))
    return reduce(LoadFacts.changed_by, [facts for _, facts in told], LoadFacts(references=()))
