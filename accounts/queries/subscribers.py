"""How soon people want to be told of something."""

from collections.abc import Iterable

from accounts.models import NoticePreference, User
from accounts.rules.notices import Cadence, find_notice


def cadences_of(people: Iterable[User], topic: str) -> dict[int, Cadence]:
    """Return for each person how soon a topic is told, in one query."""
    ids = [person.pk for person in people]
    said = dict(
        NoticePreference.objects.filter(topic=topic, person__in=ids).values_list(
            "person_id", "cadence"
        )
    )
    default = find_notice(topic).default
    return {pk: Cadence(said.get(pk, default)) for pk in ids}


def preferences_of(person: User) -> dict[str, Cadence]:
    """Return what a person has said about topics; what is not there is as by default."""
    rows = NoticePreference.objects.filter(person=person)
    return {topic: Cadence(cadence) for topic, cadence in rows.values_list("topic", "cadence")}
