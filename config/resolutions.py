"""What a person can do about a case: (kind, action) -> the class that proposes and applies it.

`propose(case)` gives before and after and changes nothing; `apply(case, by=, at=, reason=,
values=)` makes the change in the transaction that closes the case. The first action of a kind is
the likeliest. Every case can be assigned, commented on and, where money may be let go, waived.
"""

_READ_AGAIN = "integrations.operations.replaying.ReadAgain"
_IGNORE = "integrations.operations.replaying.IgnoreMessage"
_SEND_AGAIN = "integrations.operations.replaying.SendAgain"

RESOLUTIONS: dict[tuple[str, str], str] = {
    # Papers
    ("pod_missing", "accept"): "billing.operations.resolving_documents.AcceptPod",
    ("pod_missing", "upload"): "billing.operations.resolving_documents.UploadPod",
    ("document_rejected", "upload"): "billing.operations.resolving_documents.UploadCopy",
    ("receipt_missing", "upload"): "billing.operations.resolving_documents.UploadReceipt",
    # Charges
    ("accessorial_approval", "approve"): "billing.operations.resolving_charges.ApproveCharge",
    ("accessorial_approval", "waive_charge"): "billing.operations.resolving_charges.WaiveCharge",
    ("late_change", "bill"): "billing.operations.resolving_changes.BillDifference",
    ("late_change", "approve_bill"): "billing.operations.resolving_changes.ApproveDifference",
    ("late_change", "keep"): "billing.operations.resolving_changes.KeepAsBilled",
    ("late_change", "credit"): "billing.operations.resolving_changes.CreditInvoice",
    # Messages in
    ("load_not_found", "read_again"): _READ_AGAIN,
    ("load_not_found", "ignore"): _IGNORE,
    ("message_unreadable", "read_again"): _READ_AGAIN,
    ("message_unreadable", "ignore"): _IGNORE,
    ("unknown_status_code", "read_again"): _READ_AGAIN,
    ("unknown_status_code", "ignore"): _IGNORE,
    ("unknown_sender", "read_again"): _READ_AGAIN,
    ("unknown_sender", "ignore"): _IGNORE,
    ("nonexistent_time", "read_again"): _READ_AGAIN,
    ("nonexistent_time", "ignore"): _IGNORE,
    ("ambiguous_time", "read_again"): _READ_AGAIN,
    ("ambiguous_time", "ignore"): _IGNORE,
    # Messages out
    ("outbox_dead", "send_again"): _SEND_AGAIN,
    ("mail_undelivered", "send_again"): _SEND_AGAIN,
    ("erp_rejected", "send_again"): _SEND_AGAIN,
    ("erp_mismatch", "send_again"): _SEND_AGAIN,
    # Tenders
    ("tender_unanswered", "accept"): "exceptions.operations.tendering.AcceptLate",
    ("tender_unanswered", "decline"): "exceptions.operations.tendering.DeclineLate",
    # Work given up
    ("dead_letter", "replay"): "exceptions.operations.replaying.Replay",
}
