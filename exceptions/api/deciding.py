"""Cases decided over HTTP, in the name of the person who made the key."""

import binascii
from base64 import b64decode
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.doors import CarriersView, GivenReasonSerializer, key_of, refused
from accounts.models import APIKey
from accounts.queries.keys import people_behind
from accounts.rules import Scope
from exceptions.api.cases import CaseStepView, described
from exceptions.models import Case
from exceptions.operations.commenting import ask_about_case
from exceptions.operations.resolving import actions_for, apply, propose
from exceptions.operations.waiving import waive_case
from exceptions.queries.telling import told_cases
from exceptions.rules.proposals import Action, Field
from exceptions.serializers import DecisionSerializer, QuestionSerializer, WaySerializer
from journal.api import PLAIN_NUMBER, refusals


class CaseWaysView(CarriersView):
    """`/api/v1/cases/{number}/ways/`"""

    scope = Scope.CASES_READ

    @extend_schema(
        operation_id="cases_ways",
        responses={200: WaySerializer(many=True), **refusals(401, 403, 404)},
    )
    def get(self, request: Request, number: str) -> Response:
        """Show what can be done about a case, what each would change and must be told."""
        case = get_object_or_404(told_cases(request.user, at=timezone.now()), number=number)
        return Response(WaySerializer(ways_of(case), many=True).data)


class CaseResolveView(CaseStepView):
    """`/api/v1/cases/{number}/resolve/`"""

    serializer = DecisionSerializer

    @described("cases_resolve", DecisionSerializer)
    def post(self, request: Request, number: str) -> Response:
        """Do one of the things that the case asks for, and close it: both or neither."""
        return self.act(request, number)

    def step(self, case: Case, *, by: str, version: int | None, **told: Any) -> None:
        """Read what is told by the proposal, and apply it."""
        proposal = propose(case, told["action"])
        apply(
            case,
            told["action"],
            by=person_of(key_of(self.request)),
            at=timezone.now(),
            version=case.version if version is None else version,
            reason=told.get("reason", ""),
            values=read_values(proposal.fields, told.get("values", {})),
        )


class CaseWaiveView(CaseStepView):
    """`/api/v1/cases/{number}/waive/`"""

    serializer = GivenReasonSerializer

    @described("cases_waive", GivenReasonSerializer)
    def post(self, request: Request, number: str) -> Response:
        """Close a case without what it asked for, for a reason."""
        return self.act(request, number)

    def step(self, case: Case, *, by: str, version: int | None, **told: Any) -> None:
        """Waive it."""
        person = person_of(key_of(self.request))
        waive_case(case, **told, by=person, at=timezone.now(), version=version)


class CaseAskView(CaseStepView):
    """`/api/v1/cases/{number}/ask/`"""

    serializer = QuestionSerializer

    @described("cases_ask", QuestionSerializer)
    def post(self, request: Request, number: str) -> Response:
        """Note who was asked for what."""
        return self.act(request, number)

    def step(self, case: Case, *, by: str, version: int | None, **told: Any) -> None:
        """Note it."""
        ask_about_case(case, **{"whom": "", **told}, by=by, at=timezone.now())


def person_of(key: APIKey) -> str:
    """Return who made the key: a case is decided by a person, whose role must allow it."""
    return people_behind([key.actor])[key.actor]


def ways_of(case: Case) -> list[dict[str, Any]]:
    """Return each way out with its proposal."""
    return [_way(case, action) for action in actions_for(case)]


def _way(case: Case, action: Action) -> dict[str, Any]:
    proposal = propose(case, action.name)
    return {
        "action": action.name,
        "label": action.label,
        "needs_reason": action.needs_reason,
        "summary": proposal.summary,
        "changes": proposal.changes,
        "fields": proposal.fields,
    }


def read_values(fields: tuple[Field, ...], told: dict[str, Any]) -> dict[str, Any]:
    """Return what an action is told, each thing as its kind wants it.

    Raises:
        ValidationError: `unknown_field`, or a value that is none of its kind.
    """
    known = {field.name: field for field in fields}
    for name in told:
        if name not in known:
            raise refused(f"values.{name}", "unknown_field", f"{name[:60]!r} is no field here.")
    return {name: _read(known[name], value) for name, value in told.items()}


def _read(field: Field, value: Any) -> Any:
    try:
        return READERS.get(field.kind, _text)(field, value)
    except (ValueError, KeyError, TypeError, InvalidOperation) as error:
        sentence = f"{field.label} is {WANTED[field.kind]}."
        raise refused(f"values.{field.name}", "invalid", sentence) from error


def _text(_field: Field, value: Any) -> str:
    if not isinstance(value, str) or len(value) > 1000:
        raise TypeError
    return value


def _amount(_field: Field, value: Any) -> Decimal:
    if not PLAIN_NUMBER.fullmatch(_text(_field, value)):
        raise ValueError
    amount = Decimal(value)
    if amount != round(amount, 2) or abs(amount) >= 10**10:
        raise ValueError
    return amount


def _choice(field: Field, value: Any) -> str:
    if value not in dict(field.choices):
        raise ValueError
    return str(value)


def _file(_field: Field, value: Any) -> SimpleUploadedFile:
    try:
        content = b64decode(value["content_base64"], validate=True)
    except binascii.Error as error:
        raise ValueError from error
    return SimpleUploadedFile(_text(_field, value["filename"]) or "document", content)


READERS = {
    "amount": _amount,
    "date": lambda field, value: date.fromisoformat(_text(field, value)),
    "choice": _choice,
    "file": _file,
    "text": _text,
}
WANTED = {
    "amount": "a text such as 180.00",
    "date": "a day such as 2026-11-17",
    "choice": "one of the choices",
    "file": "an object with filename and content_base64",
    "text": "a text of at most 1,000 characters",
}
