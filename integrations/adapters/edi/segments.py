"""Cut the text of X12 interchanges into segments, whatever the partner did to the line ends.

The delimiters are read from the ISA segment itself: the element separator is its fourth character,
the component separator and the terminator are the two after its sixteenth separator. Counting
separators instead of columns reads a short ISA, one wrapped at 80 columns, and one of 106 alike.
"""

from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass

ISA_LENGTH = 106
_ISA_SEPARATORS = 16
_LINE_ENDS = "\r\n"


class NoInterchangeError(ValueError):
    """The text does not begin with an ISA segment that names its delimiters."""


@dataclass(frozen=True, slots=True)
class Delimiters:
    """The characters that separate; repetition is empty before version 00402."""

    element: str
    component: str
    terminator: str
    repetition: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment: `elements[0]` is its name, `elements[1]` the element called 01."""

    position: int
    elements: tuple[str, ...]
    start: int
    end: int

    @property
    def name(self) -> str:
        """The segment's identifier, such as `AT7`."""
        return self.elements[0]

    def get(self, number: int) -> str:
        """Return element `number`, stripped; empty when it was not sent."""
        return self.elements[number].strip() if number < len(self.elements) else ""


@dataclass(frozen=True, slots=True)
class Tokens:
    """The segments of one interchange and the length of its ISA as it was sent."""

    delimiters: Delimiters
    segments: tuple[Segment, ...]
    isa_length: int
    is_terminated: bool


def decode(data: bytes) -> str:
    """Return the text of `data`: UTF-8 with or without a mark, else Latin-1. Never fails."""
    return data.removeprefix(BOM_UTF8).decode(encoding_of(data))


def encoding_of(data: bytes) -> str:
    """Return the encoding in which `decode` reads `data`, to write parts of it back unchanged."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8"


def shown(text: str, *, longest: int = 20) -> str:
    """Return the beginning of a partner's text as a sentence may show it and a row may hold it."""
    return "".join(letter if letter.isprintable() else "?" for letter in text[:longest])


def find_delimiters(text: str, *, start: int = 0) -> tuple[Delimiters, int]:
    """Return the delimiters of the ISA at `start` and the index of its terminator.

    Raises:
        NoInterchangeError: there is no ISA there, or it ends too soon.
    """
    if text[start : start + 3] != "ISA" or text[start + 3 : start + 4].isalnum():
        raise NoInterchangeError("The text does not begin with ISA.")
    element = text[start + 3 : start + 4]
    index = start
    for _ in range(_ISA_SEPARATORS):
        index = text.find(element, index + 1) if element else -1
        if index < 0:
            raise NoInterchangeError("The ISA segment has fewer than 16 elements.")
    component, terminator = text[index + 1 : index + 2], text[index + 2 : index + 3]
    end = index + 2
    if terminator in _LINE_ENDS and component and not component.isalnum():
        component, terminator, end = _settle_line_end(text, index, component, terminator)
    if not terminator or terminator.isalnum():
        raise NoInterchangeError("The ISA segment does not name its terminator.")
    repetition = _repetition(text[start:end].split(element))
    return Delimiters(element, component, terminator, repetition), end


def _settle_line_end(
    text: str, index: int, component: str, terminator: str
) -> tuple[str, str, int]:
    """Tell a file whose segments end with the line from one whose ISA16 is missing.

    `...*P*>` + line end: the line is the terminator. `...*P*~` + line end where the later text
    is cut by `~`: the ISA16 was left out and `~` is the terminator.
    """
    following = text[index + 3 :].lstrip()
    if text[index + 2 : index + 4] == "\r\n" or terminator == "\n":
        line = following.partition("\n")[0].rstrip("\r")
        if line.endswith(component):
            return "", component, index + 1
    return component, "\n", text.find("\n", index + 2) if "\n" in text[index + 2 :] else index + 2


def _repetition(isa: list[str]) -> str:
    separator = isa[11] if len(isa) > 11 else ""
    return separator if len(separator) == 1 and not separator.isalnum() else ""


def tokenize(text: str, *, start: int = 0) -> Tokens:
    """Cut the interchange that begins at `start`, up to its IEA, the next ISA or the end.

    Raises:
        NoInterchangeError: no readable ISA stands at `start`.
    """
    delimiters, isa_end = find_delimiters(text, start=start)
    segments: list[Segment] = []
    is_terminated = False
    for begin, end, content in _pieces(text, start, delimiters):
        if segments and content.startswith("ISA" + delimiters.element):
            break
        segments.append(
            Segment(len(segments) + 1, tuple(content.split(delimiters.element)), begin, end)
        )
        if segments[-1].name == "IEA":
            is_terminated = True
            break
    isa_length = len(_unwrap(text[start:isa_end], delimiters)) + 1
    return Tokens(delimiters, tuple(segments), isa_length, is_terminated)


def _pieces(text: str, start: int, delimiters: Delimiters) -> Iterator[tuple[int, int, str]]:
    """Yield (start, end, content) of each segment; empty ones between line ends are left out."""
    begin, length, terminator = start, len(text), delimiters.terminator
    while begin < length:
        cut = text.find(terminator, begin)
        end = length if cut < 0 else cut
        content = _unwrap(text[begin:end], delimiters).lstrip()
        if content:
            yield begin, min(end + 1, length), content
        begin = end + 1


def _unwrap(text: str, delimiters: Delimiters) -> str:
    """Drop line ends inside a segment: they are wrapping unless they are the terminator."""
    if "\n" in text or "\r" in text:
        return text.replace("\r", "").replace("\n", "")
    return text
