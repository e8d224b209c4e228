"""Draw a page of a PDF as a picture, for those who look at it in a page of ours."""

from __future__ import annotations

import threading
from io import BytesIO

import pypdfium2

# Enough for the 25 rem that a page gives it, on a screen with two dots to a pixel.
WIDTH = 900

# PDFium may be entered by one thread at a time.
_one_at_a_time = threading.Lock()


class NoSuchPage(LookupError):
    """The document has fewer pages."""


def draw_page(content: bytes, *, page: int = 1, width: int = WIDTH) -> bytes:
    """Return a page as a PNG of `width` pixels; the same bytes give the same picture.

    For documents of our own: nothing is known here of what a stranger's PDF might hold.

    Raises:
        NoSuchPage: the document has no such page.
    """
    with _one_at_a_time:
        document = pypdfium2.PdfDocument(content)
        try:
            if not 1 <= page <= len(document):
                raise NoSuchPage(f"The document has {len(document)} pages.")
            sheet = document[page - 1]
            picture = sheet.render(scale=width / sheet.get_width()).to_pil()
        finally:
            document.close()
    out = BytesIO()
    picture.save(out, format="PNG", optimize=False)
    return out.getvalue()
