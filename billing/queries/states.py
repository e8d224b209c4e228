"""The state of an issued document as one short word, to be compared later."""

from hashlib import sha256

from billing.models import InvoiceState


def state_tag(state: InvoiceState) -> str:
    """Return an HTTP entity tag that changes with status, balance and posting."""
    told = f"{state.status} {state.balance_amount} {state.erp_status} {state.erp_reference}"
    return f'"{sha256(told.encode()).hexdigest()[:20]}"'
