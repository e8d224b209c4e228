"""Each invariant counts what happens when its guarantee is taken away."""

from collections.abc import Callable, Iterator

import pytest
from django.db import connections, transaction

from rating.operations.carding import create_card
from rating.queries.invariants import INVARIANTS
from tests.rating.making import DRAFTER, NOW, published

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

BREACHES = {
    "Published index values cannot be changed.": (
        "ALTER TABLE rating_fuelindexvalue DISABLE TRIGGER rating_fuelindexvalue_frozen",
    ),
    "The rows of an approved version cannot be changed.": (
        "DROP TRIGGER rating_lane_updated_to ON rating_lane",
    ),
    "Approved versions, and the fuel programmes and scales they use, cannot be changed.": (
        "DROP TRIGGER rating_fuelprogramme_kept ON rating_fuelprogramme",
    ),
    "Tax rates stay as they were recorded.": (
        "ALTER TABLE rating_taxrate DISABLE TRIGGER rating_taxrate_kept",
    ),
    "No day has two published versions of one card.": (
        "ALTER TABLE rating_ratecardversion DROP CONSTRAINT version_periods_apart",
        "ALTER TABLE rating_ratecardversion DROP CONSTRAINT version_number_once",
        "UPDATE rating_ratecardversion SET card_id = (SELECT min(id) FROM rating_ratecard)",
    ),
    "Nobody approved or published a version they had written or submitted.": (
        "ALTER TABLE rating_ratecardversion DROP CONSTRAINT version_two_people",
        "ALTER TABLE rating_ratecardversion DROP CONSTRAINT version_approver_wrote_nothing",
        "UPDATE rating_ratecardversion SET approved_by = drafted_by",
    ),
}


@pytest.fixture
def as_owner() -> Iterator[Callable[[str], None]]:
    """Run statements as the owner, past every trigger, and undo them."""
    owner = connections["owner"]
    with owner.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield cursor.execute
        cursor.execute("ROLLBACK")
    owner.close()


@pytest.fixture
def two_published_cards() -> None:
    with transaction.atomic():
        for name in ("One", "Other"):
            card = create_card(name=name, currency="USD", equipment=name, by=DRAFTER, at=NOW)
            published(card)


def broken() -> set[str]:
    with connections["owner"].cursor() as cursor:
        return {each.sentence for each in INVARIANTS if each.count(cursor)}


@pytest.mark.parametrize("sentence", [each.sentence for each in INVARIANTS])
def test_a_guarantee_taken_away_is_counted(two_published_cards, as_owner, sentence):
    assert broken() == set()

    for statement in BREACHES[sentence]:
        as_owner(statement)

    assert broken() == {sentence}
