"""The partners' side of the door: where messages may come from."""

from datetime import datetime

from django.conf import settings

from accounts.models import Customer
from demo.seeding.company import BY
from integrations.models import EdiPartner, Source
from integrations.rules.leniency import FORGIVABLE
from journal.operations.recording import record

TMS = "tms"
FILES = "files"


def seed_partners(customers: dict[str, Customer], *, secret: str, at: datetime) -> str:
    """Make the TMS, pushed and polled, and a door for files; return the TMS's name."""
    tms = Source.objects.create(
        slug=TMS,
        name="Simulated TMS",
        dialect=Source.Dialect.TMS,
        owner="Dana Whitfield",
        secret=secret,
        poll_url=f"{settings.TMS_URL}/events" if settings.TMS_URL else "",
        created_at=at,
    )
    files = Source.objects.create(
        slug=FILES,
        name="Files by hand",
        dialect=Source.Dialect.MIXED,
        owner="Dana Whitfield",
        default_customer=customers["LKSH-0017"],
        created_at=at,
    )
    EdiPartner.objects.create(
        source=files,
        qualifier="ZZ",
        isa_id=EdiPartner.ANYBODY,
        name="Any sender, for trying files",
        customer=customers["LKSH-0017"],
        tolerates=list(FORGIVABLE),
    )
    for source in (tms, files):
        record("source.created", subject=source, by=BY, at=at, new={"slug": source.slug})
    return tms.slug
