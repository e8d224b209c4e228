"""Where a customer's people can go."""

from django.urls import reverse

from accounts.models import Customer, User
from web.desk.navigation import Item

# The pages in the order of the head: name in the address book, words, and where each begins.
PAGES = (
    ("shipments", "Shipments"),
    ("invoices", "Invoices"),
    ("statement", "Statement"),
)


def portal_items(user: User, *, path: str) -> tuple[Item, ...]:
    """Return the portal's pages with the current one marked; people are an administrator's."""
    pages = [(words, reverse(f"portal:{name}")) for name, words in PAGES]
    if user.administered_ids:
        pages.append(("People", reverse("portal:people")))
    front = reverse("portal:invoices")
    current = next((at for _, at in pages if at != front and path.startswith(at)), front)
    return tuple(Item(words, at, "", is_current=at == current) for words, at in pages)


def account_name(user: User) -> str:
    """Name the customers a person belongs to; beyond two, count them."""
    customers = Customer.objects.for_user(user).order_by("name")
    names = list(customers.values_list("name", flat=True)[:3])
    return ", ".join(names) if len(names) < 3 else f"{names[0]} and others"
