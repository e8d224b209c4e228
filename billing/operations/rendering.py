"""Drawing an issued document: from its frozen snapshot alone to a PDF/A-3b.

Pure in the sense that matters: the same snapshot gives the same bytes, nothing but this
repository's own fonts, stylesheet and mark is read, and no address is ever opened. The snapshot
itself travels inside the PDF as an associated file, so a machine reads what a person reads.
"""

from __future__ import annotations

import gc
import itertools
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from functools import cache
from xml.etree import ElementTree

from cssselect2 import ElementWrapper
from django.conf import settings
from django.template.loader import render_to_string
from pydyf import PDF, Array
from weasyprint import CSS, HTML, Attachment, Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from billing.operations.typesetting import set_page
from billing.rules.snapshot import InvoiceSnapshot, to_json

SCHEME = "lading:"
FONTS = ("inter-pdf-400.woff2", "inter-pdf-600.woff2")
LETTER_CURRENCIES = frozenset({"USD", "CAD"})
DATA_NAME = "invoice.json"

# WeasyPrint leaves reference cycles behind: 3.7 MB for a page. Collecting them every few documents
# instead of during the layout is faster and takes the outliers away.
DOCUMENTS_PER_COLLECTION = 10

# Characters that are no text: controls, which XML forbids, lone surrogates, and the overrides of
# direction, with which a name could reverse the words around it.
_NO_TEXT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufffe\uffff]"
)
# How the template is laid out for its readers: no text, but a box each for the layout.
_BETWEEN_TAGS = re.compile(r">\s*\n\s*<")

_one_at_a_time = threading.Lock()
_documents = itertools.count(1)


class ForbiddenAddressError(ValueError):
    """A document asked for something outside this repository's own few files."""


@dataclass(frozen=True, slots=True)
class RenderedPdf:
    """A finished document, ready to be filed."""

    content: bytes
    pages: int


class OwnFilesOnly(URLFetcher):  # type: ignore[misc]
    """Answers `lading:<name>` from memory and refuses every other address, files included."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        super().__init__(allowed_protocols=(), allow_redirects=False)
        self._files = {f"{SCHEME}{name}": content for name, content in files.items()}

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        """Return one of the files by its `lading:` address. Raises `ForbiddenAddressError`."""
        if url not in self._files:
            raise ForbiddenAddressError(f"No document may open {url[:80]}")
        return URLFetcherResponse(url, self._files[url])


class WellFormedHTML(HTML):  # type: ignore[misc]
    """A document of our own template: read as XML, laid out by its own stylesheet alone.

    The pages are the same, byte for byte, as those of WeasyPrint's parser and stylesheet, and
    come in four fifths of the time. Raises `xml.etree.ElementTree.ParseError` where the template
    is not well-formed.
    """

    def __init__(self, source: str, *, url_fetcher: URLFetcher) -> None:
        self.base_url = None
        self.url_fetcher = url_fetcher
        self.media_type = "print"
        self.etree_element = ElementTree.fromstring(source)  # noqa: S314  all texts in it escaped
        self.wrapper_element = ElementWrapper.from_html_root(
            self.etree_element, content_language=None
        )

    def _ua_stylesheets(self, forms: object = False) -> list[CSS]:  # noqa: FBT002  WeasyPrint's own
        """Return none: invoice.css says what it needs."""
        return []


@dataclass(frozen=True, slots=True)
class _Press:
    """What every document shares, parsed once in the life of a process."""

    fonts: FontConfiguration
    mark: bytes
    letter: CSS
    a4: CSS


def render_pdf(snapshot: InvoiceSnapshot) -> RenderedPdf:
    """Draw the document as PDF/A-3b with the snapshot attached.

    The caller is outside any transaction: a page takes 0.15 s, each further one as much.
    """
    with _one_at_a_time, _collector_paused():
        document = lay_out(snapshot)
        content = document.write_pdf(
            finisher=_name_data_once, pdf_variant="pdf/a-3b", attachments=[_data(snapshot)]
        )
        return RenderedPdf(content=content, pages=len(document.pages))


def lay_out(snapshot: InvoiceSnapshot) -> Document:
    """Break the document into pages: US letter for US and Canadian dollars, A4 for the rest."""
    press = _press()
    logo = snapshot.entity.logo_svg.encode() or press.mark
    html = WellFormedHTML(_source(snapshot), url_fetcher=OwnFilesOnly({"logo.svg": logo}))
    paper = press.letter if snapshot.currency in LETTER_CURRENCIES else press.a4
    return html.render(font_config=press.fonts, stylesheets=[paper])


def _source(snapshot: InvoiceSnapshot) -> str:
    """The HTML, everything in it escaped by the template and cleared of what is no text."""
    source = render_to_string("billing/invoice.html", {"doc": snapshot, "page": set_page(snapshot)})
    return _BETWEEN_TAGS.sub("><", _NO_TEXT.sub("", source))


def _data(snapshot: InvoiceSnapshot) -> Attachment:
    """The snapshot as a file in the PDF, dated by the issue and not by the clock."""
    issued_at = snapshot.issued_at.astimezone(UTC)
    return Attachment(
        string=to_json(snapshot),
        name=DATA_NAME,
        description=f"The data of {snapshot.number}",
        created=issued_at,
        modified=issued_at,
        relationship="Data",
    )


def _name_data_once(_document: Document, pdf: PDF) -> None:
    """WeasyPrint lists an associated file twice; a reader would show two."""
    pdf.catalog["AF"] = Array(dict.fromkeys(pdf.catalog["AF"]))


@cache
def _press() -> _Press:
    """Load fonts and stylesheets; they live as long as the process.

    So does all the program has loaded by then: the collector is told not to walk it again.
    """
    templates = settings.BASE_DIR / "templates" / "billing"
    fonts = settings.BASE_DIR / "static" / "fonts"
    fetcher = OwnFilesOnly({name: (fonts / name).read_bytes() for name in FONTS})
    config = FontConfiguration()
    style = (templates / "invoice.css").read_text()
    letter, a4 = (
        CSS(string=f"{style}@page {{ size: {size} }}", font_config=config, url_fetcher=fetcher)
        for size in ("letter", "A4")
    )
    mark = (templates / "mark.svg").read_bytes()
    gc.collect()
    gc.freeze()
    return _Press(fonts=config, mark=mark, letter=letter, a4=a4)


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Keep the collector out of a layout; sweep up after every few documents."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if next(_documents) % DOCUMENTS_PER_COLLECTION == 0:
            gc.collect()
        if was_enabled:
            gc.enable()
