from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.http import Http404
from django.utils import timezone
from rest_framework import exceptions, serializers
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from accounts.api.keys import KeyAuthentication
from accounts.api.problems import PROBLEM, problem
from accounts.operations.keying import create_key, revoke_key
from accounts.rules import Scope
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db


class Whoami(APIView):
    """Says which key calls, and which rows it sees."""

    scope = {"GET": Scope.LOADS_READ, "POST": Scope.LOADS_WRITE}

    def get(self, request):
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('lading.customers')")
            (rows,) = cursor.fetchone()
        return Response({"key": request.user.name, "rows": rows})

    def post(self, request):
        return Response({})


class Doorless(APIView):
    """Forgot to name a scope."""

    def get(self, request):
        return Response({})


def call(secret: str = "", *, method: str = "get", view: type[APIView] = Whoami, **headers):
    if secret:
        headers["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
    request = getattr(APIRequestFactory(), method)("/", **headers)
    return view.as_view()(request).render()


@pytest.fixture
def key(now):
    return create_key("TMS", scopes=[Scope.LOADS_READ], by="user:1", at=timezone.now())


def test_a_live_key_is_let_in(key):
    answer = call(key[1])
    assert (answer.status_code, answer.data) == (200, {"key": "TMS", "rows": "*"})


def test_a_customers_key_sees_only_that_customers_rows(now):
    customer = CustomerFactory()
    _, secret = create_key(
        "Prairie", scopes=[Scope.LOADS_READ], by="user:1", at=now, customer=customer
    )
    assert call(secret).data["rows"] == str(customer.pk)


@pytest.mark.parametrize("secret", ["", "lk_unknown", "lk_" + "x" * 43])
def test_a_stranger_is_asked_for_a_key(key, secret):
    answer = call(secret)
    assert answer.status_code == 401
    assert answer["Content-Type"] == PROBLEM
    assert answer["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("length", [12, 45])
def test_a_part_of_a_secret_opens_nothing(key, length):
    assert call(key[1][:length]).status_code == 401


def test_the_prefix_with_another_tail_opens_nothing(key):
    assert call(key[0].prefix + "x" * 34).status_code == 401


def test_the_hash_of_a_key_opens_nothing(key):
    assert call(key[0].hash).status_code == 401


@pytest.mark.parametrize("header", ["Basic abc", "Bearer", "Bearer ", "lk_x"])
def test_another_kind_of_authorization_is_no_key(key, header):
    assert call(HTTP_AUTHORIZATION=header).status_code == 401


def test_a_revoked_key_is_refused_at_once(key):
    row, secret = key
    revoke_key(row, by="user:1", at=timezone.now(), reason="laptop lost")
    answer = call(secret)
    assert (answer.status_code, answer.data["code"]) == (401, "authentication_failed")


def test_an_expired_key_is_refused():
    at = timezone.now()
    _, secret = create_key(
        "Old", scopes=[Scope.LOADS_READ], by="user:1", at=at, expires_at=at - timedelta(seconds=1)
    )
    assert call(secret).status_code == 401


def test_a_read_key_does_not_write(key):
    answer = call(key[1], method="post")
    assert (answer.status_code, answer.data["code"]) == (403, "scope")
    assert answer.data["detail"] == "The key lacks the scope loads:write."


def test_a_view_that_names_no_scope_is_closed(key):
    assert call(key[1], view=Doorless).status_code == 403


def test_a_method_without_a_scope_is_closed(key):
    assert call(key[1], method="delete").status_code in {403, 405}


class TwoFields(serializers.Serializer):
    miles = serializers.IntegerField()


class StaleCase(Exception):
    """What an operation raises."""

    status = 409
    code = "case_conflict"
    field = "version"


def raising(error: Exception) -> type[APIView]:
    class Raising(APIView):
        scope = Scope.LOADS_READ

        def get(self, request):
            CustomerFactory(code="LEFTOVER")
            raise error

    return Raising


@pytest.mark.parametrize(
    ("error", "status", "code", "field"),
    [
        (Http404(), 404, "not_found", None),
        (exceptions.ParseError("No JSON.", code="invalid_json"), 400, "invalid_json", None),
        (
            exceptions.ValidationError({"stops": [{"timezone": ["Unknown."]}]}, code="unknown"),
            400, "unknown", "stops.timezone",
        ),
        (StaleCase("EX-1 was changed by Rita."), 409, "case_conflict", "version"),
    ],
)  # fmt: skip
def test_every_refusal_is_a_problem_that_names_code_and_field(key, error, status, code, field):
    answer = call(key[1], view=raising(error))
    assert (answer.status_code, answer["Content-Type"]) == (status, PROBLEM)
    assert answer.data.keys() == {
        "type", "status", "code", "title", "detail", "field", "errors", "request_id",
    }  # fmt: skip
    assert (answer.data["status"], answer.data["code"]) == (status, code)
    assert answer.data["field"] == field
    assert answer.data["detail"]


def test_a_throttled_call_is_told_when_to_come_back(key):
    answer = call(key[1], view=raising(exceptions.Throttled(wait=12.3)))
    assert (answer.status_code, answer["Retry-After"]) == (429, "13")


def test_a_refused_request_leaves_nothing_behind(key):
    call(key[1], view=raising(StaleCase("x")))
    assert connection.needs_rollback


def test_a_fault_of_our_own_stays_a_fault(key):
    with pytest.raises(ZeroDivisionError):
        call(key[1], view=raising(ZeroDivisionError()))


def test_a_refusal_outside_the_framework_looks_the_same():
    answer = problem(413, "body_too_large", "Too large.", headers={"Connection": "close"})
    assert (answer.status_code, answer["Content-Type"]) == (413, PROBLEM)
    assert answer["Connection"] == "close"
    assert b'"title": "Body too large"' in answer.content


def test_the_scheme_is_told_to_the_client():
    assert KeyAuthentication().authenticate_header(APIRequestFactory().get("/")) == "Bearer"


def test_a_key_keeps_the_day_it_was_last_used(key, now):
    assert call(key[1]).status_code == 200
    key[0].refresh_from_db()
    first = key[0].last_used_on

    with time_machine.travel(timezone.now() + timedelta(days=2)):
        call(key[1])
    key[0].refresh_from_db()

    assert (key[0].last_used_on - first).days == 2


def test_the_second_use_of_a_day_writes_nothing(key, django_assert_num_queries):
    call(key[1])

    with django_assert_num_queries(3) as asked:
        call(key[1])

    assert not any("UPDATE" in query["sql"] for query in asked)


def test_whoever_holds_a_revoked_key_is_told_so(key):
    revoke_key(key[0], by="user:1", at=timezone.now(), reason="left")

    answer = call(key[1])

    assert (answer.status_code, answer.data["code"]) == (401, "authentication_failed")
    assert f"{key[0].prefix}… was revoked on" in answer.data["detail"]


def test_whoever_holds_an_expired_key_is_told_so(now):
    yesterday = timezone.now() - timedelta(days=1)
    _, secret = create_key(
        "Old", scopes=[Scope.LOADS_READ], by="user:1", at=yesterday, expires_at=yesterday
    )

    answer = call(secret)

    assert answer.status_code == 401
    assert "expired on" in answer.data["detail"]
