"""Keep what rating answered, and turn it into the load's charges."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from billing.models import RatingRecord
from billing.operations.comparing import compare_billed
from billing.operations.rerating import apply_lines
from billing.queries.dossiers import Dossier
from billing.rules.facts import ProblemFact
from rating.engine import facts as rated_facts
from rating.engine.quote import Quote
from rating.engine.storing import canonical, to_plain
from rating.operations.quoting import quote_loads

Problems = tuple[ProblemFact, ...]


def price_loads(dossiers: Sequence[Dossier], *, at: datetime) -> dict[int, Quote]:
    """Return the price of every load that is over, by its id; the others have none yet."""
    over = [dossier.load for dossier in dossiers if dossier.is_over]
    return quote_loads(over, at=at) if over else {}


def keep_price(dossier: Dossier, quote: Quote | None, *, by: str, at: datetime) -> Problems:
    """Bring the load's charges in line with `quote` and return what could not be priced.

    A load called off owes nothing; one on its way keeps what it has. What is on a live invoice
    stays as it was billed: a difference becomes a case, never a silent change.
    """
    if quote is not None:
        _keep_rating(dossier, quote, at=at)
    lines = quote.lines if quote else ()
    if dossier.is_invoiced:
        compare_billed(dossier, lines, by=by, at=at)
    elif quote is not None or dossier.load.status in {"CANCELLED", "DECLINED"}:
        apply_lines(dossier, lines, by=by, at=at)
    problems = quote.problems if quote else ()
    return tuple(
        ProblemFact(code=p.code, message=p.message, subject_key=p.subject_key) for p in problems
    )


def _keep_rating(dossier: Dossier, quote: Quote, *, at: datetime) -> None:
    """Store the rating with all it rests on, unless it is the one that stands."""
    digest = hashlib.sha256(canonical(quote).encode()).hexdigest()
    if dossier.rating is not None and dossier.rating.digest == digest:
        return
    # An invoiced load keeps the rating it was billed by; what came later is not stored twice.
    newest = RatingRecord.objects.filter(load=dossier.load).order_by("-pk").first()
    if newest is not None and newest.digest == digest:
        dossier.rating = newest
        return
    dossier.rating = RatingRecord.objects.create(
        load=dossier.load,
        customer=dossier.load.customer,
        version_id=quote.card_version_id,
        version_label=quote.version_label,
        facts=rated_facts.to_json(quote.facts),
        lines=to_plain(quote.lines),
        problems=to_plain(quote.problems),
        considered={"lanes": to_plain(quote.candidates), "no_charges": to_plain(quote.no_charges)},
        total_amount=quote.total,
        currency=quote.currency or dossier.load.currency,
        digest=digest,
        rated_at=at,
    )
