"""The dispatch board."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from web.access import desk
from web.desk.board.polling import new_token
from web.desk.board.sheet import Sheet


@desk()
@require_safe
@vary_on_headers("HX-Request")
def board(request: HttpRequest) -> HttpResponse:
    """Show what needs somebody first, then every open load by where it stands."""
    token = new_token(timezone.now())
    sheet = Sheet(request, at=token.at)
    is_fragment = request.headers.get("HX-Request")
    template = "desk/board/page.html#board" if is_fragment else "desk/board/page.html"
    context: dict[str, object] = {"sheet": sheet, "token": token}
    if sheet.density:
        context["density"] = sheet.density
    return render(request, template, context)
