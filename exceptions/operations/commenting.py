"""Say something about a case."""

from datetime import datetime

from exceptions.models import Case, CaseEntry
from exceptions.operations.telling import about, write_entry
from exceptions.rules.wording import clean
from journal.operations.recording import assert_in_transaction, record


class CommentMissing(Exception):
    """There is nothing in the comment."""

    status = 400
    code = "comment_required"
    field = "comment"


def ask_about_case(case: Case, *, whom: str, question: str, by: str, at: datetime) -> CaseEntry:
    """Note on the trail who was asked for what; what others are about to decide stays valid.

    Raises:
        CommentMissing: there is no question.
    """
    question = clean(question).strip()
    if not question:
        raise CommentMissing("Say what you need to know.")
    told = f"{clean(whom).strip()}: {question}" if whom.strip() else question
    record("case.asked", subject=case, by=by, at=at, payload=about(case))
    return write_entry(case, "asked", by=by, at=at, comment=told)


def comment_on_case(case: Case, *, comment: str, by: str, at: datetime) -> CaseEntry:
    """Append a comment, also to a closed case; what others are about to decide stays valid.

    Raises:
        CommentMissing: the comment is empty.
    """
    assert_in_transaction()
    comment = clean(comment).strip()
    if not comment:
        raise CommentMissing("Write something first.")
    record("case.commented", subject=case, by=by, at=at, payload=about(case))
    return write_entry(case, "commented", by=by, at=at, comment=comment)
