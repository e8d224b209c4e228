"""What an action on a case would do, before it does it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Change:
    """One thing as it is and as it would be, in words a person reads."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to be told with the action; `kind` is text, amount, date, file or choice."""

    name: str
    label: str
    kind: str = "text"
    required: bool = True
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """What will happen, in one sentence, and line by line."""

    summary: str
    changes: tuple[Change, ...] = ()
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class Action:
    """A button: what it is called, and whether it wants a reason."""

    name: str
    label: str
    needs_reason: bool
