"""Measure the promises of speed: both sides in one run, in turns, by their medians."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import psycopg
from django.core.management.base import BaseCommand, CommandError, CommandParser

from insights.benches.measuring import FEWEST_ROUNDS
from insights.benches.reporting import Finding, machine, table, told
from insights.benches.rows import ROWS
from insights.benches.scratch import beside, scratch_database, turn_to
from insights.benches.sizes import Sizes

USUAL = Sizes()


class Command(BaseCommand):
    """Print each figure with its goal; exit 1 when a goal is missed.

    It works in a database of its own, which it makes and drops, so nothing is left behind.
    """

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Take rows and sizes."""
        parser.add_argument(
            "rows", nargs="*", metavar="ROW", help=f"only these of {', '.join(ROWS)} (default: all)"
        )
        parser.add_argument("--rounds", type=int, default=USUAL.rounds)
        parser.add_argument("--lanes", type=int, default=USUAL.lanes, help="of the large card")
        parser.add_argument("--loads", type=int, default=USUAL.loads, help="of a block")

    def handle(
        self, *, rows: list[str], rounds: int, lanes: int, loads: int, **_options: Any
    ) -> None:
        """Measure, print, and say by the exit code whether every goal is met.

        Raises:
            CommandError: a goal is missed, a row is none of ours, or no database can be made.
        """
        if unknown := sorted(set(rows) - set(ROWS)):
            raise CommandError(f"No row is called {', '.join(unknown)}.")
        sizes = replace(USUAL, lanes=lanes, loads=loads, rounds=rounds)
        try:
            with scratch_database():
                findings = self.measure(rows or list(ROWS), sizes)
        except psycopg.Error as error:
            raise CommandError(f"No database of its own can be made: {error}") from error
        missed = sum(finding.is_met is False for finding in findings)
        verdict = f"{len(findings)} measured, {missed} missed."
        if missed:
            raise CommandError(verdict)
        self.stdout.write(self.style.SUCCESS(verdict))

    def measure(self, rows: list[str], sizes: Sizes) -> list[Finding]:
        """Print the machine, then each finding as it comes."""
        self.stdout.write(machine())
        if sizes.rounds < FEWEST_ROUNDS:
            self.stdout.write(
                self.style.WARNING(f"Fewer than {FEWEST_ROUNDS} rounds: no finding, only a try.")
            )
        findings = []
        for row in rows:
            for finding in self.measured(row, sizes):
                findings.append(finding)
                style = self.style.ERROR if finding.is_met is False else str
                self.stdout.write(style("\n".join(told(finding))))
        self.stdout.write("\n".join(["", *table(findings)]))
        return findings

    def measured(self, row: str, sizes: Sizes) -> Iterator[Finding]:
        """Give the findings of one row, from an empty database that goes with it."""
        with beside() as (_, fresh):
            turn_to(fresh)
            yield from ROWS[row](sizes)
