"""`manage.py ingest --source NAME FILE...`: files through the same door as the network."""

from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.models import Customer
from accounts.operations.scoping import staff_transaction
from integrations.adapters import read_message, unpack
from integrations.models import InboxMessage, Source
from integrations.operations.connecting import create_source
from integrations.operations.receiving import Receipt, Received, receive_many
from integrations.operations.understanding import fetch_parked, prepare, understand
from integrations.queries.sources import find_source

WIDEST_FILE = 50_000_000


class Command(BaseCommand):
    """Keep the messages in files, apply them, and say in one sentence what became of each."""

    help = "Take EDI interchanges and JSON messages from files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the source and the files."""
        parser.add_argument("--source", required=True, help="The slug of the source.")
        parser.add_argument(
            "--create",
            action="store_true",
            help="Make the source when there is none of this name: any dialect, any sender.",
        )
        parser.add_argument(
            "--customer",
            metavar="CODE",
            help="With --create: whose loads it sends; not needed where there is one customer.",
        )
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        """Take the files one after the other; what is wrong in one is its own case."""
        source = self._source(options["source"], **options)
        kept = [
            (path, received)
            for path, data in list(_read(options["files"]))
            for received in _keep(source, path, data)
        ]
        _apply(received.message.pk for _, received in kept)
        for path, received in kept:
            self.stdout.write(f"{path.name}: {_sentence(received)}")
        self.stdout.write(_summary(kept))

    def _source(self, slug: str, **options: Any) -> Source:
        source = find_source(slug)
        if source is None and options["create"]:
            source = _create_source(slug, customer=_customer(options["customer"]))
            owner = source.default_customer or "no customer in particular"
            self.stdout.write(f"There was no source {slug}: made it, for {owner}.")
        if source is None:
            known = ", ".join(Source.objects.order_by("slug").values_list("slug", flat=True))
            raise CommandError(
                f"There is no active source {slug!r}. There are: {known or 'none'}. "
                "Give --create to make it."
            )
        return source


def _customer(code: str | None) -> Customer | None:
    """Return the customer of that code; without one, the only customer there is."""
    if code:
        found = Customer.objects.filter(code=code).first()
        if found is None:
            raise CommandError(f"There is no customer {code!r}.")
        return found
    customers = list(Customer.objects.order_by("id")[:2])
    return customers[0] if len(customers) == 1 else None


def _create_source(slug: str, *, customer: Customer | None) -> Source:
    with transaction.atomic():
        return create_source(
            slug, dialect=Source.Dialect.MIXED, customer=customer, by="command:ingest",
            at=timezone.now(), takes_any_sender=True,
        )  # fmt: skip


def _read(paths: list[Path]) -> Iterator[tuple[Path, bytes]]:
    """Yield every file's bytes; all of them can be read, or none is taken."""
    for path in paths:
        try:
            size = path.stat().st_size
            if size > WIDEST_FILE:
                raise CommandError(f"{path} has {size:,} bytes; at most {WIDEST_FILE:,} are read.")
            yield path, path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error


def _keep(source: Source, path: Path, data: bytes) -> list[Received]:
    with staff_transaction():
        return receive_many(
            source,
            parcels=unpack(source, data),
            headers={"door": "file", "file": path.name},
            at=timezone.now(),
        )


def _apply(ids: Iterable[int]) -> None:
    """Understand what is new now instead of waiting for a worker; one may have been faster."""
    loads: set[int] = set()
    for pk in dict.fromkeys(ids):
        rows = InboxMessage.objects.filter(pk=pk, status=InboxMessage.Status.RECEIVED)
        rows = rows.select_related("source__default_customer")
        read = prepare(rows, read=read_message)
        with staff_transaction():
            messages = list(rows.select_for_update(of=("self",)))
            understand(messages, read=read, at=timezone.now())
        loads.update(message.load_id for message in messages if message.load_id)
    with staff_transaction():
        fetch_parked(loads, read=read_message, at=timezone.now())


def _sentence(received: Received) -> str:
    """Return what became of one message, in words."""
    message = InboxMessage.objects.select_related("source").get(pk=received.message.pk)
    name = message.external_id
    if received.status == Receipt.DUPLICATE:
        word = "duplicate_interchange" if message.content_type.endswith("x12") else "duplicate"
        return f"{name}: {word}, it had come before; nothing was done."
    if received.status == Receipt.CONFLICT:
        return f"{name}: conflict, the id had come before with another body; a case is open."
    return f"{name}: {message.status.lower()}. {message.reason}".rstrip()


def _summary(kept: list[tuple[Path, Received]]) -> str:
    files = len({path for path, _ in kept})
    return f"{len(kept)} messages in {files} files, all kept."
