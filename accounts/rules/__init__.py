"""Roles and scopes: who may do what, as plain data."""

from enum import StrEnum


class Role(StrEnum):
    """A person's role is the group of that name."""

    DISPATCHER = "dispatcher"
    BILLER = "biller"
    BILLING_MANAGER = "billing manager"
    ADMINISTRATOR = "administrator"
    CUSTOMER = "customer"


STAFF_ROLES = frozenset(Role) - {Role.CUSTOMER}
BILLING_ROLES = frozenset({Role.BILLER, Role.BILLING_MANAGER, Role.ADMINISTRATOR})
APPROVING_ROLES = frozenset({Role.BILLING_MANAGER, Role.ADMINISTRATOR})
# Who may see, and tell, what a load costs and leaves.
COST_ROLES = frozenset({Role.DISPATCHER, Role.BILLING_MANAGER, Role.ADMINISTRATOR})


# Who keeps people, sources and keys.
ADMINISTRATING_ROLES = frozenset({Role.ADMINISTRATOR})


class Scope(StrEnum):
    """What an API key may do."""

    EVENTS_WRITE = "events:write"
    LOADS_READ = "loads:read"
    LOADS_WRITE = "loads:write"
    INVOICES_READ = "invoices:read"
    INVOICES_WRITE = "invoices:write"
    CASES_READ = "cases:read"
    CASES_WRITE = "cases:write"
    QUOTES_READ = "quotes:read"
    RATES_READ = "rates:read"
    RATES_WRITE = "rates:write"
    # What loads cost and leave; opens nothing to a customer's key.
    COSTS_READ = "costs:read"
