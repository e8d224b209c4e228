"""Write a 990: the answer to a tender that came as a 204, in an envelope turned around."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime

from integrations.adapters.edi.segments import NoInterchangeError, Segment, decode, tokenize
from integrations.adapters.edi.writer import DEFAULT, Elements, Envelope, write_interchange

ACCEPTED, DECLINED = "A", "D"
LONGEST_REMARK = 30
VERSION = "004010"
Party = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Tender:
    """What a 204 says of itself: between whom it went, and by what it names the load."""

    sender: Party
    receiver: Party
    is_test: bool
    version: str
    scac: str
    shipment_id: str


def read_tender(body: bytes) -> Tender | None:
    """Return what an answer to this message must name; None when it is no 204."""
    try:
        segments = tokenize(decode(body)).segments
    except NoInterchangeError:
        return None
    first: dict[str, Segment] = {}
    for segment in segments:
        first.setdefault(segment.name, segment)
    isa, group, head, names = (first.get(name) for name in ("ISA", "GS", "ST", "B2"))
    if isa is None or head is None or head.get(1) != "204" or names is None:
        return None
    version = group.get(8) if group else ""
    return Tender(
        sender=(isa.get(5).strip(), isa.get(6).strip()),
        receiver=(isa.get(7).strip(), isa.get(8).strip()),
        is_test=isa.get(15) == "T",
        version=version[:6] if version[:6].isdecimal() else VERSION,
        scac=names.get(2),
        shipment_id=names.get(4),
    )


def write_answer(
    tender: Tender, *, is_accepted: bool, reason: str, load: str, control: int, at: datetime
) -> str:
    """Return the interchange that answers a tender, as text; `load` is our number of it.

    `control` is its number, by which the partner knows it from any other.
    """
    action = ACCEPTED if is_accepted else DECLINED
    body: list[Elements] = [
        ("B1", plain(tender.scac, 4), plain(tender.shipment_id, 30), f"{at:%Y%m%d}", action),
        ("N9", "CN", load),
    ]
    if remark := plain(reason, 2 * LONGEST_REMARK):
        body.append(("K1", remark[:LONGEST_REMARK].strip(), remark[LONGEST_REMARK:].strip()))
    envelope = Envelope(
        sender=tender.receiver, receiver=tender.sender, control=control, at=at,
        is_test=tender.is_test, version=tender.version,
    )  # fmt: skip
    return write_interchange([("990", body)], envelope=envelope).decode("ascii")


def plain(text: str, longest: int) -> str:
    """Return text as X12 can carry it: ASCII, without a delimiter, no longer than its element."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    cut = {DEFAULT.element, DEFAULT.component, DEFAULT.terminator}
    kept = "".join(c if c.isprintable() and c not in cut else " " for c in ascii_text)
    return " ".join(kept.split())[:longest].strip()
