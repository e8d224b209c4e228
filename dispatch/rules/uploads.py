"""What an uploaded file really is, from its bytes and never from its name.

Accepted are papers that a person can read: PDF, photographs and scans, and plain text such as the
CSV of a temperature logger. Archives are refused as such, so no declared or counted size of what
is packed in them can matter.
"""

import re
import unicodedata
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath

import filetype
import pikepdf

PDF = "application/pdf"
IMAGES = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/tiff": ".tif",
    "image/webp": ".webp",
    "image/heic": ".heic",
}
EXTENSIONS = {PDF: ".pdf", **IMAGES, "text/csv": ".csv", "text/plain": ".txt"}
LONGEST_NAME = 160
MOST_PAGES = 2_000

# What qpdf raises, by way of its binding, at the many ways in which a PDF can be damaged.
UNREADABLE = (pikepdf.PdfError, RuntimeError, ValueError, TypeError)

# The test file of the antivirus industry, in two parts so that this source is not taken for it.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD" + rb"-ANTIVIRUS-TEST-FILE!$H+H*"

_UNSAFE = re.compile(r"[^\w .()+@,=-]")
_EXTENSION = re.compile(r"\.\w{1,5}$")
_MARKUP = re.compile(r"\s*<(!doctype|html|svg|\?xml|script)", re.IGNORECASE)


class UploadRefused(Exception):
    """A file that is not taken: the HTTP status that fits, a code, and one sentence."""

    def __init__(self, status: int, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.code = code


class Infected(UploadRefused):
    """A file with a known attack in it; it is set aside and never handed out."""

    def __init__(self) -> None:
        super().__init__(422, "quarantined", "The file holds a known virus and was set aside.")


@dataclass(frozen=True, slots=True)
class Inspected:
    """What a file is, and the safe name it is kept under."""

    content_type: str
    pages: int
    filename: str


def inspect(filename: str, content: bytes, *, limit: int) -> Inspected:
    """Return what `content` is; at most `limit` bytes are taken.

    Raises:
        UploadRefused: `empty_file`, `file_too_large`, `unsupported_media_type` (an archive, a
            program, anything else that nobody can read) or `unreadable_pdf`.
        Infected: it holds a known virus.
    """
    if not content:
        raise UploadRefused(400, "empty_file", "The file is empty.")
    if len(content) > limit:
        megabytes = limit // (1024 * 1024)
        raise UploadRefused(413, "file_too_large", f"The file is larger than {megabytes} MB.")
    if EICAR in content:
        raise Infected
    content_type = type_of(content)
    pages = count_pages(content) if content_type == PDF else 1
    return Inspected(content_type, pages, safe_name(filename, content_type))


def type_of(content: bytes) -> str:
    """Return the media type that the bytes themselves show; raises `UploadRefused` for others."""
    kind = filetype.guess(content)
    found = kind.mime if kind else _type_of_text(content)
    if found == PDF or found in IMAGES or found.startswith("text/"):
        return found
    raise UploadRefused(
        415,
        "unsupported_media_type",
        f"The content is {found}; send a PDF, an image or a text file.",
    )


def _type_of_text(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "application/octet-stream"
    if any(unicodedata.category(letter) == "Cc" and letter not in "\t\r\n\f" for letter in text):
        return "application/octet-stream"
    if _MARKUP.match(text):
        return "application/xml"
    first_line = text.lstrip().partition("\n")[0]
    return "text/csv" if re.search("[,;\t]", first_line) else "text/plain"


def count_pages(content: bytes) -> int:
    """Return how many pages a PDF has; raises `UploadRefused` when it cannot be read."""
    try:
        with pikepdf.open(BytesIO(content)) as pdf:
            pages = len(pdf.pages)
    except pikepdf.PasswordError as error:
        raise UploadRefused(422, "unreadable_pdf", "The PDF is locked by a password.") from error
    except UNREADABLE as error:
        raise UploadRefused(422, "unreadable_pdf", "The PDF is damaged.") from error
    if not 1 <= pages <= MOST_PAGES:
        raise UploadRefused(
            422, "unreadable_pdf", f"A PDF has 1 to {MOST_PAGES:,} pages, this one {pages:,}."
        )
    return pages


def safe_name(filename: str, content_type: str) -> str:
    """Return the last part of a name without anything a file system or a header could mistake.

    The extension is that of the content, whatever the name says.
    """
    name = PurePosixPath(unicodedata.normalize("NFC", filename).replace("\\", "/")).name
    extension = EXTENSIONS[content_type]
    stem = _EXTENSION.sub("", _UNSAFE.sub("", name)).strip(" .") or "document"
    return stem[: LONGEST_NAME - len(extension)].rstrip(" .") + extension
