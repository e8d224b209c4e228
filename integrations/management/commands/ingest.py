"""`manage.py ingest --source NAME FILE...`: files through the same door as the network."""

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.operations.scoping import staff_transaction
from integrations.adapters import read_message, unpack
from integrations.models import EdiPartner, InboxMessage, Source
from integrations.operations.receiving import Receipt, Received, receive_many
from integrations.operations.understanding import fetch_parked, understand
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
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        """Take the files one after the other; what is wrong in one is its own case."""
        source = self._source(options["source"], create=options["create"])
        kept = [
            (path, received)
            for path, data in list(_read(options["files"]))
            for received in _keep(source, path, data)
        ]
        _apply(received.message.pk for _, received in kept)
        for path, received in kept:
            self.stdout.write(f"{path.name}: {_sentence(received)}")
        self.stdout.write(_summary(kept))

    def _source(self, slug: str, *, create: bool) -> Source:
        source = find_source(slug)
        if source is None and create:
            source = _create_source(slug)
            self.stdout.write(f"There was no source {slug}; it is made, and takes any dialect.")
        if source is None:
            known = ", ".join(Source.objects.order_by("slug").values_list("slug", flat=True))
            raise CommandError(
                f"There is no active source {slug!r}. There are: {known or 'none'}. "
                "Give --create to make it."
            )
        return source


def _create_source(slug: str) -> Source:
    with transaction.atomic():
        source = Source.objects.create(
            slug=slug,
            name=slug,
            dialect=Source.Dialect.MIXED,
            owner="command line",
            created_at=timezone.now(),
        )
        EdiPartner.objects.create(
            source=source, qualifier="*", isa_id=EdiPartner.ANYBODY, name="Anybody"
        )
    return source


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


def _apply(ids: Iterator[int]) -> None:
    """Understand what is new now, instead of waiting for a worker; one may have been faster."""
    loads: set[int] = set()
    for pk in dict.fromkeys(ids):
        with staff_transaction():
            rows = InboxMessage.objects.filter(pk=pk, status=InboxMessage.Status.RECEIVED)
            waiting = list(rows.select_for_update(of=("self",)).select_related("source"))
            understand(waiting, read=read_message, at=timezone.now())
            loads.update(message.load_id for message in waiting if message.load_id)
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
