"""Stored bytes, by the SHA-256 of what they are."""

import re
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

_SHA256 = re.compile("[0-9a-f]{64}")


class BlobMissing(Exception):
    """The store holds no bytes of that hash."""


def blob_path(sha256: str) -> Path:
    """Return where the bytes of a hash lie; raises `BlobMissing` for what is not a hash."""
    if not _SHA256.fullmatch(sha256):
        raise BlobMissing(f"{sha256[:80]!r} is not a SHA-256.")
    return Path(settings.BLOB_ROOT) / sha256[:2] / sha256


def has_blob(sha256: str) -> bool:
    """Tell whether the store holds the bytes of a hash."""
    return blob_path(sha256).is_file()


def open_blob(sha256: str) -> BinaryIO:
    """Open the bytes of a hash for reading; raises `BlobMissing`."""
    try:
        return blob_path(sha256).open("rb")
    except FileNotFoundError as error:
        raise BlobMissing(f"No bytes are stored under {sha256}.") from error


def read_blob(sha256: str) -> bytes:
    """Return the bytes of a hash; raises `BlobMissing`."""
    with open_blob(sha256) as blob:
        return blob.read()
