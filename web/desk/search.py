"""Search: a page of what starts with the words, or the same as the list of the command palette."""

from dataclasses import dataclass, field

from django import forms
from django.core.exceptions import BadRequest
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.models import Customer, User
from billing.models import Invoice
from dispatch.models import Load
from exceptions.models import Case
from rating.models import RateCard
from web.access import desk, signed_in
from web.desk.navigation import Place, places_for
from web.desk.settings.frame import sections_for
from web.lists.searching import (
    matching_customers,
    matching_invoice_ids,
    matching_load_ids,
    numbered,
)
from web.templatetags.lanes import place

SHOWN = 20
SHOWN_IN_PALETTE = 6


class SearchForm(forms.Form):
    """What is looked for."""

    q = forms.CharField(required=False, max_length=60)


@desk()
@require_safe
@vary_on_headers("HX-Request")
def search(request: HttpRequest) -> HttpResponse:
    """Find pages and records by how they begin; one hit is opened at once, as a page.

    htmx gets the options of the palette's listbox.
    """
    form = SearchForm(request.GET)
    if not form.is_valid():
        raise BadRequest("The search cannot be read.")
    text, user = form.cleaned_data["q"], signed_in(request)
    if request.headers.get("HX-Request"):
        groups = palette_groups(user, text)
        return render(request, "desk/palette.html", {"search_text": text, "groups": groups})
    found = find_all(user, text, most=SHOWN) if text else Found()
    hits = [hit for group in groups_of(found) for hit in group.hits]
    if len(hits) == 1:
        return redirect(hits[0].href)
    return render(request, "desk/search.html", {"search_text": text, "found": found})


@dataclass(frozen=True, slots=True)
class Found:
    """The first hits of each kind, newest first."""

    pages: list[Place] = field(default_factory=list)
    loads: list[Load] = field(default_factory=list)
    invoices: list[Invoice] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    customers: list[Customer] = field(default_factory=list)
    cards: list[RateCard] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing to go to."""

    words: str
    href: str
    icon: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class HitGroup:
    """Hits of one kind."""

    title: str
    hits: list[Hit]


def palette_groups(user: User, text: str) -> list[HitGroup]:
    """Return what the palette lists below the actions of the page; without words every page."""
    if not text:
        return groups_of(Found(pages=pages_for(user)))
    return groups_of(find_all(user, text, most=SHOWN_IN_PALETTE))


def pages_for(user: User) -> list[Place]:
    """Return every page of the desk and of the settings that `user` may open."""
    groups = [*places_for(user).values(), *sections_for(user).values()]
    return [place for places in groups for place in places]


def find_all(user: User, text: str, *, most: int) -> Found:
    """Return what starts with `text`, of all that the person may see, in a fixed number of queries.

    Pages and rate cards are found by the start of any word of their name.
    """
    text = text.strip()
    loads = Load.objects.for_user(user)
    load_ids = matching_load_ids(loads, text, most=most)
    invoices = Invoice.objects.for_user(user)
    invoice_ids = matching_invoice_ids(invoices, text, load_ids=load_ids, most=most)
    invoices = invoices.filter(pk__in=invoice_ids).select_related("customer", "state")
    cases = Case.objects.for_user(user).filter(numbered(text)).select_related("load")
    cards = RateCard.objects.filter(Q(name__istartswith=text) | Q(name__icontains=f" {text}"))
    loads = loads.filter(pk__in=load_ids).select_related("customer")
    return Found(
        pages=[each for each in pages_for(user) if has_word(each.label, text)],
        loads=list(loads.order_by("-pk")),
        invoices=list(invoices.defer("snapshot").order_by("-pk")),
        cases=list(cases.order_by("-pk")[:most]),
        customers=list(matching_customers(text).order_by("name")[:most]),
        cards=list(cards.select_related("customer").order_by("name")[:most]),
    )


def has_word(words: str, text: str) -> bool:
    """Tell whether one of `words`, or their whole, starts with `text`, whatever the case."""
    return f" {words}".lower().find(f" {text.lower()}") >= 0


def groups_of(found: Found) -> list[HitGroup]:
    """Return the hits by kind, without kinds that have none."""
    kinds = {
        "Go to": [Hit(each.label, reverse(each.view), each.icon) for each in found.pages],
        "Customers": [
            Hit(each.name, f"{reverse('desk:loads')}?customer={each.pk}", "user", each.code)
            for each in found.customers
        ],
        "Loads": [load_hit(load) for load in found.loads],
        "Invoices": [
            Hit(each.number, reverse("desk:invoice", args=[each.number]), "invoice",
                each.customer.name)
            for each in found.invoices
        ],
        "Exceptions": [
            Hit(each.number, reverse("desk:case", args=[each.number]), "inbox", each.title)
            for each in found.cases
        ],
        "Rate cards": [
            Hit(each.name, reverse("desk:rate_open", args=[each.pk]), "tag",
                each.customer.name if each.customer else "For everybody")
            for each in found.cards
        ],
    }  # fmt: skip
    return [HitGroup(title, hits) for title, hits in kinds.items() if hits]


def load_hit(load: Load) -> Hit:
    """Return a load as a hit, with whose it is and where it goes."""
    href = reverse("desk:load", args=[load.number])
    return Hit(load.number, href, "truck", f"{load.customer.name}, {place(load)}")
