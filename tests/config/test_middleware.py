"""A request is one transaction: whole, or nothing of it."""

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.test import Client, RequestFactory

from accounts.models import Customer
from config.middleware import RowScopeMiddleware
from tests.factories import CustomerFactory, UserFactory

pytestmark = pytest.mark.django_db


def answered(response: HttpResponse, *, raised: Exception | None = None) -> HttpResponse:
    """Send a request of the staff through the middleware to a view that writes one customer."""

    def view(request: HttpRequest) -> HttpResponse:
        CustomerFactory()
        if raised:
            middleware.process_exception(request, raised)
        return response

    middleware = RowScopeMiddleware(view)
    request = RequestFactory().post("/loads/")
    request.user = UserFactory()
    return middleware(request)


def test_what_a_request_wrote_stays() -> None:
    answered(HttpResponse())

    assert Customer.objects.count() == 1


def test_an_answer_of_a_broken_server_leaves_nothing() -> None:
    answered(HttpResponse(status=500))

    assert not Customer.objects.exists()


def test_a_view_that_raised_its_refusal_leaves_nothing() -> None:
    answered(HttpResponse(status=403), raised=PermissionDenied())

    assert not Customer.objects.exists()


def test_a_refusal_that_a_view_answered_itself_keeps_what_it_wrote() -> None:
    answered(HttpResponse(status=409))

    assert Customer.objects.count() == 1


def test_an_exception_that_leads_elsewhere_is_no_failure() -> None:
    answered(HttpResponseRedirect("/accounts/reauthenticate/"), raised=PermissionDenied())

    assert Customer.objects.count() == 1


def test_the_second_factor_asks_who_is_there_first(client: Client) -> None:
    client.force_login(UserFactory())

    answer = client.get("/accounts/2fa/totp/activate/")

    assert answer.status_code in {200, 302}


def test_the_admin_has_no_door_of_its_own(client: Client) -> None:
    answer = client.get("/admin/login/")

    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "address", "told"),
    [
        ("get", "/loads/a%00b/", {}),
        ("get", "/search/?q=%00", {}),
        ("get", "/portal/invoices.zip?invoice=%00", {}),
        ("get", "/loads/?%00=1", {}),
        ("post", "/charges/1/waive/", {"reason": "a\x00b"}),
        ("post", "/accounts/login/", {"login": "a\x00@x.example", "password": "x"}),
    ],
)
def test_a_nul_is_refused_before_anything_reads_it(client: Client, method, address, told) -> None:
    assert getattr(client, method)(address, told).status_code == 400
