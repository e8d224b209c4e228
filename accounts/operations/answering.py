"""Answer a repeated request as the first one was answered."""

from datetime import datetime
from typing import Any

from accounts.models import APIKey, KeptAnswer
from journal.operations.recording import assert_in_transaction


class KeyReused(Exception):
    """An `Idempotency-Key` comes again with another request."""

    status = 422
    code = "idempotency_key_reused"

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key was used for another request.")


def claim_answer(
    key: APIKey, idempotency_key: str, *, fingerprint: str, at: datetime
) -> tuple[KeptAnswer, bool]:
    """Return the answer of this key and whether this request is the first; waits for the first.

    Raises:
        KeyReused: the first request was another one.
    """
    assert_in_transaction()
    answer, is_first = KeptAnswer.objects.get_or_create(
        key=key,
        idempotency_key=idempotency_key,
        defaults={"fingerprint": fingerprint, "kept_at": at},
    )
    if answer.fingerprint != fingerprint:
        raise KeyReused
    return answer, is_first


def keep_answer(answer: KeptAnswer, *, status: int, body: Any) -> None:
    """Keep what the first request was answered."""
    KeptAnswer.objects.filter(pk=answer.pk).update(status=status, body=body)
