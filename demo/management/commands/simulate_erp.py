"""Run the simulated ERP until told to stop."""

import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from demo.partners.erp import Erp
from demo.partners.serving import PartnerServer


class Command(BaseCommand):
    """`manage.py simulate_erp`: an ERP on the loopback address."""

    help = "Run the simulated ERP."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the port and the seed of its bad days."""
        port = int(os.environ.get("LADING_ERP_PORT", "8002"))
        parser.add_argument("--port", type=int, default=port)
        parser.add_argument("--seed", type=int, default=42)

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve."""
        PartnerServer(options["port"], Erp(options["seed"]).handle).serve_until_told()
