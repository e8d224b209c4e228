"""Every published example of the domain notes is a golden test under its id, with its amount."""

import json
import os
from decimal import Decimal
from pathlib import Path

import pytest

from tests.rating.engine.test_worked_examples import EXAMPLES

pytestmark = pytest.mark.conformance


def published() -> dict[str, str]:
    """The examples beside the samples: id and expected amount."""
    path = Path(os.environ["CONFORMANCE_DATA"]).parent / "domain" / "worked_examples.json"
    return {each["id"]: each["expected"] for each in json.loads(path.read_text())}


def test_no_example_is_left_out_and_none_is_there_twice():
    ids = [example.id for example in EXAMPLES]

    assert len(set(ids)) == len(ids)
    assert set(published()) <= set(ids)


def test_each_golden_test_expects_what_was_published():
    expected = {example.id: Decimal(example.expected) for example in EXAMPLES}

    assert {name: expected[name] for name in published()} == {
        name: Decimal(amount) for name, amount in published().items()
    }
