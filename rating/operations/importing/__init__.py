"""Rate sheets on their way into a draft.

Received, read by a worker, previewed, and written by a worker: RECEIVED, READY, APPLYING, APPLIED.
A file that leaves something open is ASKING and is read again with the answers; one with cells that
are wrong is REFUSED with each of them. Nothing of a file reaches the draft before all of it does.
"""

from rating.operations.importing.applying import write_lanes
from rating.operations.importing.opening import SheetRefused
from rating.operations.importing.receiving import (
    Uploaded,
    answer_import,
    apply_import,
    discard_import,
    inspect_sheet,
    receive_import,
)
from rating.operations.importing.staging import read_import

__all__ = [
    "SheetRefused", "Uploaded", "answer_import", "apply_import", "discard_import",
    "inspect_sheet", "read_import", "receive_import", "write_lanes",
]  # fmt: skip
