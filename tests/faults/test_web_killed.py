"""Kill -9 of the process behind the webhook door: what it acknowledged is kept, once."""

from pathlib import Path

import pytest

from integrations.models import InboxMessage
from journal.models import Event
from tests.factories.carrier import Cast
from tests.factories.doors import push
from tests.factories.stories import Message
from tests.faults.conftest import Pool
from tests.faults.worker import Step

pytestmark = pytest.mark.faults

UNCOMMITTED = Step("integrations.views.receive", is_after=True)
UNANSWERED = Step("integrations.views._answer")


@pytest.mark.parametrize(
    ("step", "kept", "answer"), [(UNCOMMITTED, 0, "accepted"), (UNANSWERED, 1, "duplicate")]
)
def test_the_sender_who_got_no_answer_sends_again_with_one_effect(
    step: Step,
    kept: int,
    answer: str,
    cast_now: Cast,
    told: list[Message],
    pool: Pool,
    tmp_path: Path,
) -> None:
    acknowledged = pool.kill(step, [told], note=tmp_path / "acknowledged")
    assert acknowledged == set()
    assert InboxMessage.objects.count() == kept

    again = push(cast_now.tms, told[0])

    assert again.json()["status"] == answer
    assert InboxMessage.objects.get().external_id == told[0]["id"]
    assert Event.objects.filter(name="message.received").count() == 1
