"""Keys: the secret is shown once, what is not ticked is refused, and an end is an end."""

import json

import pytest
from django.test import Client

from accounts.models import APIKey
from tests.web.settings.browsing import save

pytestmark = pytest.mark.django_db

LIST = "/settings/keys/"


def make(keeper, **told) -> tuple[APIKey, str]:
    """Make a key on its page and return it with its secret."""
    fields = {"name": "Harlan TMS", "scopes": ["loads:read"], "requests_per_minute": 600} | told
    answer = keeper.post(f"{LIST}make/", fields)
    assert answer.status_code == 200, answer.context["form"].errors
    return answer.context["made"], answer.context["secret"]


def ask(secret: str, address: str = "/api/v1/loads/", **how):
    return Client(SERVER_NAME="localhost").get(
        address, headers={"Authorization": f"Bearer {secret}"}, **how
    )


def test_the_secret_is_shown_once_and_opens_what_was_ticked(keeper):
    key, secret = make(keeper)

    shown_again = keeper.get(LIST).content.decode()
    assert secret.startswith("lk_")
    assert secret not in shown_again
    assert key.prefix in shown_again
    assert ask(secret).status_code == 200
    assert ask(secret, "/api/v1/invoices/").status_code == 403


def test_a_secret_is_kept_by_no_cache(keeper):
    answer = keeper.post(
        f"{LIST}make/", {"name": "K", "scopes": ["loads:read"], "requests_per_minute": 9}
    )

    assert "no-store" in answer["Cache-Control"]


def test_a_customers_key_sees_the_customers_loads_alone(keeper, customer, load):
    _, theirs = make(keeper, customer=customer.pk)
    other = type(customer).objects.create(
        code="OTHR-1", name="Other", email="a@x.example", created_at=load.created_at
    )
    _, strangers = make(keeper, customer=other.pk)

    assert [row["number"] for row in ask(theirs).json()["data"]] == ["104882"]
    assert ask(strangers).json()["data"] == []


def test_a_key_ends_after_its_last_day_on_the_makers_clock(keeper, now, time_machine_at):
    key, secret = make(keeper, expires_on="2026-11-20")

    assert f"{key.expires_at:%Y-%m-%d %H:%M}" == "2026-11-21 06:00"
    with time_machine_at("2026-11-21T05:59:00Z"):
        assert ask(secret).status_code == 200
    with time_machine_at("2026-11-21T06:00:00Z"):
        assert "expired on 2026-11-21" in ask(secret).json()["detail"]


def test_a_day_that_is_over_is_refused(keeper):
    answer = keeper.post(
        f"{LIST}make/",
        {"name": "K", "scopes": ["loads:read"], "requests_per_minute": 9,
         "expires_on": "2026-11-18"},
    )  # fmt: skip

    assert answer.status_code == 422
    assert "That day is over" in answer.content.decode()
    assert not APIKey.objects.exists()


def test_a_key_without_scopes_is_not_made(keeper):
    answer = keeper.post(f"{LIST}make/", {"name": "K", "requests_per_minute": 9})

    assert answer.status_code == 422
    assert not APIKey.objects.exists()


def test_a_revoked_key_is_refused_with_a_clear_word_and_the_history_says_why(keeper):
    key, secret = make(keeper)
    assert ask(secret).status_code == 200

    save(keeper, f"{LIST}{key.pk}/", "revoke-form", f"{LIST}{key.pk}/revoke/", reason="Laptop lost")

    answer = ask(secret)
    page = keeper.get(f"{LIST}{key.pk}/").content.decode()
    assert answer.status_code == 401
    assert f"{key.prefix}… was revoked on 2026-11-19" in json.loads(answer.content)["detail"]
    assert "Laptop lost" in page
    assert "revoke-form" not in page


def test_a_limit_counts_from_the_next_request_on(keeper):
    key, secret = make(keeper)

    save(keeper, f"{LIST}{key.pk}/", "limit-form", f"{LIST}{key.pk}/limit/", requests_per_minute=1)

    assert [ask(secret).status_code for _ in range(2)] == [200, 429]
    page = keeper.get(f"{LIST}{key.pk}/").content.decode()
    assert "<del>600</del> <ins>1</ins>" in page


def test_the_list_says_when_a_key_was_used_and_costs_the_same(keeper, django_assert_num_queries):
    _, secret = make(keeper)
    assert "Never" in keeper.get(LIST).content.decode()
    ask(secret)

    assert "Nov 19" in keeper.get(LIST).content.decode()
    with django_assert_num_queries(10):
        keeper.get(LIST)
    for _ in range(3):
        make(keeper)
    with django_assert_num_queries(10):
        keeper.get(LIST)
