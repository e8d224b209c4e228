"""A snapshot keeps every word and figure, and refuses what contradicts itself."""

import json
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from billing.rules.snapshot import (
    SNAPSHOT_VERSION,
    Category,
    InvoiceSnapshot,
    SnapshotError,
    Stop,
    StopKind,
    add_up,
    from_data,
    from_json,
    load_sum,
    to_data,
    to_json,
)
from dispatch.models import Stop as DispatchStop
from tests.billing.snapshots import (
    REEFER_LOADS,
    credit_note,
    european_invoice,
    hostile_invoice,
    invoice,
    line,
    load,
)

DOCUMENTS = [invoice, credit_note, european_invoice, hostile_invoice]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_snapshot_survives_its_json_to_the_byte(document: Callable[[], InvoiceSnapshot]):
    snapshot = document()

    read = from_json(to_json(snapshot))

    assert read == snapshot
    assert to_json(read) == to_json(snapshot)


def test_a_json_column_may_reorder_the_keys():
    snapshot = european_invoice()
    reordered = json.loads(json.dumps(to_data(snapshot), sort_keys=True))

    assert to_json(from_data(reordered)) == to_json(snapshot)


def test_money_is_written_as_decimal_text_and_never_as_a_number():
    data = json.loads(to_json(invoice()))

    assert data["totals"]["total"] == "4864.17"
    assert data["loads"][0]["lines"][0]["rate"] == "2.4200"
    assert not [value for value in _leaves(data) if isinstance(value, float)]


def test_a_cent_is_not_lost_in_a_large_amount():
    amount = Decimal("123456789012.34")
    only = load("1", (line("Linehaul", "", "1", "1", str(amount)),))

    assert from_json(to_json(invoice((only,)))).totals.total == amount


def test_a_snapshot_cannot_be_changed():
    snapshot: Any = invoice()

    with pytest.raises(AttributeError):
        snapshot.number = "INV-1"
    with pytest.raises(AttributeError):
        snapshot.loads[0].lines[0].amount = Decimal(0)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("linehaul", Decimal("3278.72")),
        ("fuel", Decimal(0)),
        ("accessorials", Decimal("-969.24")),
        ("tax", Decimal("0.01")),
        ("total", Decimal("4864.16")),
        ("total", Decimal("NaN")),
    ],
)
def test_totals_that_the_lines_do_not_make_are_refused(field: str, value: Decimal):
    wrong = msgspec.structs.replace(add_up(REEFER_LOADS), **{field: value})

    with pytest.raises(SnapshotError, match=f"INV-118204: {field} says"):
        invoice(totals=wrong)


def test_a_subtotal_that_its_lines_do_not_make_is_refused():
    first = msgspec.structs.replace(REEFER_LOADS[0], subtotal=Decimal("1652.02"))

    with pytest.raises(SnapshotError, match="subtotal of load 104762"):
        invoice((first, *REEFER_LOADS[1:]))


def test_an_infinite_amount_is_refused():
    endless = load("1", (line("Linehaul", "", "1", "1", "Infinity"),))

    with pytest.raises(SnapshotError):
        invoice((endless,))


def test_totals_add_rounded_lines_by_category():
    totals = add_up(REEFER_LOADS)

    assert (totals.linehaul, totals.fuel) == (Decimal("3278.71"), Decimal("616.22"))
    assert (totals.accessorials, totals.tax) == (Decimal("969.24"), Decimal("0.00"))
    assert totals.taxes == ()
    assert totals.total == sum(load_sum(each) for each in REEFER_LOADS)


def test_taxes_are_totalled_by_code_and_rate_with_their_base():
    taxes = european_invoice().totals.taxes

    assert [(tax.code, tax.rate, tax.base, tax.amount) for tax in taxes] == [
        ("VAT", Decimal(21), Decimal("536.64"), Decimal("112.70")),
        ("VAT", Decimal(0), Decimal("38.20"), Decimal("0.00")),
    ]


@pytest.mark.parametrize("version", [0, SNAPSHOT_VERSION + 1, "1", None])
def test_another_version_is_refused_by_name(version: object):
    data = {**to_data(invoice()), "version": version}

    with pytest.raises(SnapshotError, match=f"version {version!r}"):
        from_data(data)


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b'"x"', b"null", b"\xff"])
def test_what_is_no_snapshot_is_refused_in_one_sentence(raw: bytes):
    with pytest.raises(SnapshotError, match="Not a snapshot"):
        from_json(raw)


def test_an_unknown_field_is_refused():
    data = {**to_data(invoice()), "discount": "5.00"}

    with pytest.raises(SnapshotError, match="discount"):
        from_data(data)


@pytest.mark.parametrize("zone", ["America/Springfield", "", "../../etc/passwd"])
def test_a_stop_in_a_zone_that_does_not_exist_is_refused(zone: str):
    with pytest.raises(SnapshotError, match="no time zone"):
        Stop(sequence=1, kind=StopKind.PICKUP, name="Dock", city="Joliet", timezone=zone)


@pytest.mark.parametrize("field", ["appointment_from", "arrived_at"])
def test_an_instant_without_a_zone_is_refused(field: str):
    naive: Any = {field: datetime(2026, 10, 21, 7, 0)}

    with pytest.raises(SnapshotError, match=f"{field} has no time zone"):
        Stop(sequence=1, kind=StopKind.PICKUP, name="Dock", city="Joliet", **naive)


def test_an_issue_without_a_zone_is_refused():
    with pytest.raises(SnapshotError, match="issued_at"):
        invoice(issued_at=datetime(2026, 11, 5, 15, 4))


def test_a_currency_that_does_not_exist_is_refused():
    with pytest.raises(SnapshotError, match="'USB' is not an ISO 4217 currency"):
        invoice(currency="USB")


def test_every_kind_of_stop_has_its_two_letters():
    assert {kind.name for kind in StopKind} == set(DispatchStop.Kind.values)


def test_every_category_has_its_total():
    lines = tuple(line("Any", "", "1", "1.00", "1.00", category=kind) for kind in Category)
    totals = add_up((load("1", lines),))

    assert {totals.linehaul, totals.fuel, totals.accessorials} == {Decimal(1)}


def _leaves(data: object) -> list[object]:
    if isinstance(data, dict):
        data = list(data.values())
    return [leaf for item in data for leaf in _leaves(item)] if isinstance(data, list) else [data]
