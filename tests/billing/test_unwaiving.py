"""A waiver can be taken back until its load is billed."""

import pytest

from billing.models import LoadBilling
from billing.operations.invoicing import issue_invoice
from billing.operations.readiness import evaluate_load
from billing.operations.unwaiving import unwaive_case
from exceptions.models import Case
from exceptions.operations.undoing import NotUndoable
from exceptions.operations.waiving import waive_case
from tests.factories import UserFactory
from tests.factories.billing import a_customer, delivered_load, set_policy

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("card")]


@pytest.fixture
def rita() -> str:
    return UserFactory(role="biller").actor


@pytest.fixture
def waived(rita, now) -> Case:
    """The case of a load without its PO, waived, and the load evaluated since."""
    set_policy(customer := a_customer(), required_references="BLOCK PO")
    load = delivered_load(customer)
    evaluate_load(load.pk, by="rule:readiness", at=now)
    case = Case.objects.get(kind="reference_missing")
    waive_case(case, by=rita, at=now, reason="They never have one")
    assert evaluate_load(load.pk, by="rule:readiness", at=now).status == "READY"
    return case


def test_the_case_opens_and_the_load_is_blocked_again(waived, rita, now) -> None:
    unwaive_case(waived, by=rita, at=now)

    waived.refresh_from_db()
    assert waived.status == "OPEN"
    assert LoadBilling.objects.get().status == "BLOCKED"
    assert Case.objects.count() == 1


def test_once_the_load_is_billed_it_stays(waived, rita, now) -> None:
    issue_invoice(LoadBilling.objects.get(), by=rita, at=now)

    with pytest.raises(NotUndoable, match="invoiced by now"):
        unwaive_case(waived, by=rita, at=now)
