"""What changed since a reader last asked, over HTTP: in order, nothing twice, nothing left out."""

import re
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.doors import key_of, refused
from accounts.models import APIKey
from integrations.queries.changes import KINDS, heard_by_customer, told
from integrations.serializers import ChangesSerializer
from journal.api import PAGE_SIZE, read_size, refusals, refuse_unknown
from journal.queries.feeds import Position, current_mark, read_since

PARAMETERS = ("since", "kind", "size")
NOW = "now"
SINCE = {"type": "string", "pattern": "^(now|[0-9]{1,18}-[0-9]{1,18})$"}
KIND = {"type": "array", "items": {"type": "string", "enum": sorted(KINDS)}}
SIZE = {"type": "integer", "minimum": 1, "default": PAGE_SIZE}
TOKEN = re.compile(r"([0-9]{1,18})-([0-9]{1,18})", re.ASCII)


class ReadsSomething(BasePermission):
    """The key must be able to read one kind of thing at least."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Tell whether the request may go on."""
        if not isinstance(request.user, APIKey):
            return False
        if not kinds_of(request.user):
            raise PermissionDenied("The key reads nothing that changes.", code="scope")
        return True


class ChangesView(APIView):
    """`/api/v1/changes/`"""

    permission_classes = (ReadsSomething,)

    @extend_schema(
        operation_id="changes_list",
        parameters=[
            OpenApiParameter("since", SINCE,
                description="The `next` of the page before; without it, from the beginning;"
                " `now` gives a token and no changes."),
            OpenApiParameter("kind", KIND,
                description="Kinds that are asked for; all that the key may read unless told."),
            OpenApiParameter("size", SIZE,
                description="Changes of a page; more than 200 count as 200."),
        ],
        responses={200: ChangesSerializer, **refusals(400, 401, 403)},
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """Tell what changed, in the order in which transactions began; `next` asks for the rest.

        A change is told once its transaction, and every one before it, has ended: seconds as a
        rule. Keep `next` with what you made of the page. A change names what changed and where it
        can be read as it is now.
        """
        refuse_unknown(request, PARAMETERS)
        size = read_size(request.query_params.get("size"))
        kinds = _kinds(request)
        position = _position(request.query_params.get("since", ""))
        whose = key_of(request).customer_ids
        page = read_since(position, kinds=kinds, customer_ids=whose, size=size)
        events = page.events if whose is None else heard_by_customer(page.events)
        answer: dict[str, Any] = {
            "data": told(events),
            "next": f"{page.position.xid}-{page.position.event_id}",
            "has_more": page.has_more,
        }
        return Response(ChangesSerializer(answer).data)


def kinds_of(key: APIKey) -> list[str]:
    """Return the kinds of which the key may be told."""
    return [kind for kind, scope in KINDS.items() if scope in key.scopes]


def _kinds(request: Request) -> list[str]:
    known = kinds_of(key_of(request))
    asked = request.query_params.getlist("kind")
    for kind in asked:
        if kind not in KINDS:
            raise refused("kind", "invalid_choice", f"{kind[:40]!r} is no kind of change.")
        if kind not in known:
            raise PermissionDenied(f"The key lacks the scope {KINDS[kind]}.", code="scope")
    return asked or known


def _position(text: str) -> Position:
    if text == NOW:
        return Position(current_mark(), 0)
    if not text:
        return Position()
    found = TOKEN.fullmatch(text)
    if found is None:
        raise refused("since", "invalid_token", "That is no token that a page of ours gave out.")
    return Position(int(found[1]), int(found[2]))
