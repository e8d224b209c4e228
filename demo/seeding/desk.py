"""What the carrier's people did, in their days, about the loads that needed them."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.rules import Role
from billing.models import Blocker, Charge, LoadBilling
from billing.operations.charging import approve_charge
from billing.operations.readiness import approve_to_bill
from demo.world.papers import paper
from dispatch.events import DocumentFacts
from dispatch.models import Document, Load
from dispatch.operations.filing import Acceptance, file_paper


def tidy_desk(*, at: datetime) -> None:
    """Approve what is held, review what waits, and file the proofs that drivers brought late."""
    with transaction.atomic():
        manager = User.objects.filter(groups__name=Role.BILLING_MANAGER).get()
        biller = User.objects.filter(groups__name=Role.BILLER).get()
        for charge in Charge.objects.filter(status=Charge.Status.HELD).order_by("pk"):
            approve_charge(charge, by=manager.actor, at=at, reason="Agreed by e-mail.")
        for billing in LoadBilling.objects.filter(status="REVIEW").order_by("load_id"):
            approve_to_bill(billing, by=biller.actor, at=at)
        waiting = Blocker.objects.filter(rule="pod_accepted", cleared_at=None)
        for blocker in waiting.select_related("load").order_by("pk"):
            _file_late_pod(blocker.load, by=biller.actor, at=at)


def _file_late_pod(load: Load, *, by: str, at: datetime) -> None:
    words = [f"Load {load.number}", "Handed in at the terminal", f"Filed {at:%Y-%m-%d}"]
    found = DocumentFacts(
        kind=Document.Kind.POD,
        filename=f"POD_{load.number}.pdf",
        content=paper("Proof of delivery", words),
        occurred_at=at,
    )
    file_paper(load, facts=found, source="desk", by=by, at=at, acceptance=Acceptance.AT_ONCE)
