"""Run the simulated TMS until told to stop."""

import json
import os
from argparse import ArgumentParser
from threading import Event, Thread
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from demo.partners.serving import PartnerServer
from demo.partners.tms import Pusher, Tms


class Command(BaseCommand):
    """`manage.py simulate_tms`: pushes webhooks, answers the poll, shows its plan."""

    help = "Run the simulated TMS."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the port, the pace and the seed of the misbehaviour."""
        port = int(os.environ.get("LADING_TMS_PORT", "8001"))
        parser.add_argument("--port", type=int, default=port)
        parser.add_argument("--seed", type=int, default=42)
        parser.add_argument("--seconds-between-loads", type=float, default=5.0)

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve and push, with the secret that the demonstration's seed has written."""
        path = settings.VAR_DIR / "demo" / "tms.json"
        if not path.exists():
            raise CommandError("There is no demonstration yet: run `manage.py demo` first.")
        source = json.loads(path.read_text())
        tms = Tms(seed=options["seed"], seconds_between_loads=options["seconds_between_loads"])
        (path.parent / "plan.json").write_text(json.dumps(tms.describe()))
        push = Pusher(f"{settings.BASE_URL}/in/webhooks/{source['slug']}/", source["secret"])
        stop = Event()
        runner = Thread(target=tms.run, args=(push, stop), daemon=True)
        runner.start()
        PartnerServer(options["port"], tms.handle).serve_until_told()
        stop.set()
        runner.join(timeout=10)
