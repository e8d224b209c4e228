"""Row 3: a signed webhook through the whole door, beside a bare INSERT of the same bytes.

Both have one connection and commit each message durably. The door is asked as a server asks it, by
WSGI: what the socket costs is left out on both sides.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from io import BytesIO
from itertools import count
from typing import Any

from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.db import connection, connections
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from insights.benches import tariffs
from insights.benches.measuring import Goal, Side, compare
from insights.benches.processor import processor_clock
from insights.benches.reporting import Finding
from insights.benches.sizes import Sizes
from integrations.models import InboxMessage, Source

AT_ONCE = 50
KEY = b"0123456789abcdef0123456789abcdef"
SECRET = f"whsec_{base64.b64encode(KEY).decode()}"
TABLE = """
CREATE TABLE bench_inbox (id bigserial PRIMARY KEY, source text, external_id text, body bytea,
    received_at timestamptz, UNIQUE (source, external_id));
GRANT ALL ON bench_inbox TO PUBLIC;
GRANT ALL ON SEQUENCE bench_inbox_id_seq TO PUBLIC
"""
INSERT = """
INSERT INTO bench_inbox (source, external_id, body, received_at) VALUES ('bench', %s, %s, now())
"""


class MessageSerializer(serializers.Serializer[Any]):
    """A message as one would first check it: the usual way of the framework."""

    id = serializers.CharField(max_length=120)
    type = serializers.CharField(max_length=40)
    occurred_at = serializers.DateTimeField()
    load = serializers.DictField()


class UsualView(APIView):
    """Keeps one message without signature or journal, as one would begin."""

    authentication_classes = ()
    permission_classes = ()

    def post(self, request: Request) -> Response:
        """Check the message, keep it once, and answer."""
        checked = MessageSerializer(data=request.data)
        checked.is_valid(raise_exception=True)
        InboxMessage.objects.get_or_create(
            source=Source.objects.get(slug="bench"),
            external_id=checked.validated_data["id"],
            defaults={
                "body": json.dumps(request.data).encode(), "body_sha256": "0" * 64, "headers": {},
                "received_at": timezone.now(), "content_type": "application/json",
            },
        )  # fmt: skip
        return Response({"status": "accepted"}, status=202)


USUAL = UsualView.as_view()


@dataclass(slots=True)
class Sender:
    """Makes messages that never came before, and signs them."""

    numbers: Iterator[int]

    def message(self) -> tuple[str, bytes]:
        """Return the id and the bytes of the next one."""
        name = f"m{next(self.numbers):012}"
        references = [{"kind": "SHIPMENT_ID", "value": "S-1"}]
        told = {
            "id": name,
            "type": "load.dispatched",
            "occurred_at": tariffs.AT.isoformat(),
            "load": {"references": references},
        }
        return name, json.dumps(told).encode()

    def request(self) -> dict[str, Any]:
        """Return the next one as the environment that a server hands over."""
        name, body = self.message()
        sent = str(int(timezone.now().timestamp()))
        signed = f"{name}.{sent}.".encode() + body
        mark = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
        return {
            "REQUEST_METHOD": "POST", "PATH_INFO": "/in/webhooks/bench/",
            "SERVER_NAME": "localhost", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.url_scheme": "http", "wsgi.input": BytesIO(body),
            "CONTENT_LENGTH": str(len(body)), "CONTENT_TYPE": "application/json",
            "HTTP_WEBHOOK_ID": name, "HTTP_WEBHOOK_TIMESTAMP": sent,
            "HTTP_WEBHOOK_SIGNATURE": f"v1,{mark}",
        }  # fmt: skip


def measure_doors(sizes: Sizes) -> Iterator[Finding]:
    """Take messages in by the door, by hand, and in the framework's usual way."""
    Source.objects.create(
        slug="bench", name="Bench", dialect=Source.Dialect.TMS, owner="bench", secret=SECRET,
        created_at=tariffs.AT,
    )  # fmt: skip
    with connections["owner"].cursor() as cursor:
        cursor.execute(TABLE)
    sender, number = Sender(count()), min(AT_ONCE, sizes.loads)
    app = WSGIHandler()
    ours = Side("ours: signature, checks, once", [partial(_send, app, sender)] * number, number)
    yield compare(
        "3  a webhook, beside a bare INSERT",
        Side("bare INSERT", [partial(_insert, sender)] * number, number),
        ours,
        goal=Goal(round(1 / 0.35, 2), is_most=True),
        rounds=sizes.rounds,
        clock=processor_clock([connection]),
    )
    yield compare(
        "3  a webhook, beside serializer and get_or_create",
        Side("serializer, get_or_create", [partial(_usual, sender)] * number, number),
        ours,
        goal=Goal(5, is_most=False),
        rounds=sizes.rounds,
        clock=processor_clock([connection]),
    )


def _send(app: WSGIHandler, sender: Sender) -> None:
    """Send one through the door; raises RuntimeError unless it is taken."""
    response = app.get_response(WSGIRequest(sender.request()))
    response.close()
    if response.status_code != HTTPStatus.ACCEPTED:
        raise RuntimeError(f"The door answers {response.status_code}.")


def _insert(sender: Sender) -> None:
    with connection.cursor() as cursor:
        cursor.execute(INSERT, sender.message())


def _usual(sender: Sender) -> None:
    USUAL(WSGIRequest(sender.request()))
