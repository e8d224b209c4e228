"""Systems that send to us: connected, changed, paused and given new secrets in the open."""

import json

import pytest
from django.test import Client

from accounts.operations.keying import create_key
from accounts.rules import STAFF_ROLES, Role, Scope
from integrations.models import EdiPartner, InboxMessage, Source
from integrations.operations.connecting import create_source
from journal.models import Event
from tests.factories.doors import push
from tests.web.settings.browsing import form_values, save

pytestmark = pytest.mark.django_db

LIST = "/settings/sources/"
PAGE = "/settings/sources/tms/"
TOLD = {
    "id": "evt-1", "type": "arrived", "occurred_at": "2026-11-19T09:12:00-06:00",
    "load": {"references": [{"kind": "SHIPMENT_ID", "value": "S-1"}]},
}  # fmt: skip


@pytest.fixture
def tms(chief, now) -> Source:
    return create_source("tms", dialect="tms", name="Cedar TMS", owner="Ada", by="user:1", at=now)


@pytest.fixture
def edi(chief, now) -> Source:
    return create_source("edi", dialect="edi", name="Mailbox", owner="Ada", by="user:1", at=now)


def change(keeper, **changes):
    return save(keeper, PAGE, "source-form", f"{PAGE}save/", **changes)


def test_a_connected_system_gets_a_secret_that_is_shown_once_and_opens_its_door(keeper):
    answer = save(
        keeper, f"{LIST}new/", "source-form", slug="harlan", dialect="tms", name="Harlan",
        owner="Ada",
    )  # fmt: skip

    source = Source.objects.get()
    assert source.secret in answer.content.decode()
    assert source.secret not in keeper.get(f"{LIST}harlan/").content.decode()
    assert push(source, TOLD).status_code == 202


def test_a_name_is_given_once(keeper, tms):
    answer = save(
        keeper, f"{LIST}new/", "source-form", slug="tms", dialect="tms", name="X", owner="Ada"
    )

    assert answer.status_code == 422
    assert "Another source has this name" in answer.content.decode()


def test_a_source_that_is_switched_off_is_shut_out_and_comes_back(keeper, tms):
    change(keeper, is_active=None)
    shut = push(tms, TOLD)
    change(keeper, is_active="on")

    assert (shut.status_code, push(tms, TOLD).status_code) == (404, 202)
    page = keeper.get(PAGE).content.decode()
    assert "Taken from <del>Yes</del> <ins>No</ins>" in page


def test_a_key_makes_the_events_api_speak_for_the_source(keeper, tms, now):
    key, secret = create_key("TMS", scopes=[Scope.EVENTS_WRITE], by="user:1", at=now)

    def tell():
        return Client(SERVER_NAME="localhost").post(
            "/api/v1/events/", json.dumps(TOLD), content_type="application/json",
            headers={"Authorization": f"Bearer {secret}"},
        )  # fmt: skip

    before = tell()
    change(keeper, api_key=key.pk)

    assert (before.status_code, tell().status_code) == (403, 202)
    assert InboxMessage.objects.get().source == tms


def test_a_token_is_never_shown_and_stays_when_nothing_is_typed(keeper, tms):
    change(keeper, poll_url="https://tms.example/events", poll_token="tok-1")
    change(keeper, name="Cedar")

    tms.refresh_from_db()
    assert (tms.poll_token, tms.name) == ("tok-1", "Cedar")
    assert "tok-1" not in keeper.get(PAGE).content.decode()
    assert "tok-1" not in str(list(Event.objects.values_list("old", "new")))


def test_a_token_is_not_sent_to_another_host_than_it_was_typed_for(keeper, tms):
    change(keeper, poll_url="https://tms.example/events", poll_token="tok-1")

    change(keeper, poll_url="https://tms.example/v2/events")
    tms.refresh_from_db()
    kept = tms.poll_token
    change(keeper, poll_url="https://elsewhere.example/events")
    tms.refresh_from_db()

    assert (kept, tms.poll_token) == ("tok-1", "")


def test_a_new_secret_is_shown_once_and_the_old_one_believed_for_a_day(keeper, tms):
    old = Source.objects.get()

    answer = keeper.post(f"{PAGE}secret/")

    tms.refresh_from_db()
    assert tms.secret != old.secret
    assert tms.secret in answer.content.decode()
    assert push(old, TOLD).status_code == 202


def test_a_second_administrator_sees_who_was_faster(keeper, chief, tms):
    opened = form_values(keeper.get(PAGE).content, "source-form")
    change(keeper, name="Cedar")

    answer = keeper.post(f"{PAGE}save/", opened | {"name": "Maple"})

    assert answer.status_code == 409
    assert "Changed by Ada Chief at" in answer.content.decode()
    assert Source.objects.get().name == "Cedar"


def test_a_partner_is_added_with_what_is_agreed_and_changed(keeper, edi, customer):
    address = f"{LIST}edi/partners/new/"
    told = {
        "qualifier": "ZZ", "isa_id": "BLRV", "name": "Blue River", "customer": customer.pk,
        "tolerates": ["count_mismatch"], "aliases": "zz=x1\n\nyy=AF",
    }  # fmt: skip

    save(keeper, address, "partner-form", **told)
    again = save(keeper, address, "partner-form", **told)
    partner = EdiPartner.objects.get()
    page = f"{LIST}edi/partners/{partner.pk}/"
    save(keeper, page, "partner-form", is_active=None)

    assert partner.tolerates == ["count_mismatch"]
    assert partner.aliases == {"ZZ": "X1", "YY": "AF"}
    assert "stands here already" in again.content.decode()
    assert not EdiPartner.objects.get().is_active
    assert EdiPartner.objects.get().aliases == partner.aliases
    assert Event.objects.filter(name="edi_partner.changed").get().new == {"is_active": False}


def test_a_line_that_is_no_pair_is_refused(keeper, edi):
    answer = save(
        keeper, f"{LIST}edi/partners/new/", "partner-form", qualifier="ZZ", isa_id="B", name="B",
        aliases="ZZ",
    )  # fmt: skip

    assert answer.status_code == 422
    assert "one pair in each line" in answer.content.decode()


def test_a_published_index_has_neither_door_nor_token(keeper, now, chief):
    create_source("index-eia", dialect="index", name="EIA", owner="Ada", by="user:1", at=now)

    page = keeper.get(f"{LIST}index-eia/").content.decode()

    assert "poll_token" not in page
    assert "New secret" not in page


def test_a_list_of_sources_costs_the_same_however_many(keeper, now, django_assert_num_queries):
    with django_assert_num_queries(9):
        keeper.get(LIST)
    for n in range(4):
        create_source(f"s{n}", dialect="tms", by="user:1", at=now)

    with django_assert_num_queries(9):
        keeper.get(LIST)


@pytest.mark.parametrize("role", sorted(STAFF_ROLES - {Role.ADMINISTRATOR}))
def test_only_administrators_connect_systems(desk, tms, role):
    browser = desk(role)

    assert browser.get(LIST).status_code == 403
    assert browser.get(PAGE).status_code == 403
    assert browser.post(f"{PAGE}secret/").status_code == 403


def test_the_company_is_shown_to_those_who_decide_on_money(managing, carrier, desk):
    page = managing.get("/settings/company/").content.decode()

    assert "Cedar Ridge Freight, PO Box 7719" in page
    assert "INV-118000" in page
    assert desk(Role.BILLER).get("/settings/company/").status_code == 403
