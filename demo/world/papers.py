"""Papers of a load as one-page PDFs; the same words give the same bytes."""

from collections.abc import Sequence


def paper(title: str, lines: Sequence[str]) -> bytes:
    """Return a one-page PDF with a title and lines of plain text."""
    text = [b"BT /F1 18 Tf 60 740 Td (" + _escape(title) + b") Tj /F1 11 Tf 0 -34 Td"]
    text += [b"(" + _escape(line) + b") Tj 0 -18 Td" for line in lines]
    content = b"\n".join([*text, b"ET"])
    return _assemble(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
            b" /Resources << /Font << /F1 5 0 R >> >> >>",
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        ]
    )


def _escape(text: str) -> bytes:
    for mark in "\\()":
        text = text.replace(mark, f"\\{mark}")
    return text.encode("cp1252", "replace")


def _assemble(objects: Sequence[bytes]) -> bytes:
    out = b"%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    count = len(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (count, table)
    return out + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count, start)
