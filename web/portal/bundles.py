"""Many invoices in one ZIP: each with its PDF and the papers that prove it.

All rows are read before the first byte leaves, inside the request's row-level scope; then the
stored files pass through one small buffer, whatever their number and size.
"""

import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

import structlog
from django.db.models import QuerySet
from django.utils.text import get_valid_filename

from billing.models import Invoice, InvoiceDocument, InvoiceLine
from dispatch.models import Document
from dispatch.queries.blobs import BlobMissing, has_blob, open_blob
from dispatch.queries.papers import CUSTOMERS

log = structlog.get_logger(__name__)

LIMIT = 100
CHUNK = 64 * 1024
STEM_LENGTH = 100
NOTE = "Left out.txt"
EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a ZIP: its path there, and where its bytes are stored."""

    path: str
    sha256: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Bundle:
    """What goes into a ZIP, and in one sentence each what could not."""

    entries: tuple[Entry, ...]
    left_out: tuple[str, ...]


def bundle_of(invoices: Iterable[Invoice]) -> Bundle:
    """Return the files of invoices in three queries; each invoice has a folder of its own."""
    chosen = list(invoices)
    drawn = InvoiceDocument.objects.filter(invoice__in=chosen).in_bulk(field_name="invoice_id")
    papers = _papers_by_invoice(chosen)
    names, entries, left_out = Names(), [], []
    for invoice in chosen:
        pdf = drawn.get(invoice.pk)
        if pdf is None:
            left_out.append(f"{invoice.number}: the PDF is still being drawn.")
        else:
            path = names.take(f"{invoice.number}/{invoice.number}.pdf")
            entries.append(Entry(path, pdf.sha256, pdf.rendered_at))
        for paper in papers.get(invoice.pk, ()):
            path = names.take(f"{invoice.number}/{_name(paper)}")
            entries.append(Entry(path, paper.sha256, paper.received_at))
    return _without_missing(entries, left_out)


def stream(bundle: Bundle) -> Iterator[bytes]:
    """Yield the ZIP piece by piece; it holds one piece of one file in memory. Asks no database."""
    sink = Sink()
    with zipfile.ZipFile(sink, mode="w", compression=zipfile.ZIP_STORED) as archive:
        for entry in bundle.entries:
            with open_blob(entry.sha256) as blob, archive.open(_info(entry), mode="w") as place:
                while piece := blob.read(CHUNK):
                    place.write(piece)
                    yield sink.take()
        if bundle.left_out:
            archive.writestr(zipfile.ZipInfo(NOTE, EPOCH), "\n".join(bundle.left_out) + "\n")
    yield sink.take()


class Sink(io.RawIOBase):
    """A file that cannot be rewound: what is written to it waits until it is taken."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        """Tell that it can be written."""
        return True

    def write(self, piece: object) -> int:
        """Keep a copy of a piece."""
        self._pieces.append(bytes(piece))  # type: ignore[call-overload]
        return len(self._pieces[-1])

    def take(self) -> bytes:
        """Return what was written since the last time."""
        taken, self._pieces = b"".join(self._pieces), []
        return taken


class Names:
    """Paths of one ZIP: no two alike, also where capitals do not count."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, path: str) -> str:
        """Return the path, numbered when it was taken before."""
        wanted, count = PurePosixPath(path), 1
        while (free := str(wanted)).casefold() in self._taken:
            count += 1
            wanted = PurePosixPath(path).with_stem(f"{PurePosixPath(path).stem}-{count}")
        self._taken.add(free.casefold())
        return free


def _name(paper: Document) -> str:
    """Name a paper by load and kind, with its own name made safe behind."""
    own = PurePosixPath(paper.filename.replace("\\", "/")).name
    name = get_valid_filename(f"{paper.load.number}-{paper.kind}-{own}".casefold())
    safe = PurePosixPath(name.rstrip("."))
    return f"{safe.stem[:STEM_LENGTH]}{safe.suffix[:10]}"


def _papers_by_invoice(invoices: Iterable[Invoice]) -> Mapping[int, list[Document]]:
    lines = InvoiceLine.objects.filter(invoice__in=invoices).values_list("invoice_id", "load_id")
    billed = set(lines)
    papers: QuerySet[Document] = Document.objects.filter(
        load__in={load for _, load in billed}, **CUSTOMERS
    )
    by_load: dict[int, list[Document]] = {}
    for paper in papers.select_related("load").order_by("load__number", "kind", "pk"):
        by_load.setdefault(paper.load_id, []).append(paper)
    found: dict[int, list[Document]] = {}
    for invoice, load in sorted(billed):
        found.setdefault(invoice, []).extend(by_load.get(load, ()))
    return found


def _without_missing(entries: Iterable[Entry], left_out: Iterable[str]) -> Bundle:
    """Leave out what the store has lost: the rest is still worth taking home."""
    there, told = [], list(left_out)
    for entry in entries:
        if _is_stored(entry.sha256):
            there.append(entry)
        else:
            log.error("stored_bytes_missing", sha256=entry.sha256, path=entry.path)
            told.append(f"{entry.path}: the file is not in our store; please ask us for it.")
    return Bundle(tuple(there), tuple(told))


def _is_stored(sha256: str) -> bool:
    try:
        return has_blob(sha256)
    except BlobMissing:
        return False


def _info(entry: Entry) -> zipfile.ZipInfo:
    return zipfile.ZipInfo(entry.path, entry.at.timetuple()[:6])
