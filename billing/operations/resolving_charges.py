"""What a person can decide about a charge from its case: approve it, or let it go."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from accounts.rules import APPROVING_ROLES, Role
from billing.models import Blocker, Charge
from billing.operations.charging import approve_charge, waive_charge
from exceptions.models import Case
from exceptions.rules.proposals import Change, Proposal

UNDECIDED = (Charge.Status.PROPOSED, Charge.Status.HELD)


class _AboutCharge:
    """Finds the charge of a case and says what a decision leaves behind."""

    label: ClassVar[str]
    needs_reason: ClassVar[bool]
    roles: ClassVar[frozenset[Role]] = APPROVING_ROLES
    becomes: ClassVar[Charge.Status]

    def propose(self, case: Case) -> Proposal | None:
        """Return the charge and the blockers before and after; None when it is decided."""
        charge = self._find(case)
        if charge is None or charge.status not in UNDECIDED:
            return None
        before, after = (
            f"{Charge.Status(status).label} {charge.amount:,.2f} {charge.currency}"
            for status in (charge.status, self.becomes)
        )
        return Proposal(
            self._summary(charge), (Change(charge.description, before, after), _blockers(charge))
        )

    def _summary(self, charge: Charge) -> str:
        raise NotImplementedError

    def _find(self, case: Case) -> Charge | None:
        kind, _, number = case.subject_key.partition(":")
        if kind != "charge" or not number.isdigit():
            return None
        return Charge.objects.select_related("load").filter(pk=int(number)).first()

    def _get(self, case: Case) -> Charge:
        charge = self._find(case)
        if charge is None:
            raise Charge.DoesNotExist(f"{case.number} names no charge.")
        return charge


class ApproveCharge(_AboutCharge):
    """Bill the charge as it stands."""

    label: ClassVar[str] = "Approve"
    needs_reason: ClassVar[bool] = True
    becomes: ClassVar[Charge.Status] = Charge.Status.APPROVED

    def apply(
        self, case: Case, *, by: str, at: datetime, reason: str, values: Mapping[str, Any]
    ) -> str:
        """Approve it; the load is evaluated again."""
        charge = self._get(case)
        approve_charge(charge, by=by, at=at, reason=reason, seen=case.value_amount)
        return f"{charge.description}, {charge.amount:,.2f} {charge.currency}, is approved."

    def _summary(self, charge: Charge) -> str:
        return (
            f"Bill {charge.description} at {charge.amount:,.2f} {charge.currency} "
            f"on load {charge.load.number}."
        )


class WaiveCharge(_AboutCharge):
    """Do not bill the charge."""

    label: ClassVar[str] = "Waive the charge"
    needs_reason: ClassVar[bool] = True
    becomes: ClassVar[Charge.Status] = Charge.Status.WAIVED

    def apply(
        self, case: Case, *, by: str, at: datetime, reason: str, values: Mapping[str, Any]
    ) -> str:
        """Waive it; it stays on the load with the reason."""
        charge = self._get(case)
        waive_charge(charge, by=by, at=at, reason=reason, seen=case.value_amount)
        return f"{charge.description}, {charge.amount:,.2f} {charge.currency}, is waived."

    def _summary(self, charge: Charge) -> str:
        return (
            f"Let {charge.amount:,.2f} {charge.currency} for {charge.description} "
            f"on load {charge.load.number} go."
        )


def _blockers(charge: Charge) -> Change:
    """Return how many blockers the load has now, and which remain."""
    standing = Blocker.objects.filter(load_id=charge.load_id, cleared_at=None, waived_at=None)
    rest = [
        blocker.message
        for blocker in standing.order_by("id")
        if blocker.subject_key != f"charge:{charge.pk}"
    ]
    after = f"{len(rest)}: {' '.join(rest)}" if rest else "0"
    return Change("Blockers of the load", str(standing.count()), after)
