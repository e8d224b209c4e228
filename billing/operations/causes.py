"""Which event makes a block of work do what to which load."""

from collections.abc import Mapping

from journal.models import Event

Causes = Mapping[int, Event]
NO_CAUSES: Causes = {}
