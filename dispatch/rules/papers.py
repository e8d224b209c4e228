"""What an uploaded file really is, told by its bytes and never by its name."""

import re
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath, PureWindowsPath

import filetype
import pikepdf
from PIL import Image, UnidentifiedImageError

PDF = "application/pdf"
IMAGES = frozenset({"image/jpeg", "image/png", "image/tiff", "image/webp"})
TEXT = "text/plain"
LONGEST_NAME = 160
MOST_PIXELS = 80_000_000
# The harmless string by which virus scanners are tried; a store that takes it scans nothing.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"


class FilingError(ValueError):
    """A file that cannot be kept; `code` and `status` are those of the answer."""

    def __init__(self, code: str, sentence: str, *, status: int = 415) -> None:
        super().__init__(sentence)
        self.code = code
        self.status = status


@dataclass(frozen=True, slots=True)
class Inspected:
    """A file as it will be kept."""

    filename: str
    content_type: str
    pages: int
    is_legible: bool


def inspect_paper(filename: str, content: bytes, *, most_bytes: int) -> Inspected:
    """Return what the bytes are: a PDF, a picture or text.

    A PDF or picture that cannot be opened is kept as what it claims to be, but is not legible.

    Raises:
        FilingError: empty, too large, quarantined, or of a type that is no paper.
    """
    if not content:
        raise FilingError("file_empty", "The file is empty.", status=400)
    if len(content) > most_bytes:
        limit = most_bytes // (1024 * 1024)
        raise FilingError("file_too_large", f"A file may have {limit} MB at most.", status=413)
    if EICAR in content:
        raise FilingError("file_quarantined", "The file is recognised as malware.", status=422)
    name = own_name(filename)
    content_type = type_of(content)
    if content_type == PDF:
        pages = _pdf_pages(content)
        return Inspected(name, PDF, max(pages, 1), is_legible=pages > 0)
    if content_type in IMAGES:
        return Inspected(name, content_type, 1, is_legible=_is_picture(content))
    return Inspected(name, TEXT, 1, is_legible=True)


def own_name(filename: str) -> str:
    """Return the last part of a path without anything a path or a header could trip over."""
    last = PureWindowsPath(PurePosixPath(filename).name).name
    clean = re.sub(r"[^\w .()+,=@#-]", "_", last).strip(" .")
    return clean[-LONGEST_NAME:] or "paper"


def type_of(content: bytes) -> str:
    """Return the media type of the bytes.

    Raises:
        FilingError: it is none that a paper has.
    """
    kind = filetype.guess_mime(content)
    if kind in IMAGES or kind == PDF:
        return str(kind)
    if kind is None and _is_text(content):
        return TEXT
    raise FilingError(
        "unsupported_media_type",
        f"The file is {kind or 'of an unknown type'}; send a PDF, a picture or plain text.",
    )


def _is_text(content: bytes) -> bool:
    if b"\0" in content:
        return False
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return not content.lstrip().startswith((b"<", b"#!", b"MZ"))


def _pdf_pages(content: bytes) -> int:
    try:
        with pikepdf.open(BytesIO(content)) as pdf:
            return len(pdf.pages)
    except pikepdf.PdfError:
        return 0


def _is_picture(content: bytes) -> bool:
    try:
        with Image.open(BytesIO(content)) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                return False
            picture.verify()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        return False
    return True
