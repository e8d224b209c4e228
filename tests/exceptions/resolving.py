"""Ways out of a case, for tests: one that works on a document, one that fails half way."""

from typing import ClassVar

from accounts.rules import BILLING_ROLES, STAFF_ROLES
from dispatch.models import Document
from exceptions.rules.proposals import Change, Field, Proposal
from journal.operations.lifecycle import advance


class AcceptPaper:
    """Accept the document that the case names."""

    label: ClassVar[str] = "Accept the paper"
    needs_reason: ClassVar[bool] = True
    roles: ClassVar = BILLING_ROLES

    def propose(self, case):
        document = self.find(case)
        if document.status == Document.Status.ACCEPTED:
            return None
        return Proposal(
            f"{document.filename} becomes proof.",
            (Change("Paper", document.status, "ACCEPTED"),),
            (Field("signed_by", "Signed by"), Field("note", "Note", required=False)),
        )

    def apply(self, case, *, by, at, reason, values):
        document = self.find(case)
        advance(document, "ACCEPTED", by=by, at=at, reason=reason, signed_by=values["signed_by"])
        return f"{document.filename} is accepted."

    def find(self, case):
        return Document.objects.get(pk=case.detail["document_id"])


class FailHalfWay(AcceptPaper):
    """Accept it, then find that something else cannot be done."""

    label: ClassVar[str] = "Fail"
    needs_reason: ClassVar[bool] = False
    roles: ClassVar = STAFF_ROLES

    def apply(self, case, *, by, at, reason, values):
        super().apply(case, by=by, at=at, reason=reason, values=values)
        raise RuntimeError("The printer is on fire.")


class SettleQuietly(AcceptPaper):
    """Ask for no reason."""

    label: ClassVar[str] = "Settle"
    needs_reason: ClassVar[bool] = False
    roles: ClassVar = STAFF_ROLES
