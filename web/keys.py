"""The keys that every page shares: the help lists them and the script binds them from this list."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Binding:
    """A key, as browsers name it and as people read it, and what it does.

    `command` is a name in COMMANDS of static/app.js; `needs` is a selector of what a page must
    have for the key to do anything there.
    """

    key: str
    shown: tuple[str, ...]
    command: str
    words: str
    needs: str = ""


ROW = "[data-row]"
TICK = f"{ROW} input[type=checkbox][name]"
SHARED = (
    Binding("/", ("/",), "search", "Search", "[data-search]"),
    Binding("?", ("?",), "help", "This list"),
    Binding("j", ("j",), "down", "Next row", ROW),
    Binding("k", ("k",), "up", "Previous row", ROW),
    Binding("x", ("x",), "tick", "Select the row", TICK),
    Binding("X", ("\N{UPWARDS WHITE ARROW}", "x"), "range", "Select up to this row", TICK),
    Binding(" ", ("Space",), "peek", "Look at the row beside the list", "#peek"),
)
