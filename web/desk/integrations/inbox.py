"""Messages in: what became of each, and the bytes as they came."""

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.rules import APPROVING_ROLES
from integrations.models import InboxMessage, Source
from integrations.operations.correcting import correct_message, settle_ignored
from integrations.operations.replaying import OPEN
from web.access import desk, signed_in
from web.desk.integrations.sections import sections
from web.lists.addresses import Tab, address_with
from web.lists.counts import bounded_count
from web.lists.keyset import Ordering, paginate
from web.refusals import Refusal, attempt

LATEST_FIRST = Ordering("received_at")
RAW_LIMIT = 64 * 1024


# Both forms of a message ask for a reason; their fields are told apart by this.
IGNORING = "ignoring_%s"


class CorrectionForm(forms.Form):
    """An edited copy, and why."""

    body = forms.CharField(
        label="Edited copy",
        strip=False,
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false"}),
        help_text="Read in place of what came, which stays in the inbox to the last byte.",
    )
    reason = forms.CharField(max_length=200, help_text="Stands in the history of both.")


class IgnoreForm(forms.Form):
    """Why nothing is done about a message."""

    reason = forms.CharField(max_length=200, help_text="Stands where the message is listed.")


class InboxFilters(forms.Form):
    """The filters of the inbox, read from the address."""

    status = forms.ChoiceField(required=False, choices=[("", "All"), *InboxMessage.Status.choices])
    source = forms.ModelChoiceField(
        Source.objects.order_by("name"), required=False, empty_label="Any"
    )
    after = forms.CharField(required=False, max_length=200)


@desk()
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """Show a page of messages, latest first."""
    filters = InboxFilters(request.GET)
    if not filters.is_valid():
        raise BadRequest(f"Cannot read {', '.join(filters.errors)}.")
    asked = filters.cleaned_data
    rows = InboxMessage.objects.defer("body", "headers").select_related("source", "load")
    if asked["status"]:
        rows = rows.filter(status=asked["status"])
    if asked["source"]:
        rows = rows.filter(source=asked["source"])
    page = paginate(rows, ordering=LATEST_FIRST, cursor=asked["after"])
    context = {
        "sections": sections("desk:inbox", signed_in(request)),
        "filters": filters,
        "tabs": tabs(request, asked["status"]),
        "page": page,
        "next_href": address_with(request, after=page.next) if page.next else "",
        "previous_href": address_with(request, after=page.previous) if page.previous else "",
    }
    return render(request, "desk/integrations/inbox.html", context)


def tabs(request: HttpRequest, current: str) -> list[Tab]:
    """Return one tab per state with its bounded count."""
    views = [("", "All"), *InboxMessage.Status.choices]
    return [
        Tab(
            str(words),
            bounded_count(InboxMessage.objects.filter(**({"status": value} if value else {}))),
            address_with(request, status=value),
            is_current=value == current,
            is_hot=value == InboxMessage.Status.FAILED,
        )
        for value, words in views
    ]


@desk()
@require_safe
def message_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one message with its raw body."""
    return _page(request, _message(pk))


@desk()
@require_POST
def ignore(request: HttpRequest, pk: int) -> HttpResponse:
    """End a message without acting on it, for a reason."""
    message, form = _message(pk), IgnoreForm(request.POST, auto_id=IGNORING)
    if not form.is_valid():
        return _page(request, message, ignoring=form, status=422)
    by, reason = signed_in(request).actor, form.cleaned_data["reason"]
    result = attempt(lambda: settle_ignored(message, by=by, at=timezone.now(), reason=reason))
    if isinstance(result, Refusal):
        form.add_error(None, result.sentence)
        return _page(request, _message(pk), ignoring=form, status=result.status)
    messages.success(request, f"{message.external_id} is ignored; its bytes stay")
    return redirect("desk:message", pk)


@desk(*APPROVING_ROLES)
@require_POST
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Have an edited copy of a message read; what came stays as it came."""
    message = _message(pk)
    form = CorrectionForm(request.POST)
    if not form.is_valid() or not is_replayable(message):
        return _page(request, message, correcting=form, status=422)
    by, told = signed_in(request).actor, form.cleaned_data
    body = unix_lines(told["body"], like=bytes(message.body))
    result = attempt(
        lambda: correct_message(message, body=body, by=by, at=timezone.now(), reason=told["reason"])
    )
    if isinstance(result, Refusal):
        form.add_error(result.field or None, result.sentence)
        return _page(request, _message(pk), correcting=form, status=result.status)
    messages.success(request, f"{result.external_id} is read in a moment")
    return redirect("desk:message", result.pk)


def is_replayable(message: InboxMessage) -> bool:
    """Tell whether a message can be read again; a published file is asked for anew instead."""
    return message.status in OPEN and message.source.dialect != Source.Dialect.INDEX


def raw_of(body: Any) -> str:
    """Return a body as text, whatever it is kept as."""
    if isinstance(body, dict | list):
        return json.dumps(body, indent=2, ensure_ascii=False, default=str)[:RAW_LIMIT]
    return readable(bytes(body))


def unix_lines(text: str, *, like: bytes) -> bytes:
    """Return what a browser sent with the line ends of the original: a browser sends CR LF."""
    ends = text if b"\r\n" in like else text.replace("\r\n", "\n")
    return ends.encode()


def _message(pk: int) -> InboxMessage:
    return get_object_or_404(InboxMessage.objects.select_related("source", "load"), pk=pk)


def _page(
    request: HttpRequest,
    message: InboxMessage,
    *,
    correcting: CorrectionForm | None = None,
    ignoring: IgnoreForm | None = None,
    status: int = 200,
) -> HttpResponse:
    raw, user = bytes(message.body), signed_in(request)
    can_edit = user.has_role(*APPROVING_ROLES) and is_replayable(message) and _is_text(raw)
    context = {
        "sections": sections("desk:inbox", user),
        "message": message,
        "raw": readable(raw),
        "is_cut": len(raw) > RAW_LIMIT,
        "size": len(raw),
        "can_replay": is_replayable(message),
        "can_edit": can_edit,
        "correcting": correcting or (CorrectionForm(initial=_editable(raw)) if can_edit else None),
        "ignoring": ignoring or IgnoreForm(auto_id=IGNORING),
    }
    return render(request, "desk/integrations/message.html", context, status=status)


def _is_text(raw: bytes) -> bool:
    """Tell whether a form can hold the bytes and give them back."""
    try:
        return len(raw) <= RAW_LIMIT and bool(raw.decode())
    except UnicodeDecodeError:
        return False


def _editable(raw: bytes) -> dict[str, str]:
    return {"body": raw.decode()}


def readable(raw: bytes) -> str:
    """Return a body as text; X12, which comes as one line, is broken after each segment."""
    text = raw[:RAW_LIMIT].decode("utf-8", errors="replace")
    if text.startswith("ISA") and len(text) > 105:
        terminator = text[105]
        if terminator.strip() and "\n" not in text[:400]:
            return text.replace(terminator, f"{terminator}\n")
    return text
