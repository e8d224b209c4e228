"""Cases, opened as the house opens them."""

from datetime import UTC, datetime

import factory
from django.db import transaction
from factory.django import DjangoModelFactory

from exceptions.models import Case
from exceptions.operations.opening import open_case

OPENED_AT = datetime(2026, 11, 19, 15, 41, tzinfo=UTC)


class CaseFactory(DjangoModelFactory):
    """A departure before its arrival, for a dispatcher, opened on Thursday morning."""

    class Meta:
        model = Case

    kind = "time_order"
    subject_key = factory.Sequence(lambda n: f"load:{104000 + n}:stop:1")
    by = "rule:milestones"
    at = OPENED_AT

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        with transaction.atomic():
            return open_case(kwargs.pop("kind"), **kwargs)
