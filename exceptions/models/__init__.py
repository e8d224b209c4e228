"""Rows of the review queue."""

from exceptions.models.case import Case
from exceptions.models.entry import CaseEntry

__all__ = ["Case", "CaseEntry"]
