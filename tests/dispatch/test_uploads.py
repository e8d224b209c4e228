"""What an upload is, by its content."""

import random

import pytest

from dispatch.rules.uploads import UploadRefused, inspect
from tests.dispatch.files import CSV, EICAR, ELF, EXE, JPEG, PNG, bomb, pdf

LIMIT = 1024 * 1024


@pytest.mark.parametrize(
    ("name", "content", "content_type", "pages", "kept_as"),
    [
        ("POD_104882.pdf", pdf(2), "application/pdf", 2, "POD_104882.pdf"),
        ("scripted.pdf", pdf(script="app.alert(1)"), "application/pdf", 1, "scripted.pdf"),
        ("lumper 5519.JPG", JPEG, "image/jpeg", 1, "lumper 5519.jpg"),
        ("scan.png", PNG, "image/png", 1, "scan.png"),
        ("reefer_4417.csv", CSV, "text/csv", 1, "reefer_4417.csv"),
        ("note.txt", b"Left at dock 4", "text/plain", 1, "note.txt"),
        ("photo.pdf", JPEG, "image/jpeg", 1, "photo.jpg"),
    ],
)
def test_a_paper_is_taken_for_what_it_is(name, content, content_type, pages, kept_as):
    found = inspect(name, content, limit=LIMIT)

    assert (found.content_type, found.pages, found.filename) == (content_type, pages, kept_as)


@pytest.mark.parametrize(
    ("name", "content", "status", "code", "words"),
    [
        ("pod.pdf", b"", 400, "empty_file", "The file is empty."),
        ("pod.pdf", EXE, 415, "unsupported_media_type", "application/x-msdownload"),
        ("pod.pdf", ELF, 415, "unsupported_media_type", "application/x-executable"),
        ("pod.pdf", bomb(), 415, "unsupported_media_type", "application/zip"),
        ("pod.pdf", b"<!DOCTYPE html><script>1</script>", 415, "unsupported_media_type", "xml"),
        ("pod.svg", b"<svg onload='alert(1)'/>", 415, "unsupported_media_type", "xml"),
        ("pod.txt", b"\x00\x01\x02 binary", 415, "unsupported_media_type", "octet-stream"),
        ("pod.txt", b"\xff\xfe\xfa", 415, "unsupported_media_type", "octet-stream"),
        ("pod.pdf", b"0" * (LIMIT + 1), 413, "file_too_large", "larger than 1 MB"),
        ("pod.pdf", pdf(password="secret"), 422, "unreadable_pdf", "locked by a password"),
        ("pod.pdf", b"%PDF-1.7\nnothing more", 422, "unreadable_pdf", "damaged"),
        ("pod.pdf", pdf(0), 422, "unreadable_pdf", "1 to 2,000 pages, this one 0"),
        ("eicar.txt", EICAR, 422, "quarantined", "known virus"),
        ("pod.pdf", pdf() + EICAR, 422, "quarantined", "known virus"),
    ],
)
def test_what_is_not_taken_is_refused_in_one_sentence(name, content, status, code, words):
    with pytest.raises(UploadRefused) as refusal:
        inspect(name, content, limit=LIMIT)

    assert (refusal.value.status, refusal.value.code) == (status, code)
    assert words in str(refusal.value)


@pytest.mark.parametrize(
    ("given", "kept_as"),
    [
        ("../../x", "x.pdf"),
        ("..\\..\\windows\\system32\\cmd.exe", "cmd.pdf"),
        ("/etc/passwd", "passwd.pdf"),
        ("", "document.pdf"),
        ("...", "document.pdf"),
        (".htaccess", "htaccess.pdf"),
        ("pod\x00.pdf\r\nX-Evil: 1", "pod.pdfX-Evil 1.pdf"),
        ("pod\u202efdp.exe", "podfdp.pdf"),
        ('a"b;c<d>.pdf', "abcd.pdf"),
        ("Ablieferbeleg Müller.pdf", "Ablieferbeleg Müller.pdf"),
        ("卸货证明.pdf", "卸货证明.pdf"),
        ("x" * 400 + ".pdf", "x" * 156 + ".pdf"),
        ("report 1.2 final.pdf", "report 1.2 final.pdf"),
    ],
)
def test_a_name_is_reduced_to_what_no_system_mistakes(given, kept_as):
    assert inspect(given, pdf(), limit=LIMIT).filename == kept_as


def test_damaged_pdfs_are_refused_or_read_and_never_crash():
    dice, whole = random.Random(7), pdf(3)

    for _ in range(300):
        broken = bytearray(whole[: dice.randrange(5, len(whole))])
        for _ in range(dice.randrange(8)):
            broken[dice.randrange(5, len(broken) + 1) - 1] = dice.randrange(256)
        try:
            assert inspect("pod.pdf", bytes(broken), limit=LIMIT).pages >= 1
        except UploadRefused as refusal:
            assert refusal.status in {415, 422}  # noqa: PT017
