"""What a pricing desk changes in a draft, a cell at a time.

Only drafts: the version is locked first, and the database refuses the rest. What somebody types is
read by the readers that import uses. `seen` holds what the editor saw in the cells they change:
when somebody else has changed one meanwhile, the edit is refused and nothing is written over.
Each edit is one entry of the version's journal, with what was and what is.
"""

from rating.operations.editing.freight import put_fak, put_space_rule, remove_space_rule
from rating.operations.editing.lanes import add_lane, change_lane, remove_lane
from rating.operations.editing.refusing import EditRefused, StaleEdit
from rating.operations.editing.rules import add_rule, change_rule, remove_rule
from rating.operations.editing.settings import change_settings
from rating.operations.editing.zones import put_zone, remove_zone
from rating.queries.cells.lanes import LANE_COLUMNS, lane_cells

__all__ = [
    "LANE_COLUMNS", "EditRefused", "StaleEdit", "add_lane", "add_rule", "change_lane",
    "change_rule", "change_settings", "lane_cells", "put_fak", "put_space_rule", "put_zone",
    "remove_lane", "remove_rule", "remove_space_rule", "remove_zone",
]  # fmt: skip
