"""Put the published tax rates on file."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from rating.operations.taxing import load_known_rates


class Command(BaseCommand):
    """`manage.py load_tax_rates`: what is on file already is left alone."""

    help = "Record the published GST, HST, QST and VAT rates that are not on file yet."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, and say how many were new."""
        with transaction.atomic():
            count = load_known_rates(by="system:tax-rates", at=timezone.now())
        self.stdout.write(f"{count} tax rates recorded.")
