"""Who did it is said in words."""

import pytest

from accounts.operations.keying import create_key
from accounts.rules import Scope
from tests.factories import UserFactory
from web.actors import Cast, machine_name


@pytest.mark.parametrize(
    ("actor", "name"),
    [
        ("rule:pod_accepted", "POD accepted rule"),
        ("source:tms", "TMS"),
        ("source:demo-tms", "Demo TMS"),
        ("source:edi214", "EDI 214"),
        ("system:sweeper", "Lading sweeper"),
        ("system:", "Lading"),
        ("user:12", "12"),
    ],
)
def test_a_machine_is_named_by_what_it_is(actor: str, name: str) -> None:
    assert machine_name(actor) == name


@pytest.mark.django_db
def test_all_people_are_named_in_one_query(django_assert_num_queries) -> None:
    rita, dana = UserFactory(name="Rita Solano"), UserFactory(name="Dana Whitfield")

    with django_assert_num_queries(1):
        cast = Cast([rita.actor, dana.actor, "rule:readiness", rita.actor])

    names = [cast.actor(a).name for a in (rita.actor, dana.actor, "rule:readiness", "user:0")]
    assert names == ["Rita Solano", "Dana Whitfield", "Readiness rule", "0"]
    assert cast.actor(rita.actor).initials == "RS"


@pytest.mark.django_db
def test_a_key_is_named_as_its_owner_named_it(now) -> None:
    key, _secret = create_key("Driver app", scopes=[Scope.EVENTS_WRITE], by="user:1", at=now)

    assert Cast([key.actor]).actor(key.actor).name == "Driver app"
