"""Count what breaks a promise: every line is a sentence and the number of rows that deny it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from accounts.operations.scoping import staff_transaction
from insights.queries.invariants import all_invariants
from journal.queries.invariants import Invariant, Walk


class Command(BaseCommand):
    """Print each invariant with its count; exit 1 when one of them is not 0."""

    help = __doc__ or ""
    # It reads rows; what else may be wrong with an installation must not keep it from counting.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Take --deep and codes."""
        parser.add_argument(
            "--deep",
            action="store_true",
            help="also walk the audit chain, fold every load and rate every rating anew",
        )
        parser.add_argument(
            "codes", nargs="*", metavar="CODE", help="only these, such as I3 I11 (default: all)"
        )

    def handle(self, *, deep: bool, codes: list[str], **_options: Any) -> None:
        """Count, print, and say by the exit code whether all holds.

        Raises:
            CommandError: an invariant is broken, or a code is none of ours.
        """
        known = {invariant.code for invariant in all_invariants()}
        if unknown := sorted(set(codes) - known):
            raise CommandError(f"No invariant is called {', '.join(unknown)}.")
        wanted = [
            invariant
            for invariant in all_invariants()
            if (deep or not invariant.is_deep) and (not codes or invariant.code in codes)
        ]
        broken = sum([self.count(invariant) > 0 for invariant in wanted])
        verdict = f"{len(wanted)} checked, {broken} broken."
        if broken:
            raise CommandError(verdict)
        self.stdout.write(self.style.SUCCESS(verdict))

    def count(self, invariant: Invariant | Walk) -> int:
        """Print one line and return its count.

        Each has a transaction of its own that sees every customer, so none holds a snapshot for
        longer than it needs.
        """
        with staff_transaction(), connection.cursor() as cursor:
            found = invariant.count(cursor)
        line = f"{invariant.code:<4} {found:>7,}  {invariant.sentence}"
        self.stdout.write(self.style.ERROR(line) if found else line)
        return found
