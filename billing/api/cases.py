"""Taking one's own last step on a case back, over HTTP."""

from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.doors import NothingSerializer, key_of
from billing.operations.unwaiving import unwaive_case
from exceptions.api.cases import CaseStepView, described
from exceptions.api.deciding import person_of
from exceptions.models import Case
from exceptions.operations.undoing import undo_step


class CaseUndoView(CaseStepView):
    """`/api/v1/cases/{number}/undo/`"""

    serializer = NothingSerializer

    @described("cases_undo", None)
    def post(self, request: Request, number: str) -> Response:
        """Take one's own last step back, while nothing has come of it."""
        return self.act(request, number)

    def step(self, case: Case, *, by: str, version: int | None, **told: Any) -> None:
        """Open a waived case again, or take an assignment or a snooze back."""
        if case.status == Case.Status.CLOSED:
            unwaive_case(case, by=person_of(key_of(self.request)), at=timezone.now())
        else:
            undo_step(case, by=by, at=timezone.now())
