"""A rate sheet comes in, is answered for, sent into the draft, or given up."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from dispatch.operations.filing import store_bytes
from journal.operations.lifecycle import advance
from journal.operations.recording import record
from rating.events import IMPORT_RECEIVED
from rating.models import RateCardVersion, RateImport
from rating.operations.drafting import hold_draft
from rating.operations.importing.opening import SEPARATORS, SheetRefused, kind_of
from rating.operations.importing.staging import forget_staged
from rating.queries.cells.columns import READERS
from rating.queries.cells.kinds import Unclear

Status = RateImport.Status
MOST_BYTES = 25 * 1024 * 1024
LONGEST_NAME = 160
NAMED = ("basis", "equipment", "commodity", "shipment_type", "minimum")


class OptionRefused(SheetRefused):
    """An answer that cannot be used; `field` names it."""

    status = 400
    code = "invalid_option"

    def __init__(self, field: str, sentence: str) -> None:
        self.field = field
        super().__init__(sentence)


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file whose bytes are kept: what it is and where."""

    filename: str
    content_type: str
    size: int
    sha256: str


def inspect_sheet(filename: str, content: bytes) -> Uploaded:
    """Keep the bytes of a sheet by their hash. Called before any transaction.

    Raises SheetRefused when they are no sheet at all; then nothing is kept.
    """
    if len(content) > MOST_BYTES:
        raise SheetRefused(f"The file is larger than {MOST_BYTES // 1024 // 1024} MB.")
    content_type = kind_of(content[:4096])
    plain = unicodedata.normalize("NFC", filename).replace("\\", "/").rpartition("/")[2]
    name = "".join(letter for letter in plain if letter.isprintable())[:LONGEST_NAME]
    return Uploaded(name.strip() or "sheet", content_type, len(content), store_bytes(content))


def receive_import(
    version: RateCardVersion,
    *,
    upload: Uploaded,
    mode: str = RateImport.Mode.REPLACE,
    options: Mapping[str, str] | None = None,
    by: str,
    at: datetime,
) -> RateImport:
    """Have a worker read a kept sheet for a draft and compare it.

    Raises OptionRefused, NotADraft.

    Options are answers given beforehand: `sheet`, `separator`, `decimal`, `discount` (share or
    points), `country`, and, for every lane that the sheet says nothing else of, `basis`,
    `equipment`, `commodity`, `shipment_type`, `minimum`.
    """
    hold_draft(version)
    if mode not in RateImport.Mode.values:
        raise OptionRefused("mode", "The mode is REPLACE or UPDATE.")
    batch = RateImport.objects.create(
        version=version,
        mode=mode,
        options=_checked(options or {}, currency=version.card.currency),
        filename=upload.filename,
        content_type=upload.content_type,
        size=upload.size,
        sha256=upload.sha256,
        created_by=by,
        created_at=at,
    )
    record(
        IMPORT_RECEIVED,
        subject=batch,
        by=by,
        at=at,
        new={"status": batch.status, "filename": upload.filename, "sha256": upload.sha256},
        payload={"version": version.pk, "mode": mode},
    )
    return batch


def answer_import(
    batch: RateImport,
    *,
    options: Mapping[str, str],
    mode: str = "",
    by: str,
    at: datetime,
) -> RateImport:
    """Read the file again with these answers beside those given before. Raises OptionRefused."""
    if mode and mode not in RateImport.Mode.values:
        raise OptionRefused("mode", "The mode is REPLACE or UPDATE.")
    kept = {name: value for name, value in batch.options.items() if name != "basis_assumed"}
    if "basis_assumed" in batch.options:
        kept.pop("basis", None)
    answers = {name: value for name, value in (kept | dict(options)).items() if value}
    forget_staged(batch)
    return advance(
        batch,
        Status.RECEIVED,
        by=by,
        at=at,
        options=_checked(answers, currency=batch.version.card.currency),
        mode=mode or batch.mode,
        questions=[],
        faults=[],
        fault_count=0,
        counts={},
        rows_read=0,
        lanes_read=0,
    )


def apply_import(batch: RateImport, *, by: str, at: datetime) -> RateImport:
    """Have a worker write what was previewed into the draft. Raises IllegalMove, NotADraft."""
    hold_draft(batch.version)
    return advance(batch, Status.APPLYING, by=by, at=at, applied_by=by)


def discard_import(batch: RateImport, *, by: str, at: datetime) -> RateImport:
    """Give an import up; the file's bytes stay by their hash. Raises IllegalMove."""
    batch = advance(batch, Status.DISCARDED, by=by, at=at)
    forget_staged(batch)
    return batch


def _checked(options: Mapping[str, str], *, currency: str) -> dict[str, str]:
    checked = {}
    for name, value in options.items():
        checked[name] = _option(name, value, currency)
    return checked


def _option(name: str, value: str, currency: str) -> str:
    choices = {"decimal": (".", ","), "separator": SEPARATORS, "discount": ("share", "points")}
    if name in choices and value not in choices[name]:
        raise OptionRefused(name, f"{name.capitalize()} is one of {' '.join(choices[name])}")
    if name == "country" and not (len(value) == 2 and value.isascii() and value.isalpha()):
        raise OptionRefused(name, "A country has two letters, such as US or CA.")
    if name in NAMED:
        try:
            return str(READERS[name](value, currency=currency))
        except Unclear as error:
            raise OptionRefused(name, f"{name.replace('_', ' ').capitalize()}: {error}.") from error
    if name not in (*choices, "country", "sheet"):
        raise OptionRefused(name, f"{name[:40]!r} is no option of an import.")
    return value.upper() if name == "country" else value[:80]
