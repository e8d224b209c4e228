"""What must always hold of who may see what."""

from django.apps import apps
from django.db.models import Model

from accounts.models import APIKey, Membership, ScopedQuerySet
from journal.queries.invariants import Invariant, Walk

# They are looked at to find out who asks, before anything can be hidden from anybody.
READ_FIRST = (APIKey, Membership)


def scoped_tables() -> list[str]:
    """Return the tables of all models whose rows belong to a customer, by whatever they say so."""
    return sorted(
        model._meta.db_table
        for model in apps.get_models()
        if model not in READ_FIRST and _is_of_customers(model)
    )


def _is_of_customers(model: type[Model]) -> bool:
    is_scoped = isinstance(model._default_manager.all(), ScopedQuerySet)
    return is_scoped or any(field.attname == "customer_id" for field in model._meta.concrete_fields)


INVARIANTS: tuple[Invariant | Walk, ...] = (
    Invariant(
        "I19",
        "Every table of a customer's rows shows them to that customer alone.",
        """
        SELECT count(*) FROM unnest(%s::text[]) AS t(name)
        WHERE NOT EXISTS (
            SELECT 1 FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid
            WHERE c.oid = to_regclass(t.name) AND c.relrowsecurity
              AND p.polcmd = '*' AND p.polwithcheck IS NOT NULL
              AND pg_get_expr(p.polqual, p.polrelid) LIKE '%%journal_may_see%%')
        """,
        (scoped_tables(),),
    ),
    Invariant(
        "I19",
        "No customer's person works on the desk as well.",
        """
        SELECT count(DISTINCT m.user_id) FROM accounts_membership m
        JOIN accounts_user_groups ug ON ug.user_id = m.user_id
        JOIN auth_group g ON g.id = ug.group_id
        WHERE g.name <> 'customer'
        """,
    ),
    Invariant(
        "I19",
        "Every key is kept as a hash and nothing else, and speaks for scopes it was given.",
        """
        SELECT count(*) FROM accounts_apikey
        WHERE hash !~ '^[0-9a-f]{64}$' OR cardinality(scopes) = 0 OR length(prefix) > 12
        """,
    ),
)
