"""Papers come in by what they are, are judged with a reason, and go out as they came."""

import io
import re
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.rules import Role
from demo.world.papers import paper
from dispatch.models import Document, Milestone
from dispatch.operations.filing import store_bytes
from tests.factories import DocumentFactory
from tests.factories.doors import sign_in

pytestmark = pytest.mark.django_db

POD = paper("Proof of delivery", ["Signed J. Alvarez"])


def a_file(content: bytes = POD, name: str = "pod.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/pdf")


def sent(browser, load, **told):
    return browser.post(
        f"/loads/{load.number}/documents/", {"content": a_file(), "kind": "POD", **told}
    )


def test_a_billers_upload_is_an_accepted_proof(desk, load) -> None:
    answer = sent(desk(Role.BILLER), load, signed_by="J. Alvarez")

    document = Document.objects.get(load=load)
    assert answer.url == "/loads/104882/#documents"
    assert (document.kind, document.status) == ("POD", "ACCEPTED")
    assert (document.signed_by, document.content_type) == ("J. Alvarez", "application/pdf")
    assert Milestone.objects.get(load=load).kind == Milestone.Kind.POD_RECEIVED


def test_a_biller_may_leave_the_check_to_a_colleague(desk, load) -> None:
    sent(desk(Role.BILLER), load, is_for_others="on")

    assert Document.objects.get(load=load).status == "RECEIVED"


def test_a_dispatchers_upload_waits_to_be_checked(desk, load) -> None:
    sent(desk(Role.DISPATCHER), load)

    assert Document.objects.get(load=load).status == "RECEIVED"


def test_the_same_file_sent_twice_is_one_paper(desk, load) -> None:
    browser = desk(Role.BILLER)

    answers = [sent(browser, load).status_code for _ in range(2)]

    assert answers == [302, 302]
    assert Document.objects.filter(load=load).count() == 1


def zipped() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("x", b"0" * 1000)
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "status", "words"),
    [
        (b"MZ\x90\x00" + b"\x00" * 200, 415, "send a PDF, an image or a text file"),
        (zipped(), 415, "send a PDF, an image or a text file"),
        (b"", 422, "The submitted file is empty"),
    ],
)
def test_a_file_that_is_no_paper_is_refused_and_the_form_keeps_its_input(
    desk, load, content: bytes, status: int, words: str
) -> None:
    answer = sent(desk(), load, content=a_file(content), signed_by="J. Alvarez")

    page = " ".join(answer.content.decode().split())
    assert answer.status_code == status
    assert re.search(r'<dialog[^>]*id="upload"[^>]*data-open', page)
    assert 'value="J. Alvarez"' in page
    assert "1 thing needs attention" in page
    assert words in page
    assert not Document.objects.filter(load=load).exists()


def test_a_file_that_is_too_large_is_refused_before_it_is_read(desk, load, settings) -> None:
    settings.UPLOAD_LIMIT_BYTES = 100

    answer = sent(desk(), load)

    assert answer.status_code == 422
    assert "The file is too large." in answer.content.decode()


def test_a_form_without_a_file_says_so(desk, load) -> None:
    answer = desk().post("/loads/104882/documents/", {"kind": "POD"})

    assert answer.status_code == 422
    assert "Choose “File”" in answer.content.decode()


def test_a_stop_of_another_load_cannot_be_named(desk, load, ready) -> None:
    other = ready().load.stops.first()

    answer = sent(desk(), load, stop=other.pk)

    assert answer.status_code == 422
    assert not Document.objects.filter(load=load).exists()


def test_a_biller_accepts_and_rejects(desk, load) -> None:
    document = DocumentFactory(load=load)
    browser = desk(Role.BILLER)

    browser.post(f"/documents/{document.pk}/accept/")
    document.refresh_from_db()
    accepted = document.status
    browser.post(f"/documents/{document.pk}/reject/", {"reason": "Signature missing"})
    document.refresh_from_db()

    assert accepted == "ACCEPTED"
    assert (document.status, document.reason) == ("REJECTED", "Signature missing")


def test_a_stale_page_does_not_overrule_a_colleague(desk, load) -> None:
    document = DocumentFactory(load=load)
    browser = desk(Role.BILLER)
    page = browser.get("/loads/104882/").content.decode()
    desk(Role.BILLING_MANAGER).post(
        f"/documents/{document.pk}/reject/", {"reason": "Signature missing", "seen": "RECEIVED"}
    )

    answer = browser.post(f"/documents/{document.pk}/accept/", {"seen": "RECEIVED"}, follow=True)

    document.refresh_from_db()
    assert page.count('name="seen" value="RECEIVED"') == 2
    assert document.status == "REJECTED"
    assert "was rejected by" in answer.content.decode()


def test_a_rejection_needs_a_reason(desk, load) -> None:
    document = DocumentFactory(load=load)

    answer = desk(Role.BILLER).post(
        f"/documents/{document.pk}/reject/", {"reason": " "}, follow=True
    )

    document.refresh_from_db()
    assert document.status == "RECEIVED"
    assert "Say why the document is refused." in answer.content.decode()


def test_accepting_twice_says_that_it_is_done(desk, load) -> None:
    document = DocumentFactory(load=load, status="ACCEPTED")

    answer = desk(Role.BILLER).post(f"/documents/{document.pk}/accept/", follow=True)

    assert "cannot become ACCEPTED" in answer.content.decode()


@pytest.mark.parametrize("action", ["accept", "reject"])
def test_a_dispatcher_does_not_judge_papers(desk, load, action: str) -> None:
    document = DocumentFactory(load=load)

    answer = desk(Role.DISPATCHER).post(f"/documents/{document.pk}/{action}/", {"reason": "x"})

    document.refresh_from_db()
    assert answer.status_code == 403
    assert document.status == "RECEIVED"


def test_a_paper_goes_out_as_it_came_and_runs_nothing(desk, load) -> None:
    script = b"%PDF-1.7 /JavaScript (app.alert(1))"
    document = DocumentFactory(load=load, sha256=store_bytes(script), filename="../../p od\r\n.pdf")

    answer = desk().get(f"/documents/{document.pk}/")

    assert b"".join(answer.streaming_content) == script
    assert answer["Content-Disposition"].startswith("attachment")
    assert "/" not in answer["Content-Disposition"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_a_paper_whose_bytes_are_gone_is_not_found(desk, load) -> None:
    document = DocumentFactory(load=load)

    assert desk().get(f"/documents/{document.pk}/").status_code == 404


def test_a_customer_does_not_reach_the_desks_papers(shipper, load) -> None:
    document = DocumentFactory(load=load, status="ACCEPTED")

    assert sign_in(shipper).get(f"/documents/{document.pk}/").status_code == 403
