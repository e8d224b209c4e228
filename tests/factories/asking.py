"""A system with an API key, as tests ask by it."""

import json
from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.test import Client

from accounts.models import APIKey, Customer
from accounts.operations.keying import create_key
from accounts.operations.scoping import enter_staff_scope
from accounts.rules import Scope
from tests.factories.accounts import UserFactory

# One client, since each of them builds the whole chain of middleware.
client = Client()


class Asker:
    """Asks as a system; unsafe requests carry a new Idempotency-Key unless told otherwise."""

    def __init__(self, key: APIKey, secret: str) -> None:
        self.key, self.secret = key, secret

    def get(self, path: str, **headers: str) -> Any:
        return self.send("GET", path, None, **headers)

    def post(self, path: str, body: Any = None, *, once: str | None = "", **headers: str) -> Any:
        return self.send("POST", path, body, once=once, **headers)

    def patch(self, path: str, body: Any = None, *, once: str | None = "", **headers: str) -> Any:
        return self.send("PATCH", path, body, once=once, **headers)

    def put(self, path: str, body: Any = None, *, once: str | None = "", **headers: str) -> Any:
        return self.send("PUT", path, body, once=once, **headers)

    def delete(self, path: str, *, once: str | None = "", **headers: str) -> Any:
        return self.send("DELETE", path, None, once=once, **headers)

    def upload(self, path: str, *, once: str | None = "", **fields: Any) -> Any:
        told = self._headers(once)
        return self._answered(client.post(f"/api/v1/{path}", fields, headers=told))

    def send(
        self, method: str, path: str, body: Any, *, once: str | None = None, **headers: str
    ) -> Any:
        told = self._headers(once) | {name.replace("_", "-"): v for name, v in headers.items()}
        text = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body)
        return self._answered(
            client.generic(
                method, f"/api/v1/{path}", text, content_type="application/json", headers=told
            )
        )

    def _headers(self, once: str | None) -> dict[str, str]:
        told = {"Authorization": f"Bearer {self.secret}"}
        return told if once is None else told | {"Idempotency-Key": once or str(uuid4())}

    def _answered(self, answer: Any) -> Any:
        # A request narrows the transaction to what its key may see; the test goes on in the same.
        enter_staff_scope()
        return answer


def an_asker(
    *,
    scopes: Iterable[Scope] = tuple(Scope),
    customer: Customer | None = None,
    by: str = "",
    name: str = "ERP",
    at: Any,
) -> Asker:
    """Make a system of the carrier's, or of a customer, with all scopes unless told."""
    maker = by or UserFactory(role="administrator").actor
    with transaction.atomic():
        key, secret = create_key(
            name, scopes=scopes, customer=customer, by=maker, at=at, requests_per_minute=1_000_000
        )
    return Asker(key, secret)
