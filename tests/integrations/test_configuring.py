"""How systems are connected is changed in the open; secrets never stand in the journal."""

from datetime import timedelta

import pytest

from accounts.operations.keying import create_key
from accounts.rules import Scope
from integrations.models import Breaker, EdiPartner, PollCursor, Source
from integrations.operations.breaking import due_probes
from integrations.operations.configuring import (
    KeyOfAnother,
    add_partner,
    ask_now,
    change_partner,
    change_source,
    probe_now,
)
from integrations.operations.polling import due_sources
from journal.models import Event

pytestmark = pytest.mark.django_db

BY = "user:5"


def test_a_change_is_written_and_told_of_with_before_and_after(tms, now) -> None:
    change_source(tms, values={"name": "Prairie TMS", "owner": "M. Ortiz"}, by=BY, at=now)

    tms.refresh_from_db()
    told = Event.objects.get(name="source.changed")
    assert tms.name == "Prairie TMS"
    assert (told.old, told.new) == ({"name": "Cedar TMS"}, {"name": "Prairie TMS"})


def test_what_stays_as_it_is_is_no_change(tms, now) -> None:
    change_source(tms, values={"name": tms.name}, by=BY, at=now)

    assert not Event.objects.filter(name="source.changed").exists()


def test_a_secret_is_told_of_without_being_told(tms, now) -> None:
    change_source(tms, values={"poll_token": "tok_123"}, by=BY, at=now)

    told = Event.objects.get(name="source.changed")
    assert "tok_123" not in str((told.old, told.new))
    assert Source.objects.get().poll_token == "tok_123"


def test_a_key_speaks_for_one_source(tms, edi, now) -> None:
    key, _ = create_key("TMS", scopes=[Scope.EVENTS_WRITE], by=BY, at=now)
    change_source(tms, values={"api_key": key}, by=BY, at=now)

    with pytest.raises(KeyOfAnother, match="speaks for Cedar TMS already"):
        change_source(edi, values={"api_key": key}, by=BY, at=now)

    change_source(tms, values={"api_key": key}, by=BY, at=now)
    assert Event.objects.get(name="source.changed").new == {"api_key": str(key)}


def test_partners_are_added_and_changed_in_the_open(edi, customer, now) -> None:
    values = {"qualifier": "02", "isa_id": "BLRV", "name": "Blue River", "customer": customer}
    partner = add_partner(edi, values=values, by=BY, at=now)

    change_partner(partner, values=values | {"is_active": False}, by=BY, at=now)

    assert not EdiPartner.objects.get(isa_id="BLRV").is_active
    assert Event.objects.get(name="edi_partner.added").new["customer"] == str(customer)
    assert Event.objects.get(name="edi_partner.changed").new == {"is_active": False}


def test_a_source_that_waits_is_asked_at_once(tms, now) -> None:
    Source.objects.update(poll_url="https://tms.example/events")
    PollCursor.objects.create(source=tms, next_poll_at=now + timedelta(hours=1))
    assert due_sources(at=now) == []

    ask_now(tms, by=BY, at=now)

    assert due_sources(at=now) == [tms]
    assert Event.objects.filter(name="source.asked", actor=BY).exists()


def test_an_open_breaker_is_probed_at_once_and_a_closed_one_left_alone(now) -> None:
    soon = now + timedelta(minutes=1)
    opened = Breaker.objects.create(target="erp", status="OPEN", opened_at=now, probe_at=soon)
    closed = Breaker.objects.create(target="index:EIA")

    for breaker in (opened, closed):
        probe_now(breaker, by=BY, at=now)

    assert due_probes(at=now) == ["erp"]
    assert Event.objects.filter(name="breaker.probed").count() == 1
