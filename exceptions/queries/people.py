"""Who stands behind an actor of the journal."""

from accounts.models import User


def find_person(actor: str) -> User | None:
    """Return the person behind `user:12`, or None for a rule, a source or a key."""
    kind, _, number = actor.partition(":")
    if kind != "user" or not number.isdigit():
        return None
    return User.objects.filter(pk=int(number), is_active=True).first()


def name_of(actor: str) -> str:
    """Return a person's name, or the actor as it is written."""
    person = find_person(actor)
    return person.name if person else actor
