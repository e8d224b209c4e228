"""Declared transitions of a row's status, kept by code and by the database."""

from typing import ClassVar

from django.db import models

Moves = frozenset[tuple[str, str]]


class Lifecycle(models.Model):
    """A model whose `status` moves only along `TRANSITIONS`, through `advance()`.

    A trigger refuses any other move, and refuses to commit a move that no event tells of.
    """

    TRANSITIONS: ClassVar[Moves] = frozenset()
    EVENT_NAMES: ClassVar[dict[str, str]] = {}

    status: str

    class Meta:
        abstract = True


class LegalMove(models.Model):
    """One legal pair of statuses, written from the models when the owner migrates."""

    table = models.CharField(max_length=60)
    from_status = models.CharField(max_length=20)
    to_status = models.CharField(max_length=20)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["table", "from_status", "to_status"], name="legal_move_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.table}: {self.from_status} -> {self.to_status}"
