"""The partners' side of the door: where messages may come from."""

from datetime import datetime

from django.conf import settings

from accounts.models import Customer
from demo.seeding.company import BY
from integrations.models import EdiPartner, Source
from journal.operations.recording import record

TMS = "tms"
EDI = "edi"


def seed_partners(customers: dict[str, Customer], *, secret: str, at: datetime) -> str:
    """Make the TMS, pushed and polled, and a customer that sends EDI; return the TMS's name."""
    tms = Source.objects.create(
        slug=TMS,
        name="Simulated TMS",
        dialect=Source.Dialect.TMS,
        owner="Dana Whitfield",
        owned_fields="Stops, appointments, references, milestones",
        secret=secret,
        poll_url=f"{settings.TMS_URL}/events" if settings.TMS_URL else "",
        created_at=at,
    )
    edi = Source.objects.create(
        slug=EDI,
        name="EDI by file",
        dialect=Source.Dialect.EDI,
        owner="Dana Whitfield",
        owned_fields="Tenders and shipment status of EDI customers",
        default_customer=customers["LKSH-0017"],
        created_at=at,
    )
    EdiPartner.objects.create(
        source=edi,
        qualifier="ZZ",
        isa_id=EdiPartner.ANYBODY,
        name="Any sender, for trying files",
        customer=customers["LKSH-0017"],
    )
    for source in (tms, edi):
        record("source.created", subject=source, by=BY, at=at, new={"slug": source.slug})
    return tms.slug
