"""The benchmark measures what it says and leaves nothing behind; no test asserts a time."""

from contextlib import nullcontext, suppress
from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from insights.benches import scratch
from insights.benches.measuring import Goal, Result, Side, Timing, compare
from insights.benches.memory import spend
from insights.benches.reporting import Statement, told
from insights.benches.sizes import House, Sizes
from insights.management.commands import bench


@pytest.fixture
def try_row(monkeypatch):
    """Measure a row at tiny sizes, whatever comes of it; return what is printed."""

    def tried(row: str, **sizes: int) -> str:
        monkeypatch.setattr(Goal, "is_met_by", lambda _self, _ratio: True)
        monkeypatch.setattr(bench, "scratch_database", nullcontext)
        tiny = replace(Sizes(), few=House(30, 10, 8, 8, 3, 5), many=House(60, 20, 15, 15, 4, 8))
        monkeypatch.setattr(bench, "USUAL", tiny)
        out = StringIO()
        call_command("bench", row, rounds=1, stdout=out, **sizes)
        return out.getvalue()

    return tried


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_a_document_is_drawn_naturally_and_as_ours(try_row):
    said = try_row("1", loads=1)

    assert "1  an invoice of 1 page, PDF/A-3b with its data" in said
    assert "natural template" in said


@pytest.mark.parametrize(
    ("row", "sides"),
    [
        ("2", ("bare WeasyPrint, same HTML", "ours")),
        ("3", ("bare INSERT", "serializer, get_or_create")),
        ("5", ("by hand, one by one", "ours, 2 at once")),
        ("6", ("by hand, a statement at a time", "ours, runs of 2")),
    ],
)
@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_both_sides_of_a_row_are_measured(try_row, row, sides):
    said = try_row(row, loads=2)

    assert all(side in said for side in sides)
    assert "MISSED" not in said


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_every_list_is_read_from_both_houses(try_row):
    said = try_row("8")

    assert "8  board, first page" in said
    assert "8  API invoices, deep" in said
    assert "30 loads" in said
    assert "60 loads" in said


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_a_tiny_run_measures_rating(try_row):
    said = try_row("9", lanes=25, loads=4)

    assert "Fewer than 15 rounds" in said
    assert "import and publish a card of 25 lanes" in said
    assert said.count("  MET") == 7
    assert "6 measured, 0 missed." in said


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_a_run_has_a_database_of_its_own_and_drops_it_whatever_happens(monkeypatch, settings):
    monkeypatch.setattr(scratch, "call_command", lambda *_args, **_options: None)
    usual = connection.settings_dict["NAME"]
    files = settings.BLOB_ROOT, settings.RING_BELLS

    with suppress(KeyboardInterrupt), scratch.scratch_database() as name:
        assert connection.settings_dict["NAME"] == name != usual
        assert name in databases()
        raise KeyboardInterrupt

    assert connection.settings_dict["NAME"] == usual
    assert name not in databases()
    assert files == (settings.BLOB_ROOT, settings.RING_BELLS)


def databases() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database")
        return {name for (name,) in cursor.fetchall()}


def test_a_missed_goal_is_an_exit_code(monkeypatch):
    slow = Statement("9  slow", "9 s", is_met=False)
    monkeypatch.setattr(bench, "ROWS", {"9": lambda _sizes: iter([slow])})
    monkeypatch.setattr(bench, "scratch_database", nullcontext)
    monkeypatch.setattr(bench, "machine", lambda: "a machine")
    monkeypatch.setattr(bench, "beside", lambda: nullcontext(({}, {})))

    with pytest.raises(CommandError, match="1 measured, 1 missed"):
        call_command("bench", stdout=StringIO())


def test_an_unknown_row_is_named():
    with pytest.raises(CommandError, match="No row is called 77"):
        call_command("bench", "77", stdout=StringIO())


@pytest.mark.parametrize(("steps", "told_by"), [(2, "baabbaababba"), (1, "bbabbaabb")])
def test_both_sides_take_turns_and_the_first_round_does_not_count(steps, told_by):
    seen: list[str] = []

    result = compare(
        "turns",
        Side("a", [lambda: seen.append("a")] * steps, 1),
        Side("b", [lambda: seen.append("b")] * 2, 2),
        goal=Goal(1000, is_most=True),
        rounds=2,
    )

    assert "".join(seen) == told_by
    assert len(result.first.seconds) == len(result.second.seconds) == 2


@pytest.mark.parametrize(
    ("is_most", "ratio", "is_met"), [(True, 1.1, True), (True, 1.2, False), (False, 1.0, False)]
)
def test_a_goal_is_a_bound(is_most, ratio, is_met):
    assert Goal(1.1, is_most=is_most).is_met_by(ratio) is is_met


@pytest.mark.parametrize(("is_most", "ratio"), [(True, 2.0), (False, 0.5)])
def test_the_ratio_is_the_median_of_the_rounds_ratios(is_most, ratio):
    first, second = Timing("a", (1.0, 10.0, 1.0)), Timing("b", (2.0, 20.0, 9.0))

    assert Result("r", first, second, Goal(9, is_most=is_most)).ratio == ratio


def test_figures_are_medians_with_their_interval():
    timing = Timing("x", tuple(float(second) for second in range(15, 0, -1)))

    assert (timing.median, timing.least) == (8.0, 1.0)
    assert timing.interval == (4.0, 13.0)


def test_a_finding_ends_with_its_verdict():
    assert list(told(Statement("n", "t"))) == ["n: t"]
    assert list(told(Statement("n", "t", is_met=True))) == ["n: t  MET"]


def test_memory_is_told_at_its_peak():
    spent = spend(lambda: len(bytearray(40_000_000)))

    assert spent.result == 40_000_000
    assert spent.peak_bytes - spent.before_bytes > 20_000_000
    assert "MB at the peak" in str(spent)
