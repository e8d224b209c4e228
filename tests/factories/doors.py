"""How partners and people reach Lading in a test: over HTTP, as they would."""

import json
from collections.abc import Iterable
from functools import cache
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from standardwebhooks.webhooks import Webhook

from accounts.models import User
from demo.world.papers import paper
from dispatch.models import Load
from integrations.models import Source

HOST = "localhost"


def push(source: Source, message: dict[str, Any]) -> Any:
    """Send one message of `source` through the webhook door, signed, and return the answer."""
    body, at = json.dumps(message), timezone.now()
    headers = {
        "webhook-id": message["id"],
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(source.secret).sign(message["id"], at, body),
    }
    return _network().post(
        f"/in/webhooks/{source.slug}/", body, content_type="application/json", headers=headers
    )


@cache
def _network() -> Client:
    """Return the client of all partners; building one for each message would take longer."""
    return Client(SERVER_NAME=HOST)


def push_all(source: Source, messages: Iterable[dict[str, Any]]) -> None:
    """Send messages one after the other; each must be taken."""
    for message in messages:
        answer = push(source, message)
        assert answer.status_code in {200, 202}, answer.content


def sign_in(user: User) -> Client:
    """Return a browser in which `user` has signed in."""
    client = Client(SERVER_NAME=HOST)
    client.force_login(user)
    return client


def upload_pod(load: Load, *, by: User) -> None:
    """File a signed proof of delivery on the load's page; a clerk who files it has looked at it."""
    client = sign_in(by)
    words = [f"Load {load.number}", "Signed J. Alvarez"]
    content = SimpleUploadedFile("pod.pdf", paper("Proof of delivery", words), "application/pdf")
    answer = client.post(
        f"/loads/{load.number}/documents/",
        {"content": content, "kind": "POD", "signed_by": "J. Alvarez"},
    )
    assert answer.status_code == 302, answer.content
