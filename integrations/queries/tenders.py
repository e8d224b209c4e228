"""The messages by which tenders came, and where their partners look for an answer."""

from collections.abc import Iterable

from dispatch.models import Load
from integrations.models import EdiPartner, InboxMessage, Source

DIALECTS = (Source.Dialect.EDI, Source.Dialect.MIXED)
PROCESSED = InboxMessage.Status.PROCESSED


def edi_messages_of(load: Load) -> Iterable[InboxMessage]:
    """Return the EDI messages of a load that were applied, the newest first."""
    messages = InboxMessage.objects.filter(
        load=load, source__dialect__in=DIALECTS, status=PROCESSED
    )
    return messages.select_related("source").order_by("-pk").iterator(chunk_size=20)


def answers_folder(source: Source, *, sender: tuple[str, str]) -> str:
    """Return where the sender of an interchange looks for answers; empty when it wants none."""
    qualifier, isa_id = sender
    partners = EdiPartner.objects.filter(source=source, is_active=True)
    named = partners.filter(qualifier=qualifier, isa_id=isa_id).first()
    partner = named or partners.filter(isa_id=EdiPartner.ANYBODY).first()
    return partner.answers_folder if partner else ""
