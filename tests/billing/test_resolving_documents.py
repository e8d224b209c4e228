"""A missing proof of delivery is accepted or uploaded from its case."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.rules import Role
from billing.operations.charging import add_charge, approve_charge
from billing.operations.readiness import evaluate_load
from dispatch.models import Document, Load
from dispatch.operations.filing import UploadRefused, reject_document
from exceptions.models import Case
from exceptions.operations.authorising import NotAllowed
from exceptions.operations.following import follow_document
from exceptions.operations.resolving import ValueMissing, actions_for, apply, propose
from tests.factories import MilestoneFactory, UserFactory
from tests.factories.billing import a_paper, delivered_load, found_carrier, publish_card

pytestmark = pytest.mark.django_db

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


@pytest.fixture
def biller():
    return UserFactory(role=Role.BILLER)


@pytest.fixture
def evaluate(now):
    minutes = iter(range(100))

    def again(load):
        return evaluate_load(
            load.pk, by="rule:readiness", at=now + timedelta(minutes=next(minutes))
        )

    return again


@pytest.fixture
def missing(evaluate) -> Case:
    """A delivered load without any proof."""
    publish_card()
    found_carrier()
    load = delivered_load(pod="")
    tell_how_it_went(load)
    evaluate(load)
    return Case.objects.get(kind="pod_missing")


def tell_how_it_went(load: Load) -> None:
    """Add the milestones behind the load's clocks: filing a POD folds them anew."""
    for stop in load.stops.all():
        for kind, at in (("ARRIVED", stop.arrived_at), ("DEPARTED", stop.departed_at)):
            MilestoneFactory(load=load, kind=kind, occurred_at=at, stop_sequence=stop.sequence)
    MilestoneFactory(load=load, kind="DELIVERED", occurred_at=stop.departed_at, stop_sequence=2)


@pytest.fixture
def waiting(evaluate) -> Case:
    """A delivered load whose proof has come and was looked at by nobody."""
    publish_card()
    found_carrier()
    evaluate(delivered_load(pod="RECEIVED"))
    return Case.objects.get(kind="pod_missing")


def png(name: str = "pod.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PNG, content_type="image/png")


def upload(case: Case, by: str, at, **told):
    return apply(
        case, "upload", by=by, at=at, version=1, values={"content": png(), "signed_by": ""} | told
    )


def test_a_missing_pod_can_only_be_uploaded(missing) -> None:
    assert [action.name for action in actions_for(missing)] == ["upload"]
    assert [(f.name, f.kind) for f in propose(missing, "upload").fields] == [
        ("content", "file"),
        ("signed_by", "text"),
    ]


def test_the_clerks_upload_is_filed_accepted_and_the_load_goes_on(
    missing, biller, evaluate, now
) -> None:
    outcome = upload(missing, biller.actor, now, signed_by="J. Alvarez")

    pod = Document.objects.get(kind="POD")
    assert (pod.status, pod.signed_by, pod.source) == ("ACCEPTED", "J. Alvarez", "desk")
    assert outcome.summary == "pod.png is filed and accepted."
    missing.refresh_from_db()
    assert (missing.status, missing.resolution) == ("CLOSED", "upload")
    assert evaluate(missing.load).status == "READY"


def test_what_is_no_paper_is_refused_and_the_case_stays(missing, biller, now) -> None:
    with pytest.raises(UploadRefused):
        upload(missing, biller.actor, now, content=SimpleUploadedFile("pod.pdf", b"MZ\x90 program"))
    missing.refresh_from_db()
    assert missing.status == "OPEN"
    assert not Document.objects.exists()


def test_nothing_is_uploaded_without_a_file(missing, biller, now) -> None:
    with pytest.raises(ValueMissing):
        upload(missing, biller.actor, now, content=None)


def test_a_paper_refused_before_is_accepted_by_whoever_uploads_it_again(
    missing, biller, evaluate, now
) -> None:
    upload(missing, biller.actor, now)
    pod = Document.objects.get(kind="POD")
    reject_document(pod, by=biller.actor, at=now, reason="Wrong load?")
    evaluate(missing.load)
    again = Case.objects.get(kind="pod_missing", status="OPEN")

    upload(again, biller.actor, now)

    assert Document.objects.get(kind="POD").status == "ACCEPTED"


def test_a_pod_that_has_come_can_be_accepted(waiting, biller, evaluate, now) -> None:
    assert [action.name for action in actions_for(waiting)] == ["accept", "upload"]
    proposal = propose(waiting, "accept")
    assert [(c.before, c.after) for c in proposal.changes] == [("RECEIVED", "ACCEPTED")]

    apply(waiting, "accept", by=biller.actor, at=now, version=1)

    waiting.refresh_from_db()
    assert waiting.close_reason == "pod.pdf is accepted."
    assert evaluate(waiting.load).status == "READY"


def test_a_dispatcher_does_not_judge_papers(waiting, now) -> None:
    with pytest.raises(NotAllowed):
        apply(waiting, "accept", by=UserFactory(role=Role.DISPATCHER).actor, at=now, version=1)


def test_a_better_copy_of_a_refused_receipt_is_of_the_same_kind(biller, now) -> None:
    load = delivered_load()
    refused = a_paper(
        load, kind="LUMPER_RECEIPT", status="REJECTED", reason="No amount", filename="lumper.jpg"
    )
    follow_document(refused, at=now)
    case = Case.objects.get(kind="document_rejected")
    assert [action.name for action in actions_for(case)] == ["upload"]

    upload(case, biller.actor, now, amount=Decimal("285.00"))

    better = Document.objects.get(filename="pod.png")
    assert (better.kind, better.status, better.amount) == (
        "LUMPER_RECEIPT", "ACCEPTED", Decimal("285.00"),
    )  # fmt: skip
    case.refresh_from_db()
    assert case.status == "CLOSED"


def test_a_receipt_says_what_it_costs(biller, now) -> None:
    refused = a_paper(delivered_load(), kind="LUMPER_RECEIPT", status="REJECTED", reason="Blurred")
    follow_document(refused, at=now)
    with pytest.raises(ValueMissing, match="Amount on the receipt is missing"):
        upload(Case.objects.get(), biller.actor, now)


def test_the_receipt_of_a_charge_is_uploaded_where_it_was_paid(biller, evaluate, now) -> None:
    publish_card(rules=())
    found_carrier()
    load = delivered_load()
    tell_how_it_went(load)
    evaluate(load)
    charge = add_charge(
        load, code="LUM", description="Lumper", stop=load.stops.get(sequence=2),
        quantity=Decimal(1), rate=Decimal(285), reason="Paid by the driver", by="user:7", at=now,
    )  # fmt: skip
    approve_charge(charge, by="user:8", at=now, reason="Seen in the mail")
    evaluate(load)
    case = Case.objects.get(kind="receipt_missing")
    assert (case.title, case.value_amount) == ("Receipt missing: Lumper", Decimal("285.00"))
    assert [action.name for action in actions_for(case)] == ["upload"]

    upload(case, biller.actor, now, amount=Decimal("285.00"))

    receipt = Document.objects.get(kind="LUMPER_RECEIPT")
    assert (receipt.status, receipt.stop) == ("ACCEPTED", charge.stop)
    assert evaluate(load).status == "READY"
