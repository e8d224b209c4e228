"""Where a customer's people can go."""

from django.urls import reverse

from accounts.models import Customer, User
from web.desk.navigation import Item

# The pages in the order of the head: view and words.
PAGES = (
    ("portal:shipments", "Shipments"),
    ("portal:invoices", "Invoices"),
    ("portal:statement", "Statement"),
)


def portal_places(user: User) -> tuple[tuple[str, str], ...]:
    """Return view and words of the pages that `user` may open; people are an administrator's."""
    return (*PAGES, ("portal:people", "People")) if user.administered_ids else PAGES


def portal_items(user: User, *, path: str) -> tuple[Item, ...]:
    """Return the portal's pages with the current one marked."""
    pages = [(words, reverse(view)) for view, words in portal_places(user)]
    front = reverse("portal:invoices")
    if not path.startswith(front):
        return tuple(Item(words, at, "") for words, at in pages)
    current = next((at for _, at in pages if at != front and path.startswith(at)), front)
    return tuple(Item(words, at, "", is_current=at == current) for words, at in pages)


def account_name(user: User) -> str:
    """Name the customers a person belongs to; beyond two, count them."""
    customers = Customer.objects.for_user(user).order_by("name")
    names = list(customers.values_list("name", flat=True)[:3])
    return ", ".join(names) if len(names) < 3 else f"{names[0]} and others"
