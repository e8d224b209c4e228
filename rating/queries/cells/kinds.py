"""What a cell can be beside text, and the refusal of one that says nothing usable."""


class Unclear(ValueError):
    """A cell that says nothing we can use; the message is what is wanted."""


class Plain(str):
    """Digits that a program wrote, with a point and no separators, whatever the sheet's habit."""

    __slots__ = ()


class Percent(Plain):
    """Digits that Excel shows with a percent sign: percent points, whatever they are."""

    __slots__ = ()


class Spoilt(str):
    """A cell that holds no value: an error of a formula, a date where none belongs."""

    __slots__ = ("why",)
    why: str


def spoilt(text: str, why: str) -> Spoilt:
    """A cell shown as `text` that cannot be used, and why."""
    cell = Spoilt(text)
    cell.why = why
    return cell
