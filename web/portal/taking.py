"""Take many invoices home at once."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from billing.models import Invoice
from dispatch.models import Load
from web.access import portal, signed_in
from web.portal.bundles import LIMIT, bundle_of, stream
from web.portal.filters import read_filters


@portal
@require_safe
def invoices_zip(request: HttpRequest) -> HttpResponseBase:
    """Send the chosen invoices, or without a choice those of the list's address, in one ZIP.

    An invoice that is not there and one that is not the reader's are both not found.
    """
    numbers = set(request.GET.getlist("invoice"))
    if "chosen" in request.GET and not numbers:
        messages.error(request, "Select the invoices first, then download them.")
        return redirect("portal:invoices")
    if len(numbers) > LIMIT:
        return _too_many(request)
    chosen = list(_chosen(request, numbers)[: LIMIT + 1])
    if len(chosen) > LIMIT:
        return _too_many(request)
    if not chosen or len(chosen) < len(numbers):
        raise Http404
    response = StreamingHttpResponse(stream(bundle_of(chosen)), content_type="application/zip")
    response["Content-Disposition"] = 'attachment; filename="invoices.zip"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _chosen(request: HttpRequest, numbers: set[str]) -> QuerySet[Invoice]:
    user = signed_in(request)
    invoices = Invoice.objects.for_user(user).only("pk", "number").order_by("pk")
    if numbers:
        return invoices.filter(number__in=numbers)
    return read_filters(request.GET).narrow(invoices, loads=Load.objects.for_user(user))


def _too_many(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/too_many.html", {"limit": LIMIT}, status=422)
