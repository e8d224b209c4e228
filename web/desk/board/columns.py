"""The columns of the board: one declaration for the page, its exports and its saved views."""

from dataclasses import dataclass

from django.core.exceptions import BadRequest


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name in the address, its head, how it sorts, and its class.

    The head of a column of instants names the zone they are shown in.

    The cell is drawn by `templates/desk/board/cells/<key>.html`.
    """

    key: str
    head: str
    sorts: str = ""
    css: str = ""
    is_default: bool = True
    is_instant: bool = False

    @property
    def template(self) -> str:
        """Return the template of a cell."""
        return f"desk/board/cells/{self.key}.html"


COLUMNS = {
    column.key: column
    for column in (
        Column("load", "Load"),
        Column("status", "Status"),
        Column("customer", "Customer"),
        Column("lane", "Lane"),
        Column("pickup", "Pickup", sorts="pickup", is_instant=True),
        Column("delivery", "Delivery", sorts="delivery", is_instant=True),
        Column("driver", "Driver or carrier"),
        Column("equipment", "Equip"),
        Column("charges", "Charges", css="num"),
        Column("latest", "Latest"),
        Column("commodity", "Commodity", is_default=False),
        Column("weight", "Weight, lb", css="num", is_default=False),
        Column("miles", "Miles", css="num", is_default=False),
        Column("stops", "Stops", css="num", is_default=False),
    )
}
# The load's number leads every row: it opens the load and names the check box.
FIXED = "load"
DEFAULT = tuple(key for key, column in COLUMNS.items() if column.is_default)


def chosen_columns(text: str) -> list[Column]:
    """Read a choice like "load,status,lane"; an empty one means the default.

    Raises BadRequest for a column that does not exist.
    """
    keys = [key for key in text.split(",") if key] or list(DEFAULT)
    if unknown := [key for key in keys if key not in COLUMNS]:
        raise BadRequest(f"There is no column {unknown[0][:20]!r}.")
    return [COLUMNS[key] for key in dict.fromkeys((FIXED, *keys))]
