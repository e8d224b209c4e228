"""Where a customer's people can go."""

from django.urls import reverse

from accounts.models import Customer, User
from web.desk.navigation import Item


def portal_items(_user: User, *, path: str) -> tuple[Item, ...]:
    """Return the portal's pages with the current one marked."""
    pages = (("Invoices", "portal:invoices"), ("Shipments", "portal:shipments"))
    current = max((reverse(view) for _, view in pages if path.startswith(reverse(view))), key=len, default="")
    return tuple(
        Item(label, reverse(view), "", is_current=reverse(view) == current) for label, view in pages
    )


def account_name(user: User) -> str:
    """Name the customers a person belongs to; beyond two, count them."""
    names = list(Customer.objects.for_user(user).order_by("name").values_list("name", flat=True)[:3])
    return ", ".join(names) if len(names) < 3 else f"{names[0]} and others"
