import pytest

from exceptions.operations.closing import close_case
from exceptions.operations.commenting import CommentMissing, comment_on_case
from journal.models import Event
from tests.factories.exceptions import CaseFactory

pytestmark = pytest.mark.django_db


def test_a_comment_stays_with_its_writer_and_its_hour(dispatcher, now):
    case = CaseFactory()
    entry = comment_on_case(case, comment="  Called the dock. ", by=dispatcher.actor, at=now)
    assert (entry.action, entry.comment) == ("commented", "Called the dock.")
    assert (entry.by, entry.at) == (dispatcher.actor, now)
    assert Event.objects.filter(name="case.commented", subject_id=case.pk).count() == 1


def test_a_comment_does_not_make_what_others_are_about_to_decide_stale(dispatcher, biller, now):
    case = CaseFactory()
    comment_on_case(case, comment="Called the dock.", by=biller.actor, at=now)
    closed = close_case(
        case, by=dispatcher.actor, at=now, resolution="settled", reason="Done.", version=1
    )
    assert closed.status == "CLOSED"


def test_a_closed_case_can_still_be_commented_on(dispatcher, now):
    case = CaseFactory()
    close_case(case, by=dispatcher.actor, at=now, resolution="settled", reason="Done.")
    comment_on_case(case, comment="For the record: gate log kept.", by=dispatcher.actor, at=now)
    assert case.entries.count() == 3


@pytest.mark.parametrize("comment", ["", "  \n"])
def test_an_empty_comment_is_refused(dispatcher, now, comment):
    with pytest.raises(CommentMissing):
        comment_on_case(CaseFactory(), comment=comment, by=dispatcher.actor, at=now)
