"""What is heard after the invoice changes no invoice: it is put before a person."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

from billing.models import Charge, Invoice, InvoiceLine
from exceptions.models import Case
from tests.factories import stories
from tests.factories.carrier import Cast
from tests.factories.doors import push_all
from tests.journeys.endings import load_of


def test_a_correction_after_issue_opens_a_case_and_leaves_the_invoice(
    cast: Cast, drain: Callable[[], int], pickup_at: datetime
) -> None:
    story = stories.tell_story(104882, pickup_at=pickup_at)
    push_all(cast.tms, stories.messages(story))
    drain()
    issued = [Invoice.objects.values().get(), list(InvoiceLine.objects.order_by("pk").values())]

    push_all(cast.tms, [stories.corrected_departure(story, minutes=150)])
    drain()

    load = load_of("CR104882")
    case = Case.objects.get(kind="late_change")
    assert load.stops.get(sequence=3).departed_at == story.ended_at + timedelta(minutes=150)
    assert [Invoice.objects.values().get(), list(InvoiceLine.objects.order_by("pk").values())] == (
        issued
    )
    assert Charge.objects.get(load=load, code="DET", stop__sequence=3).amount == Decimal("112.50")
    assert (case.load, case.status, case.value_amount) == (load, "OPEN", Decimal("187.50"))


def test_the_first_word_told_again_closes_the_case(
    cast: Cast, drain: Callable[[], int], pickup_at: datetime
) -> None:
    story = stories.tell_story(104882, pickup_at=pickup_at)
    push_all(cast.tms, stories.messages(story))
    drain()
    wrong = stories.corrected_departure(story, minutes=150)
    push_all(cast.tms, [wrong])
    drain()

    right = stories.corrected_departure(story, minutes=0)
    push_all(cast.tms, [right | {"id": f"{wrong['id']}c", "corrects": wrong["id"]}])
    drain()

    case = Case.objects.get(kind="late_change")
    assert (case.status, case.closed_by) == ("CLOSED", "rule:late-change")
    assert Invoice.objects.count() == 1
