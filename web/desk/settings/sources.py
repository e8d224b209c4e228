"""Systems that send to us, and the EDI partners behind them."""

from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.rules import ADMINISTRATING_ROLES
from integrations.models import EdiPartner, PollCursor, Source
from integrations.operations.configuring import add_partner, change_partner, change_source
from integrations.operations.connecting import create_source, rotate_secret
from web.access import desk, signed_in
from web.desk.settings.changes import (
    StandingForm,
    history_of,
    newest_change,
    wording_of,
)
from web.desk.settings.source_forms import (
    NewSourceForm,
    PartnerForm,
    SourceForm,
    partner_initial,
)
from web.refusals import Refusal, attempt

SOURCE_EVENTS = {
    "source.created": "connected it",
    "source.changed": "changed",
    "source.asked": "asked it at once",
    "source.secret_changed": "gave it a new secret",
    "edi_partner.added": "added the partner",
    "edi_partner.changed": "changed the partner",
}


@desk(*ADMINISTRATING_ROLES)
@require_safe
def source_list(request: HttpRequest) -> HttpResponse:
    """Show every system that sends to us."""
    rows = Source.objects.select_related("default_customer", "api_key")
    polled = dict(PollCursor.objects.values_list("source", "polled_at"))
    sources = [(source, polled.get(source.pk)) for source in rows.order_by("name", "pk")]
    return render(request, "desk/settings/sources.html", {"sources": sources})


@desk(*ADMINISTRATING_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def new_source(request: HttpRequest) -> HttpResponse:
    """Connect a system; the secret it signs with is shown once."""
    form = NewSourceForm(request.POST or None, initial={"is_active": True})
    if request.method != "POST" or not form.is_valid():
        status = 422 if form.errors else 200
        return render(request, "desk/settings/source_new.html", {"form": form}, status=status)
    values, by, now = form.values(), signed_in(request).actor, timezone.now()
    slug, dialect = values.pop("slug"), values.pop("dialect")
    source = create_source(
        slug,
        dialect=dialect,
        name=values["name"],
        owner=values["owner"],
        customer=values["default_customer"],
        by=by,
        at=now,
    )
    source = change_source(source, values=values, by=by, at=now)
    return _page(request, source, secret=source.secret)


@desk(*ADMINISTRATING_ROLES)
@require_safe
def source_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show how one system is connected."""
    return _page(request, _source(slug))


@desk(*ADMINISTRATING_ROLES)
@require_POST
def save_source(request: HttpRequest, slug: str) -> HttpResponse:
    """Change how a system is connected."""
    source = _source(slug)
    form = SourceForm(request.POST, source=source)
    if not form.is_valid():
        return _page(request, source, form=form, status=422)
    result = attempt(lambda: _write(request, source, form))
    if isinstance(result, Refusal):
        form.add_error(result.field or None, result.sentence)
        form.show_seen(source)
        return _page(request, _source(slug), form=form, status=result.status)
    messages.success(request, f"{source.name}: saved")
    return redirect("desk:settings_source", slug)


@desk(*ADMINISTRATING_ROLES)
@require_POST
def new_secret(request: HttpRequest, slug: str) -> HttpResponse:
    """Give a system a new secret and show it once; the old one is believed for a day."""
    source = rotate_secret(_source(slug), by=signed_in(request).actor, at=timezone.now())
    return _page(request, source, secret=source.secret)


@desk(*ADMINISTRATING_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def new_partner(request: HttpRequest, slug: str) -> HttpResponse:
    """Take interchanges of one more sender."""
    source = _source(slug)
    form = PartnerForm(request.POST or None, initial={"is_active": True})
    if request.method != "POST" or not form.is_valid():
        return _partner(request, source, form, status=422 if form.errors else 200)
    told = form.cleaned_data
    if _is_known(source, told["qualifier"], told["isa_id"]):
        form.add_error("isa_id", "This sender stands here already.")
        return _partner(request, source, form, status=422)
    by = signed_in(request).actor
    partner = add_partner(source, values=form.values(), by=by, at=timezone.now())
    messages.success(request, f"{partner.name} is taken from")
    return redirect("desk:settings_source", slug)


@desk(*ADMINISTRATING_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def partner_page(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Show and change what is agreed with an EDI partner."""
    source = _source(slug)
    partner = get_object_or_404(EdiPartner, pk=pk, source=source)
    if request.method != "POST":
        seen = newest_change(partner)
        form = PartnerForm(initial=partner_initial(partner) | {"seen": seen.pk if seen else None})
        return _partner(request, source, form, partner=partner)
    form = PartnerForm(request.POST)
    if form.is_valid():
        told = form.cleaned_data
        if _is_known(source, told["qualifier"], told["isa_id"], but=partner):
            form.add_error("isa_id", "Another partner has this sender.")
    if not form.is_valid():
        return _partner(request, source, form, partner=partner, status=422)
    result = attempt(lambda: _write(request, partner, form))
    if isinstance(result, Refusal):
        form.add_error(result.field or None, result.sentence)
        form.show_seen(partner)
        return _partner(request, source, form, partner=partner, status=result.status)
    messages.success(request, f"{partner.name}: saved")
    return redirect("desk:settings_source", slug)


def _write(request: HttpRequest, row: Any, form: Any) -> None:
    """Write what a valid form says unless somebody was faster."""
    _check_unseen(request, row, form)
    change = change_source if isinstance(row, Source) else change_partner
    change(row, values=form.values(), by=signed_in(request).actor, at=timezone.now())


def _check_unseen(request: HttpRequest, row: Model, form: StandingForm) -> None:
    held = type(row)._default_manager.select_for_update(of=("self",)).get(pk=row.pk)
    form.check_unseen(held, zone=signed_in(request).timezone)


def _is_known(
    source: Source, qualifier: str, isa_id: str, *, but: EdiPartner | None = None
) -> bool:
    same = EdiPartner.objects.filter(source=source, qualifier=qualifier, isa_id=isa_id)
    return (same.exclude(pk=but.pk) if but else same).exists()


def _source(slug: str) -> Source:
    return get_object_or_404(Source, slug=slug)


@never_cache
def _page(
    request: HttpRequest,
    source: Source,
    *,
    form: SourceForm | None = None,
    secret: str = "",
    status: int = 200,
) -> HttpResponse:
    newest = newest_change(source)
    fields = [name for name in SourceForm.base_fields if name not in {"seen", "poll_token"}]
    initial = {name: getattr(source, name) for name in fields} | {
        "seen": newest.pk if newest else None
    }
    partners = list(EdiPartner.objects.filter(source=source).select_related("customer"))
    context = {
        "source": source,
        "form": form or SourceForm(initial=initial, source=source),
        "partners": sorted(partners, key=lambda each: each.name),
        "takes_partners": source.dialect in {Source.Dialect.EDI, Source.Dialect.MIXED},
        "has_door": source.dialect != Source.Dialect.INDEX,
        "secret": secret,
        "door": request.build_absolute_uri(f"/in/webhooks/{source.slug}/"),
        "history": history_of([source, *partners], wording_of(SourceForm, events=SOURCE_EVENTS)),
    }
    return render(request, "desk/settings/source.html", context, status=status)


def _partner(
    request: HttpRequest,
    source: Source,
    form: PartnerForm,
    *,
    partner: EdiPartner | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "source": source,
        "form": form,
        "partner": partner,
        "history": history_of(
            [partner] if partner else [], wording_of(PartnerForm, events=SOURCE_EVENTS)
        ),
    }
    return render(request, "desk/settings/partner.html", context, status=status)
