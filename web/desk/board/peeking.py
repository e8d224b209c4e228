"""A look at a load beside the board."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from dispatch.models import Load
from web.access import desk
from web.desk.board.rows import SHOWN_WITH, BoardRow, last_heard
from web.lookups import find_or_404


@desk()
@require_safe
@vary_on_headers("HX-Request")
def peek(request: HttpRequest, number: str) -> HttpResponse:
    """Show what a dispatcher asks for first; by itself the address leads to the load's page."""
    load = find_or_404(request, Load.objects.select_related(*SHOWN_WITH), number=number)
    if not request.headers.get("HX-Request"):
        return redirect("desk:load", number)
    row = BoardRow(
        load=load,
        band="",
        at=timezone.now(),
        stops=list(load.stops.exclude(status="SKIPPED").order_by("sequence")),
        last=last_heard([load.pk]).get(load.pk),
    )
    references = load.references.order_by("pk")
    return render(request, "desk/board/peek.html", {"row": row, "references": references})
