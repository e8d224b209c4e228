"""What a person does about facts that changed after the invoice.

Bill or return the difference, take the invoice back and bill again, or leave it as it is.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from accounts.rules import APPROVING_ROLES, BILLING_ROLES, Role
from billing.models import Invoice
from billing.operations.crediting import credit_invoice
from billing.operations.supplementing import bill_difference
from billing.queries.claims import live_invoice_of
from exceptions.models import Case
from exceptions.rules.proposals import Change, Proposal

NOTHING = "nothing"


class KeepAsBilled:
    """Leave the invoice as it is; the same difference is not brought up again."""

    label: ClassVar[str] = "Keep as billed"
    needs_reason: ClassVar[bool] = True
    roles: ClassVar[frozenset[Role]] = BILLING_ROLES

    def propose(self, case: Case) -> Proposal | None:
        """Return each charge that stays as it was billed."""
        return Proposal(
            f"{case.detail.get('invoice', 'The invoice')} stays as it is; the difference of "
            f"{case.detail.get('difference', '')} {case.currency} is let go.",
            tuple(_kept(line) for line in case.detail.get("lines", ())),
        )

    def apply(
        self, case: Case, *, by: str, at: datetime, reason: str, values: Mapping[str, Any]
    ) -> str:
        """Change nothing: what is decided is the case."""
        return f"{case.detail.get('invoice', 'The invoice')} stays as it was billed."


class BillDifference:
    """Bill what is owed beyond the invoice, or return what was billed too much.

    For charges whose rule asks for no approval; `ApproveDifference` is for the others.
    """

    label: ClassVar[str] = "Bill the difference"
    needs_reason: ClassVar[bool] = True
    roles: ClassVar[frozenset[Role]] = BILLING_ROLES
    approves: ClassVar[bool] = False

    def propose(self, case: Case) -> Proposal | None:
        """Return each charge before and after; None when nothing is owed either way."""
        invoice = live_invoice_of(case.load_id) if case.load_id else None
        owed = Decimal(case.detail.get("difference") or 0)
        if invoice is None or not owed or bool(case.detail.get("asks_approval")) != self.approves:
            return None
        amount = f"{abs(owed):,.2f} {case.currency}"
        summary = (
            f"A supplemental invoice bills {amount} beyond {invoice.number}."
            if owed > 0
            else f"A credit note returns {amount} of {invoice.number}."
        )
        return Proposal(summary, tuple(_billed(line) for line in case.detail.get("lines", ())))

    def apply(
        self, case: Case, *, by: str, at: datetime, reason: str, values: Mapping[str, Any]
    ) -> str:
        """Issue the document of the difference."""
        document = bill_difference(
            case.load_id or 0, shown=case.detail.get("lines", ()), reason=reason, by=by, at=at
        )
        return f"{document.number} is for the difference of {document.total_amount:,.2f}."


class ApproveDifference(BillDifference):
    """Approve charges whose rule asks for it, and bill the difference they make."""

    label: ClassVar[str] = "Approve and bill the difference"
    roles: ClassVar[frozenset[Role]] = APPROVING_ROLES
    approves: ClassVar[bool] = True


class CreditInvoice:
    """Take the invoice back in full; what is known now is billed when somebody approves it."""

    label: ClassVar[str] = "Credit and bill again"
    needs_reason: ClassVar[bool] = True
    roles: ClassVar[frozenset[Role]] = APPROVING_ROLES

    def propose(self, case: Case) -> Proposal | None:
        """Return what becomes of invoice and load; None when the invoice is gone."""
        invoice = self._find(case)
        if invoice is None:
            return None
        total = f"{invoice.total_amount:,.2f} {invoice.currency}"
        return Proposal(
            f"A credit note takes {invoice.number} back; its loads wait for approval to be billed "
            "anew.",
            (
                Change(invoice.number, f"Issued, {total}", "Credited in full"),
                *(_billed(line) for line in case.detail.get("lines", ())),
            ),
        )

    def apply(
        self, case: Case, *, by: str, at: datetime, reason: str, values: Mapping[str, Any]
    ) -> str:
        """Issue the credit note."""
        invoice = self._find(case)
        if invoice is None:
            raise Invoice.DoesNotExist(f"{case.number} names no live invoice.")
        note = credit_invoice(invoice, reason=reason, by=by, at=at)
        return f"{note.number} takes {invoice.number} back."

    def _find(self, case: Case) -> Invoice | None:
        return live_invoice_of(case.load_id) if case.load_id else None


def _kept(line: Mapping[str, Any]) -> Change:
    billed = line["billed"] or NOTHING
    return Change(line["description"], billed, billed)


def _billed(line: Mapping[str, Any]) -> Change:
    return Change(line["description"], line["billed"] or NOTHING, line["now"] or NOTHING)
