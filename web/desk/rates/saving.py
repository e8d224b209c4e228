"""An edit of a draft by a form: shown, saved, or refused beside the fields that are wrong."""

from collections.abc import Callable
from functools import partial
from hashlib import sha256

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from rating.operations.editing import EditRefused
from web.desk.rates.page import page_context
from web.desk.rates.sheet import RateSheet
from web.refusals import Refusal, attempt

REFUSED = 422


def save_edit(
    request: HttpRequest,
    sheet: RateSheet,
    form: forms.Form,
    title: str,
    operation: Callable[[], object],
    *,
    standing: object = None,
    removes: str = "",
) -> HttpResponse:
    """Run an edit once its form can be read; what is refused comes back beside its fields.

    `standing` is what the edit replaces: when it is no longer what the form was filled with,
    nothing is written over. `removes` is the address that takes it away.
    """
    again = partial(
        show_form, request, sheet, form, title, standing=standing, removes=removes, status=REFUSED
    )
    if not form.is_valid():
        return again()
    faults: dict[str, str] = {}
    if request.POST.get("seen", mark(standing)) != mark(standing):
        form.add_error(None, f"{title}: somebody else has changed this. Compare, and save again.")
        return again()
    result = attempt(lambda: _noting(faults, operation))
    if isinstance(result, Refusal):
        for field, sentence in (faults or {result.field: result.sentence}).items():
            form.add_error(field if field in form.fields else None, sentence)
        return again()
    return tell_edit(request, sheet, result, f"{title} saved in v{sheet.version.number}")


def show_form(
    request: HttpRequest,
    sheet: RateSheet,
    form: forms.Form,
    title: str,
    *,
    standing: object = None,
    removes: str = "",
    status: int = 200,
) -> HttpResponse:
    """Show the form of an edit."""
    context = page_context(request, sheet, "desk:rate_accessorials")
    context |= {"form": form, "title": title, "removes": removes, "seen": mark(standing)}
    return render(request, "desk/rates/terms.html", context, status=status)


def mark(standing: object) -> str:
    """Return what tells one state of a thing from another."""
    return sha256(repr(standing).encode()).hexdigest()[:16]


def tell_edit(request: HttpRequest, sheet: RateSheet, result: object, done: str) -> HttpResponse:
    """Go back to the rules, and say what was done or refused."""
    if isinstance(result, Refusal):
        messages.error(request, result.sentence)
    else:
        messages.success(request, done)
    return redirect("desk:rate_accessorials", sheet.card.pk, sheet.version.number)


def _noting(faults: dict[str, str], operation: Callable[[], object]) -> object:
    """Run the edit; keep every fault by field on its way to the refusal, which names one."""
    try:
        return operation()
    except EditRefused as error:
        faults.update(error.faults)
        raise
