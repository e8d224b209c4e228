"""Change customers: terms decide what is billed, so every change is told of."""

from collections.abc import Iterable
from datetime import datetime

from accounts.models import Customer
from journal.operations.recording import record


def save_customer(customer: Customer, *, changed: Iterable[str], by: str, at: datetime) -> Customer:
    """Write the fields named by `changed` and record `customer.changed`; nothing when none is.

    What waits for the customer, such as a load of one that was on hold, is looked at again.
    """
    names = sorted(changed)
    if not names:
        return customer
    before = Customer.objects.select_for_update().filter(pk=customer.pk).values(*names).get()
    customer.save(update_fields=names)
    record(
        "customer.changed", subject=customer, customer_id=customer.pk, by=by, at=at,
        old=before, new={name: getattr(customer, name) for name in names},
    )  # fmt: skip
    return customer
