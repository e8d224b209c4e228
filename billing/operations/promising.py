"""A preview as a signed text: what it shows can be issued to the letter, once, within an hour."""

from decimal import Decimal
from uuid import UUID, uuid4

from django.core import signing

from billing.operations.proposing import Proposal
from billing.operations.running import Wanted

SALT = "workbench.preview"
LONGEST_SECONDS = 3600


class PreviewTooOld(Exception):
    """A preview is issued that nobody can have just looked at."""

    status = 409
    code = "preview_too_old"

    def __init__(self) -> None:
        super().__init__("This preview is too old to be issued. Look at a new one first.")


def sign_proposal(proposal: Proposal) -> str:
    """Return what the issue button carries: these invoices and no others, once."""
    wanted = [
        [each.customer.pk, list(each.load_ids), str(each.total), each.currency]
        for each in proposal.invoices
    ]
    return signing.dumps([uuid4().hex, wanted], salt=SALT, compress=True)


def read_proposal(token: str) -> tuple[UUID, list[Wanted]]:
    """Return the key and the invoices of a signed preview.

    Raises:
        PreviewTooOld: it was not signed here in the last hour.
    """
    try:
        key, wanted = signing.loads(token, salt=SALT, max_age=LONGEST_SECONDS)
    except signing.BadSignature as error:
        raise PreviewTooOld from error
    return UUID(key), [_wanted(*each) for each in wanted]


def _wanted(customer_id: int, load_ids: list[int], total: str, currency: str) -> Wanted:
    return Wanted(customer_id, tuple(load_ids), Decimal(total), currency)
