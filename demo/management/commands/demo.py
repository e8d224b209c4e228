"""Make the demonstration, once."""

import json
import os
import secrets
from argparse import ArgumentParser
from base64 import b64encode
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone
from tqdm import tqdm

from billing.models import LegalEntity
from demo.seeding.abroad import seed_abroad
from demo.seeding.cash import seed_payments
from demo.seeding.company import seed_company, seed_people
from demo.seeding.history import LOADS, seed_history, stories
from demo.seeding.partners import seed_partners
from demo.seeding.road import give_drivers, hear_trucks
from demo.seeding.tariffs import ask_impact, seed_tariffs
from journal.operations.backlog import take_newest_first


class Command(BaseCommand):
    """`manage.py demo`: a carrier with twelve weeks behind it, made through the operations."""

    help = "Seed the demonstration company; does nothing when there is one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the number of loads."""
        parser.add_argument("--loads", type=int, default=LOADS)

    def handle(self, *args: Any, **options: Any) -> None:
        """Seed, and write how to sign in."""
        if LegalEntity.objects.exists():
            self.stdout.write("There is a company already; the demonstration is left alone.")
            return
        now = timezone.now()
        secret = "whsec_" + b64encode(secrets.token_bytes(32)).decode()
        with transaction.atomic():
            customers = seed_company(at=now - timedelta(weeks=20))
            people = seed_people(customers, at=now - timedelta(weeks=20))
            seed_tariffs(customers, at=now)
            slug = seed_partners(customers, secret=secret, at=now)
        write_private("tms.json", {"slug": slug, "secret": secret})
        with tqdm(total=options["loads"], unit="load", leave=False) as bar:
            seed_history(customers, now=now, loads=options["loads"], tell_progress=bar.update)
        give_drivers(now=now)
        hear_trucks(stories(now=now, loads=options["loads"]), now=now)
        seed_abroad(now=now)
        seed_payments(now=now)
        with transaction.atomic():
            ask_impact(at=timezone.now())
        take_newest_first("render", at=now)
        write_private("people.json", [asdict(person) for person in people])
        self.stdout.write(f"{options['loads']} loads of the last twelve weeks are there.")


def write_private(name: str, document: Any) -> Path:
    """Write a JSON file for this user's eyes alone below `var/demo`."""
    path = Path(settings.VAR_DIR) / "demo" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(opened, "w") as file:
        json.dump(document, file, indent=2)
    return path
