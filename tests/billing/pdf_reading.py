"""Reads a PDF as its receiver does: the words on each page, by the fonts' own character maps."""

import io
import re

import pikepdf

MAPPING = re.compile(rb"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>\s*$", re.MULTILINE)


def open_pdf(content: bytes) -> pikepdf.Pdf:
    """The document as pikepdf sees it."""
    return pikepdf.open(io.BytesIO(content))


def texts(content: bytes) -> list[str]:
    """The text of each page, one line for each piece drawn, with plain spaces."""
    with open_pdf(content) as pdf:
        return [_page_text(page) for page in pdf.pages]


def _page_text(page: pikepdf.Page) -> str:
    maps = {name: _characters(font) for name, font in page.resources.Font.items()}
    drawn: list[str] = []
    characters: dict[int, str] = {}
    for step in pikepdf.parse_content_stream(page):
        if str(step.operator) == "Tf":
            characters = maps[str(step.operands[0])]
        elif str(step.operator) in {"TJ", "Tj"}:
            pieces = step.operands[0] if str(step.operator) == "TJ" else step.operands
            codes = b"".join(bytes(p) for p in pieces if isinstance(p, pikepdf.String))
            pairs = zip(codes[::2], codes[1::2], strict=True)
            drawn.append("".join(characters.get(high << 8 | low, "�") for high, low in pairs))
    return "\n".join(" ".join(text.split()) for text in drawn)


def _characters(font: pikepdf.Object) -> dict[int, str]:
    """The font's ToUnicode map: glyph to text."""
    return {
        int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be")
        for code, text in MAPPING.findall(font.ToUnicode.read_bytes())
    }
