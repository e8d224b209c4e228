"""Where a customer's people can go."""

from django.urls import reverse

from accounts.models import Customer, User
from web.desk.navigation import Item


def portal_items(_user: User, *, path: str) -> tuple[Item, ...]:
    """Return the portal's pages with the current one marked."""
    shipments = reverse("portal:shipments")
    is_shipment = path.startswith(shipments)
    return (
        Item("Invoices", reverse("portal:invoices"), "", is_current=not is_shipment),
        Item("Shipments", shipments, "", is_current=is_shipment),
    )


def account_name(user: User) -> str:
    """Name the customers a person belongs to; beyond two, count them."""
    customers = Customer.objects.for_user(user).order_by("name")
    names = list(customers.values_list("name", flat=True)[:3])
    return ", ".join(names) if len(names) < 3 else f"{names[0]} and others"
