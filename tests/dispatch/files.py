"""Files of every sort, made where they are needed."""

import zipfile
from io import BytesIO

import pikepdf

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d4944415478da63f8ffff3f0005fe02fea72d9a2a0000000049454e44ae426082"
)
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffdb") + bytes(64) + b"\xff\xd9"
EXE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" + bytes(128)
ELF = b"\x7fELF\x02\x01\x01" + bytes(128)
CSV = "Zeit;Temperatur\n2026-11-18 13:00;33,1 °F\n".encode()
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD" + rb"-ANTIVIRUS-TEST-FILE!$H+H*"


def pdf(pages: int = 1, *, password: str = "", script: str = "") -> bytes:
    """A PDF of empty pages."""
    out = BytesIO()
    with pikepdf.new() as made:
        for _ in range(pages):
            made.add_blank_page()
        if script:
            action = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=script)
            made.Root.OpenAction = action
        lock = pikepdf.Encryption(user=password, owner=password) if password else False
        made.save(out, encryption=lock, deterministic_id=not password)
    return out.getvalue()


def bomb() -> bytes:
    """A small archive of two hundred thousand zeros."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros.txt", "0" * 200_000)
    return out.getvalue()
