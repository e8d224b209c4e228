import sys
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType

import pytest
from django.db import connections, transaction

from dispatch.models import Document
from exceptions.models import Case, CaseEntry
from exceptions.operations.authorising import NotAllowed
from exceptions.operations.closing import ReasonMissing
from exceptions.operations.commenting import comment_on_case
from exceptions.operations.holding import CaseConflict
from exceptions.operations.resolving import ValueMissing, actions_for, apply, propose
from exceptions.queries.resolutions import UnknownAction, resolutions
from exceptions.rules.proposals import Action, Change
from journal.models import Event
from tests.exceptions.resolving import AcceptPaper
from tests.factories import DocumentFactory
from tests.factories.exceptions import CaseFactory

KIND = "document_rejected"
WAYS = "tests.exceptions.resolving"


@pytest.fixture(autouse=True)
def _ways(settings, monkeypatch):
    """Replace the map of resolutions by the tests' own."""
    module = ModuleType("tests.exceptions.map")
    module.RESOLUTIONS = {  # type: ignore[attr-defined]
        (KIND, "accept"): f"{WAYS}.AcceptPaper",
        (KIND, "fail"): f"{WAYS}.FailHalfWay",
        (KIND, "settle"): f"{WAYS}.SettleQuietly",
        ("time_order", "other"): f"{WAYS}.SettleQuietly",
    }
    monkeypatch.setitem(sys.modules, module.__name__, module)
    settings.RESOLUTIONS = module.__name__
    resolutions.cache_clear()
    yield
    resolutions.cache_clear()


@pytest.fixture
def document(db):
    return DocumentFactory(filename="lumper.pdf", kind=Document.Kind.LUMPER_RECEIPT)


@pytest.fixture
def case(document):
    return CaseFactory(kind=KIND, subject_key="doc", detail={"document_id": document.pk})


def accept(case: Case, by: str, at, **told):
    values = {"signed_by": "J. Alvarez"}
    return apply(
        case,
        "accept",
        **{"by": by, "at": at, "version": 1, "reason": "Legible.", "values": values} | told,
    )


def test_the_actions_are_those_of_the_kind_in_the_order_of_the_map(case):
    assert actions_for(case) == (
        Action("accept", "Accept the paper", needs_reason=True),
        Action("fail", "Fail", needs_reason=False),
        Action("settle", "Settle", needs_reason=False),
    )


def test_what_makes_no_sense_as_things_stand_is_not_offered(case, document, now):
    Document.objects.filter(pk=document.pk).delete()
    DocumentFactory(pk=document.pk, status="ACCEPTED")
    assert actions_for(case) == ()
    with pytest.raises(UnknownAction, match="does not ask for this any more"):
        propose(case, "accept")


def test_a_closed_case_offers_nothing(case, biller, now):
    accept(case, biller.actor, now)
    assert actions_for(case) == ()


def test_proposing_shows_before_and_after_and_changes_nothing(case, document):
    before = (Event.objects.count(), CaseEntry.objects.count())
    proposal = propose(case, "accept")
    assert proposal.summary == "lumper.pdf becomes proof."
    assert proposal.changes == (Change("Paper", "RECEIVED", "ACCEPTED"),)
    assert [field.name for field in proposal.fields] == ["signed_by", "note"]
    document.refresh_from_db()
    case.refresh_from_db()
    assert (document.status, case.status, case.version) == ("RECEIVED", "OPEN", 1)
    assert (Event.objects.count(), CaseEntry.objects.count()) == before


def test_applying_makes_the_consequence_and_closes_the_case(case, document, biller, now):
    outcome = accept(case, biller.actor, now)
    document.refresh_from_db()
    case.refresh_from_db()
    assert outcome.summary == "lumper.pdf is accepted."
    assert (document.status, document.signed_by) == ("ACCEPTED", "J. Alvarez")
    assert (case.status, case.closed_by) == ("CLOSED", biller.actor)
    assert (case.resolution, case.close_reason) == ("accept", "Legible.")


def test_the_trail_keeps_what_was_promised(case, biller, now):
    accept(case, biller.actor, now)
    entry = case.entries.get(action="accept")
    assert (entry.by, entry.at, entry.comment) == (biller.actor, now, "lumper.pdf is accepted.")
    assert (entry.before, entry.after) == ({"Paper": "RECEIVED"}, {"Paper": "ACCEPTED"})


def test_without_a_reason_of_its_own_the_case_keeps_what_was_done(case, dispatcher, now):
    apply(
        case, "settle", by=dispatcher.actor, at=now, version=1, values={"signed_by": "J. Alvarez"}
    )
    assert case.close_reason == "lumper.pdf is accepted."


@pytest.mark.django_db(transaction=True)
def test_consequence_and_case_commit_together_or_not_at_all(case, document, dispatcher, now):
    with pytest.raises(RuntimeError), transaction.atomic():
        apply(case, "fail", by=dispatcher.actor, at=now, version=1, values={"signed_by": "J."})
    document.refresh_from_db()
    case.refresh_from_db()
    assert (document.status, case.status) == ("RECEIVED", "OPEN")
    assert not Event.objects.filter(name__in=["document.accepted", "case.closed"]).exists()


@pytest.mark.django_db(transaction=True)
def test_a_case_changed_while_the_consequence_is_made_undoes_it(
    case, document, biller, manager, now, monkeypatch
):
    made = AcceptPaper.apply

    def slow(self, case, **told):
        summary = made(self, case, **told)
        with ThreadPoolExecutor(1) as other:
            other.submit(_renew_elsewhere, case, now).result(timeout=10)
        return summary

    monkeypatch.setattr(AcceptPaper, "apply", slow)
    with pytest.raises(CaseConflict), transaction.atomic():
        accept(case, biller.actor, now)
    document.refresh_from_db()
    assert document.status == "RECEIVED"


def _renew_elsewhere(case: Case, now) -> None:
    try:
        CaseFactory(kind=KIND, subject_key="doc", at=now, title="Another title")
    finally:
        connections.close_all()


def test_the_second_of_two_is_told_who_was_faster_and_when(case, biller, manager, now):
    mine = Case.objects.get(pk=case.pk)
    accept(case, manager.actor, now)
    with pytest.raises(CaseConflict, match="changed by Lena Marsh at 2026-11-19 20:20 UTC"):
        accept(mine, biller.actor, now)


def test_a_case_that_has_changed_since_it_was_seen_is_not_decided(case, biller, now):
    CaseFactory(kind=KIND, subject_key="doc", at=now, title="Another title")
    with pytest.raises(CaseConflict):
        accept(case, biller.actor, now, version=1)


def test_a_conflict_answers_409():
    assert (CaseConflict.status, CaseConflict.code) == (409, "case_conflict")


def test_a_comment_in_between_is_no_conflict(case, biller, manager, now):
    comment_on_case(case, comment="Looks fine.", by=manager.actor, at=now)
    assert accept(case, biller.actor, now, version=1).case.status == "CLOSED"


def test_only_the_roles_of_the_action_may_apply_it(case, dispatcher, now):
    with pytest.raises(NotAllowed):
        accept(case, dispatcher.actor, now)


@pytest.mark.parametrize("by", ["rule:document", "source:tms", "key:1"])
def test_only_a_person_applies(case, by, now):
    with pytest.raises(NotAllowed):
        accept(case, by, now)


def test_an_action_that_wants_a_reason_gets_one(case, document, biller, now):
    with pytest.raises(ReasonMissing):
        accept(case, biller.actor, now, reason=" ")
    document.refresh_from_db()
    assert document.status == "RECEIVED"


@pytest.mark.parametrize("values", [{}, {"signed_by": ""}, {"signed_by": None}, None])
def test_an_action_is_told_what_it_needs(case, biller, now, values):
    with pytest.raises(ValueMissing, match="Signed by is missing") as error:
        accept(case, biller.actor, now, values=values)
    assert error.value.field == "signed_by"


def test_an_action_of_another_kind_is_unknown(case, biller, now):
    with pytest.raises(UnknownAction):
        apply(case, "other", by=biller.actor, at=now, version=1)
    with pytest.raises(UnknownAction):
        propose(case, "other")
