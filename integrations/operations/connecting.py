"""Connect systems that send to us, and change the secrets they sign with."""

import base64
import secrets
from datetime import datetime, timedelta

from accounts.models import APIKey, Customer
from integrations.models import EdiPartner, Source
from integrations.rules.leniency import FORGIVABLE
from journal.operations.recording import assert_in_transaction, record

SECRET_BYTES = 32
GRACE = timedelta(hours=24)


def create_source(
    slug: str,
    *,
    dialect: str,
    by: str,
    at: datetime,
    name: str = "",
    owner: str = "",
    customer: Customer | None = None,
    api_key: APIKey | None = None,
    poll_url: str = "",
    takes_any_sender: bool = False,
) -> Source:
    """Connect a system under a new name, with a signing secret of its own.

    With `takes_any_sender` EDI interchanges of anybody are taken as the customer's, and test
    interchanges and wrong counts are only warned about: for files that a person feeds in.
    """
    assert_in_transaction()
    source = Source.objects.create(
        slug=slug,
        name=name or slug,
        dialect=dialect,
        owner=owner or by,
        default_customer=customer,
        api_key=api_key,
        poll_url=poll_url,
        secret=new_secret(),
        created_at=at,
    )
    if takes_any_sender:
        EdiPartner.objects.create(
            source=source,
            qualifier="*",
            isa_id=EdiPartner.ANYBODY,
            name="Anybody",
            customer=customer,
            tolerates=list(FORGIVABLE),
        )
    record("source.created", subject=source, by=by, at=at, new={"slug": slug, "dialect": dialect})
    return source


def rotate_secret(source: Source, *, by: str, at: datetime, grace: timedelta = GRACE) -> Source:
    """Give the source a new secret; the old one is believed until the grace ends."""
    assert_in_transaction()
    held = Source.objects.select_for_update(of=("self",)).get(pk=source.pk)
    held.previous_secret, held.previous_secret_until = held.secret, at + grace
    held.secret = new_secret()
    held.save()
    record("source.secret_changed", subject=held, by=by, at=at)
    return held


def new_secret() -> str:
    """Return a secret of 256 random bits in the form of Standard Webhooks."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
