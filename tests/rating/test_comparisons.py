"""What a new version changes, row by row."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from rating.engine.places import Place
from rating.queries.comparisons import compare_versions
from tests.rating.engine.building import DETENTION, LANES, STOP_OFF
from tests.rating.making import drafted

pytestmark = pytest.mark.django_db


def test_a_comparison_shows_what_changed_came_and_went():
    dearer = replace(LANES[0], row=5, rate=Decimal("2.49"))
    new = replace(LANES[0], row=6, destination=Place.parse("KY"))
    before = drafted(accessorials=(STOP_OFF, DETENTION))
    after = drafted(
        before.card,
        effective_from=date(2026, 12, 1),
        lanes=(dearer, new),
        accessorials=(replace(STOP_OFF, rate=Decimal(80)), DETENTION),
    )

    changes = compare_versions(before, after)

    assert [(c.label, bool(c.before), bool(c.after)) for c in changes] == [
        ("604 to 431", True, True),
        ("604 to KY", False, True),
        ("604 to OH", True, False),
        ("STOP-1", True, True),
    ]
    assert changes[0].before == LANES[0]
    assert changes[0].after == dearer


def test_another_row_number_is_not_a_change():
    before = drafted()
    moved = tuple(replace(lane, row=lane.row + 10) for lane in LANES)

    assert compare_versions(before, drafted(before.card, lanes=moved)) == []
