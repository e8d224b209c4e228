"""Papers of a load: filed, judged, taken home."""

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.rules import BILLING_ROLES
from dispatch.events import DocumentFacts
from dispatch.models import Document, Load
from dispatch.operations.filing import (
    Acceptance,
    accept_document,
    file_paper,
    reject_document,
)
from web.access import desk, signed_in
from web.desk.loads.forms import UploadForm
from web.desk.loads.page import LOADS, answer
from web.downloads import send_document
from web.lookups import find_or_404
from web.refusals import Refusal, attempt

SOURCE = "desk"
PAPERS = Document.objects.select_related("load")


@desk()
@require_safe
def download(request: HttpRequest, pk: int) -> FileResponse:
    """Send a paper as it was received."""
    return send_document(request, find_or_404(request, PAPERS, pk=pk))


@desk()
@require_POST
def upload(request: HttpRequest, number: str) -> HttpResponse:
    """File a paper; the same bytes of the same kind are one paper."""
    user = signed_in(request)
    load = find_or_404(request, LOADS, number=number)
    form = UploadForm(request.POST, request.FILES, load=load)
    if not form.is_valid():
        return answer(request, load, upload=form, status=422)
    may_accept = user.has_role(*BILLING_ROLES)
    result = attempt(lambda: file_upload(load, form, by=user.actor, may_accept=may_accept))
    if isinstance(result, Refusal):
        form.add_error("content", result.sentence)
        return answer(request, load, upload=form, status=result.status)
    messages.success(request, f"{result.get_kind_display()} filed on load {load.number}")
    return redirect(f"{_page(load.number)}#documents")


def file_upload(load: Load, form: UploadForm, *, by: str, may_accept: bool) -> Document:
    """File what a valid form holds; who may judge papers accepts it unless told otherwise.

    Raises UploadRefused for what is no paper, whatever its name says.
    """
    told = form.cleaned_data
    facts = DocumentFacts(
        kind=told["kind"],
        filename=told["content"].name,
        content=told["content"].read(),
        stop_sequence=told["stop"].sequence if told["stop"] else None,
        signed_by=told["signed_by"],
        amount=told["amount"],
        receipt_number=told["receipt_number"],
    )
    is_accepted = may_accept and not told["is_for_others"]
    acceptance = Acceptance.AT_ONCE if is_accepted else Acceptance.BY_HAND
    return file_paper(
        load, facts=facts, source=SOURCE, by=by, at=timezone.now(), acceptance=acceptance
    )


@desk(*BILLING_ROLES)
@require_POST
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept a paper: what waited for it goes on."""
    user = signed_in(request)
    document, seen = find_or_404(request, PAPERS, pk=pk), request.POST.get("seen", "")
    result = attempt(lambda: accept_document(document, seen=seen, by=user.actor, at=timezone.now()))
    _say(request, result, f"{document.filename} accepted")
    return redirect(f"{_page(document.load.number)}#documents")


@desk(*BILLING_ROLES)
@require_POST
def reject(request: HttpRequest, pk: int) -> HttpResponse:
    """Reject a paper for a reason: what waited for it waits again."""
    user = signed_in(request)
    document, seen = find_or_404(request, PAPERS, pk=pk), request.POST.get("seen", "")
    reason, now = request.POST.get("reason", "").strip()[:1000], timezone.now()
    result = attempt(
        lambda: reject_document(document, reason=reason, seen=seen, by=user.actor, at=now)
    )
    _say(request, result, f"{document.filename} rejected")
    return redirect(f"{_page(document.load.number)}#documents")


def _say(request: HttpRequest, result: Document | Refusal, done: str) -> None:
    if isinstance(result, Refusal):
        messages.error(request, result.sentence)
    else:
        messages.success(request, done)


def _page(number: str) -> str:
    return reverse("desk:load", args=[number])
