"""Filing the papers of stories."""

from datetime import datetime

from dispatch.events import DocumentFacts
from dispatch.models import Document, Load, Stop
from dispatch.operations.filing import Acceptance, file_document, inspect_upload, store_bytes


def file_paper(
    load: Load,
    facts: DocumentFacts,
    *,
    source: str,
    by: str,
    at: datetime,
    acceptance: Acceptance = Acceptance.BY_RULE,
) -> Document:
    """File one paper as its source would."""
    paper = inspect_upload(facts.filename, facts.content)
    return file_document(
        load,
        kind=facts.kind,
        filename=paper.filename,
        content_type=paper.content_type,
        pages=paper.pages,
        size=len(facts.content),
        sha256=store_bytes(facts.content),
        stop=Stop.objects.filter(load=load, sequence=facts.stop_sequence).first(),
        occurred_at=facts.occurred_at,
        amount=facts.amount,
        currency=facts.currency,
        receipt_number=facts.receipt_number,
        signed_by=facts.signed_by,
        source=source,
        by=by,
        at=at,
        acceptance=acceptance,
    )
