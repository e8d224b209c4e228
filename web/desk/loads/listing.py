"""The list of loads."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from dispatch.models import Load
from web.access import desk, signed_in
from web.desk.loads.filters import VIEWS, LoadFilters, read_filters
from web.lists.addresses import Chip, Tab, address_with
from web.lists.counts import bounded_counts, shown
from web.lists.keyset import Ordering, paginate

NEWEST_FIRST = Ordering("pk")


@desk()
@require_safe
@vary_on_headers("HX-Request")
def load_list(request: HttpRequest) -> HttpResponse:
    """Show a page of loads, newest first."""
    filters = read_filters(request.GET)
    loads = Load.objects.for_user(signed_in(request))
    rows = filters.narrow(loads).select_related("customer", "carrier", "driver", "billing")
    page = paginate(rows, ordering=NEWEST_FIRST, cursor=filters.cleaned_data["after"])
    context = {
        "filters": filters,
        "tabs": tabs(request, filters),
        "chips": chips(request, filters),
        "page": page,
        "next_href": address_with(request, after=page.next) if page.next else "",
        "previous_href": address_with(request, after=page.previous) if page.previous else "",
        "refresh_href": request.get_full_path(),
    }
    is_fragment = request.headers.get("HX-Request")
    template = "desk/loads/list.html#rows" if is_fragment else "desk/loads/list.html"
    return render(request, template, context)


def tabs(request: HttpRequest, filters: LoadFilters) -> list[Tab]:
    """Return the views of the list, each counted up to a thousand."""
    loads = Load.objects.for_user(signed_in(request))
    counts = bounded_counts([loads.filter(**kept) for _, kept in VIEWS.values()])
    current = filters.cleaned_data["view"]
    return [
        Tab(words, shown(count), address_with(request, view=key), is_current=key == current)
        for (key, (words, _)), count in zip(VIEWS.items(), counts, strict=True)
    ]


def chips(request: HttpRequest, filters: LoadFilters) -> list[Chip]:
    """Return the filters in force, each with the address that drops it."""
    asked = filters.cleaned_data
    in_force = (
        ("status", "Status", asked["status"] and Load.Status(asked["status"]).label),
        ("customer", "Customer", asked["customer"] and asked["customer"].name),
        ("q", "Starts with", asked["q"]),
    )
    return [
        Chip(words, str(value), address_with(request, **{name: ""}))
        for name, words, value in in_force
        if value
    ]
