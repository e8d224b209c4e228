"""What a person can do about a paper from its case: accept the one that came, or upload one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from accounts.rules import BILLING_ROLES, Role
from billing.models import Charge
from billing.rules.readiness import RECEIPTS
from dispatch.events import DocumentFacts
from dispatch.models import Document
from dispatch.operations.filing import accept_document, file_paper
from exceptions.models import Case
from exceptions.rules.proposals import Change, Field, Proposal

SOURCE = "desk"
POD = Document.Kind.POD


class AcceptPod:
    """Take the proof of delivery that has come for good."""

    label: ClassVar[str] = "Accept the POD"
    needs_reason: ClassVar[bool] = False
    roles: ClassVar[frozenset[Role]] = BILLING_ROLES

    def propose(self, case: Case) -> Proposal | None:
        """Return the paper that waits; None while there is none."""
        paper = self._find(case)
        if paper is None:
            return None
        signed = f", signed by {paper.signed_by}" if paper.signed_by else ""
        return Proposal(
            f"{paper.filename}{signed}, {paper.pages} page(s), proves the delivery.",
            (Change("Proof of delivery", paper.status, Document.Status.ACCEPTED),),
        )

    def apply(
        self, case: Case, *, by: str, at: datetime, reason: str, values: Mapping[str, Any]
    ) -> str:
        """Accept it; the load is evaluated again."""
        paper = self._find(case)
        if paper is None:
            raise Document.DoesNotExist(f"No proof of delivery waits on {case.number}.")
        accept_document(paper, by=by, at=at)
        return f"{paper.filename} is accepted."

    def _find(self, case: Case) -> Document | None:
        waiting = Document.objects.filter(load=case.load, kind=POD, status=Document.Status.RECEIVED)
        return waiting.order_by("-id").first() if case.load else None


class _Upload:
    """File a paper and accept it: whoever uploads it here has looked at it."""

    label: ClassVar[str]
    needs_reason: ClassVar[bool] = False
    roles: ClassVar[frozenset[Role]] = BILLING_ROLES

    def propose(self, case: Case) -> Proposal | None:
        """Return what the upload becomes, and what must be told with it."""
        kind = self._kind(case)
        if kind is None or case.load is None:
            return None
        return Proposal(
            f"The paper you upload is filed on load {case.load.number} and accepted.",
            (Change(kind.label, "None accepted", Document.Status.ACCEPTED),),
            (Field("content", kind.label, kind="file"), _told_with(kind)),
        )

    def apply(
        self, case: Case, *, by: str, at: datetime, reason: str, values: Mapping[str, Any]
    ) -> str:
        """File and accept it, also when the same paper was refused before.

        Raises:
            UploadRefused: the file is nothing that we keep.
        """
        kind = self._kind(case)
        if kind is None or case.load is None:
            raise Document.DoesNotExist(f"{case.number} asks for no paper.")
        content = values["content"]
        facts = DocumentFacts(
            kind=kind,
            filename=content.name,
            content=content.read(),
            stop_sequence=self._stop_sequence(case),
            signed_by=values.get("signed_by") or "",
            amount=values.get("amount"),
        )
        paper = file_paper(case.load, facts=facts, source=SOURCE, by=by, at=at)
        if paper.status != Document.Status.ACCEPTED:
            accept_document(paper, by=by, at=at)
        return f"{paper.filename} is filed and accepted."

    def _kind(self, case: Case) -> Document.Kind | None:
        raise NotImplementedError

    def _stop_sequence(self, case: Case) -> int | None:
        return None


def _told_with(kind: Document.Kind) -> Field:
    """Return what a paper does not tell by itself: the amount of a receipt, else who signed."""
    if kind in RECEIPTS.values():
        return Field("amount", "Amount on the receipt", kind="amount")
    return Field("signed_by", "Signed by", required=False)


class UploadPod(_Upload):
    """Bring the proof of delivery that nobody sent."""

    label: ClassVar[str] = "Upload the POD"

    def _kind(self, case: Case) -> Document.Kind:
        return POD


class UploadCopy(_Upload):
    """Bring a better copy of a paper that was refused."""

    label: ClassVar[str] = "Upload a better copy"

    def _kind(self, case: Case) -> Document.Kind | None:
        refused = Document.objects.filter(pk=case.detail.get("document_id")).first()
        return Document.Kind(refused.kind) if refused else None


class UploadReceipt(_Upload):
    """Bring the receipt of a charge that is passed on."""

    label: ClassVar[str] = "Upload the receipt"

    def _kind(self, case: Case) -> Document.Kind | None:
        charge = self._charge(case)
        kind = RECEIPTS.get(charge.code) if charge else None
        return Document.Kind(kind) if kind else None

    def _stop_sequence(self, case: Case) -> int | None:
        charge = self._charge(case)
        return charge.stop.sequence if charge and charge.stop else None

    def _charge(self, case: Case) -> Charge | None:
        number = str(case.detail.get("blocker", "")).removeprefix("charge:")
        charges = Charge.objects.filter(load=case.load).select_related("stop")
        return charges.filter(pk=int(number)).first() if number.isdigit() else None
