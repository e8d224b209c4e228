"""Real messages of real partners, through the door that every file takes."""

import os
import re
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from time_machine import Traveller

from dispatch.models import Load
from exceptions.models import Case
from integrations.models import InboxMessage
from integrations.tasks import age_parked
from tests.factories.carrier import Cast

pytestmark = pytest.mark.conformance

FOLDERS = ("edi204", "edi214", "edi_negative", "webhooks")
Status = InboxMessage.Status
ENDS = {Status.PROCESSED, Status.IGNORED, Status.FAILED, Status.PARKED}


@pytest.fixture
def samples() -> list[Path]:
    """Return every sample, in a fixed order."""
    root = Path(os.environ["CONFORMANCE_DATA"])
    return sorted(path for folder in FOLDERS for path in (root / folder).iterdir())


def test_every_sample_is_applied_put_before_a_person_or_ignored_for_a_reason(
    cast: Cast, samples: list[Path], drain: Callable[[], int], clock: Traveller
) -> None:
    said = StringIO()

    call_command("ingest", "--source", "samples", "--create", *map(str, samples), stdout=said)
    drain()
    clock.shift(timedelta(minutes=16))
    age_parked()
    drain()

    # As many messages as came in are kept; a repeated one is said to be, file by file.
    lines = said.getvalue().splitlines()
    told = [line for line in lines if re.match(rf"({_names(samples)}): ", line)]
    repeated = [line for line in told if "duplicate" in line]
    kept = list(InboxMessage.objects.select_related("load").order_by("pk"))
    assert {line.split(":")[0] for line in told} == {path.name for path in samples}
    assert len(kept) == len(told) - len(repeated)
    # Each has its verdict, and what was not understood lies before a person with its raw text.
    assert {message.status for message in kept} <= ENDS
    for message in kept:
        _assert_answered(message)
    assert Load.objects.exists()
    assert any(load.milestones.exists() for load in Load.objects.all())


def _names(samples: list[Path]) -> str:
    return "|".join(re.escape(path.name) for path in samples)


def _assert_answered(message: InboxMessage) -> None:
    cases = Case.objects.filter(subject_key=f"message:{message.pk}", status="OPEN")
    if message.status == Status.PROCESSED:
        assert message.load is not None, message
    elif message.status == Status.IGNORED:
        assert message.reason, message
    else:
        case = cases.first()
        assert case is not None, (message, message.reason)
        assert case.detail["problems"][0].endswith("."), case.detail
        assert case.evidence[0]["value"], case.title
        assert (
            bytes(message.body)
            .decode("utf-8", "replace")
            .startswith(case.evidence[0]["value"][:50])
        )


def test_the_samples_a_second_time_change_nothing(
    cast: Cast, samples: list[Path], drain: Callable[[], int]
) -> None:
    call_command("ingest", "--source", "samples", "--create", *map(str, samples))
    drain()
    before = (InboxMessage.objects.count(), Load.objects.count(), Case.objects.count())

    call_command("ingest", "--source", "samples", *map(str, samples))
    drain()

    assert (InboxMessage.objects.count(), Load.objects.count(), Case.objects.count()) == before
