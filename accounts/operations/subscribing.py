"""Say how soon one is told of something."""

from collections.abc import Mapping
from datetime import datetime

from accounts.models import NoticePreference, User
from accounts.operations.scoping import own_scope
from accounts.queries.subscribers import preferences_of
from accounts.rules.notices import Cadence, find_notice
from journal.operations.recording import record


def choose_notices(person: User, *, told: Mapping[str, Cadence], by: str, at: datetime) -> None:
    """Keep how soon a person is told of each topic in `told`; record `person.notices_chosen`.

    Nothing is written when nothing differs. Raises LookupError for a topic that there is not.
    """
    User.objects.select_for_update().get(pk=person.pk)
    said = preferences_of(person)
    before = {topic: said.get(topic, find_notice(topic).default) for topic in told}
    changed = {topic: cadence for topic, cadence in told.items() if cadence != before[topic]}
    for topic, cadence in changed.items():
        NoticePreference.objects.update_or_create(
            person=person, topic=topic, defaults={"cadence": cadence}
        )
    if changed:
        with own_scope():
            record(
                "person.notices_chosen", subject=person, by=by, at=at,
                old={topic: before[topic] for topic in changed}, new=changed,
            )  # fmt: skip
