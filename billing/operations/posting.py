"""What the ERP made of an issued document; integrations calls this, nobody else posts."""

from datetime import datetime

from billing.models import Invoice, InvoiceState
from journal.operations.recording import record

NOTE_LENGTH = 240

ErpStatus = InvoiceState.ErpStatus


class PostingConflict(Exception):
    """The ERP holds the document under two numbers of its own."""

    status = 409
    code = "posting_conflict"


def record_posting(
    invoice: Invoice, *, status: str, reference: str = "", note: str = "", by: str, at: datetime
) -> InvoiceState:
    """Keep where the posting of `invoice` stands: QUEUED, POSTED with the ERP's own number, FAILED.

    Saying the same again changes nothing, and a failure told late does not undo a posting.

    Raises:
        PostingConflict: the document was posted before, under another number.
    """
    state = InvoiceState.objects.select_for_update(of=("self",)).get(invoice=invoice)
    if state.erp_status == ErpStatus.POSTED:
        _refuse_other(state, status, reference)
        return state
    old = {"erp_status": state.erp_status, "erp_reference": state.erp_reference}
    new = {"erp_status": status, "erp_reference": reference}
    if old == new and state.erp_note == note[:NOTE_LENGTH]:
        return state
    state.erp_status, state.erp_reference = status, reference
    state.erp_note = note[:NOTE_LENGTH]
    state.erp_posted_at = at if status == ErpStatus.POSTED else None
    state.save(update_fields=["erp_status", "erp_reference", "erp_note", "erp_posted_at"])
    name = {"POSTED": "invoice.posted", "FAILED": "invoice.posting_failed"}.get(status)
    record(
        name or "invoice.posting_queued", subject=invoice, by=by, at=at, old=old, new=new,
        reason=note, payload={"number": invoice.number},
    )  # fmt: skip
    return state


def _refuse_other(state: InvoiceState, status: str, reference: str) -> None:
    if status == ErpStatus.POSTED and reference != state.erp_reference:
        raise PostingConflict(
            f"The ERP calls this document {state.erp_reference}, and now {reference}."
        )
