"""Who bills: shown, since documents that were issued carry it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.rules import APPROVING_ROLES
from billing.models import LegalEntity
from web.access import desk


@desk(*APPROVING_ROLES)
@require_safe
def company(request: HttpRequest) -> HttpResponse:
    """Show the legal entities with their series, where to pay, and their tax registrations."""
    entities = LegalEntity.objects.prefetch_related("series", "tax_registrations").order_by("pk")
    return render(request, "desk/settings/company.html", {"entities": entities})
