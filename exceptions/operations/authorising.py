"""Who may decide a case."""

from collections.abc import Collection

from accounts.models import User
from accounts.rules import Role
from exceptions.queries.people import find_person


class NotAllowed(Exception):
    """The actor may not decide this; says who may."""

    status = 403
    code = "role"


def require_role(by: str, roles: Collection[Role]) -> User:
    """Return the person behind `by`, who has one of `roles`.

    Raises:
        NotAllowed: `by` is no active person, or has none of the roles.
    """
    person = find_person(by)
    if person is None or not person.has_role(*roles):
        named = ", ".join(sorted(roles))
        raise NotAllowed(f"Only a person with one of these roles may decide this: {named}.")
    return person
