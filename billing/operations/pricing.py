"""Keep what rating answered, and turn it into the load's charges."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from billing.models import RatingRecord
from billing.operations.causes import NO_CAUSES, Causes
from billing.operations.comparing import compare_billed
from billing.operations.rerating import apply_lines
from billing.queries.dossiers import Dossier, newest_ratings
from billing.rules.facts import ProblemFact
from journal.operations.correlating import because_of
from journal.operations.writing import insert_rows
from rating.engine.quote import Quote
from rating.engine.storing import spelled, to_plain
from rating.operations.quoting import quote_loads

Problems = tuple[ProblemFact, ...]


def price_loads(dossiers: Sequence[Dossier], *, at: datetime) -> dict[int, Quote]:
    """Return the price of every load that is over, by its id; the others have none yet."""
    over = [dossier.load for dossier in dossiers if dossier.is_over]
    return quote_loads(over, at=at) if over else {}


def keep_prices(
    dossiers: Sequence[Dossier],
    quotes: Mapping[int, Quote],
    *,
    by: str,
    at: datetime,
    causes: Causes = NO_CAUSES,
) -> dict[int, Problems]:
    """Bring charges in line with the quotes; return what could not be priced, by load.

    A load called off owes nothing; one on its way keeps what it has. What is on a live invoice
    stays as it was billed: a difference becomes a case, never a silent change.
    """
    quoted = [(each, quotes[each.load.pk]) for each in dossiers if each.load.pk in quotes]
    _keep_ratings(quoted, at=at)
    rated = []
    for dossier in dossiers:
        quote = quotes.get(dossier.load.pk)
        lines = quote.lines if quote else ()
        if dossier.is_invoiced:
            with because_of(causes.get(dossier.load.pk)):
                compare_billed(dossier, lines, by=by, at=at)
        elif quote is not None or dossier.load.status in {"CANCELLED", "DECLINED"}:
            rated.append((dossier, lines))
    apply_lines(rated, by=by, at=at, causes=causes)
    return {each.load.pk: _problems(quotes.get(each.load.pk)) for each in dossiers}


def _problems(quote: Quote | None) -> Problems:
    return tuple(
        ProblemFact(code=p.code, message=p.message, subject_key=p.subject_key)
        for p in (quote.problems if quote else ())
    )


def _keep_ratings(quoted: Sequence[tuple[Dossier, Quote]], *, at: datetime) -> None:
    """Store each rating with all it rests on, unless it is the one that stands."""
    told = [(dossier, quote, to_plain(quote)) for dossier, quote in quoted]
    others = [
        (dossier, _record(dossier, quote, plain, digest=digest, at=at))
        for dossier, quote, plain in told
        if (digest := _digest(plain)) != (dossier.rating and dossier.rating.digest)
    ]
    # An invoiced load keeps the rating it was billed by; what came later is not stored twice.
    newest = newest_ratings([dossier.load.pk for dossier, _ in others])
    made = []
    for dossier, record in others:
        before = newest.get(dossier.load.pk)
        if before is not None and before.digest == record.digest:
            dossier.rating = before
        else:
            dossier.rating = record
            made.append(record)
    insert_rows(made)


def _digest(plain: Any) -> str:
    return hashlib.sha256(spelled(plain).encode()).hexdigest()


def _record(
    dossier: Dossier, quote: Quote, plain: Any, *, digest: str, at: datetime
) -> RatingRecord:
    return RatingRecord(
        load=dossier.load,
        customer=dossier.load.customer,
        version_id=quote.card_version_id,
        version_label=quote.version_label,
        facts=plain["facts"],
        lines=plain.get("lines", []),
        problems=plain.get("problems", []),
        considered={
            "lanes": plain.get("candidates", []),
            "no_charges": plain.get("no_charges", []),
        },
        total_amount=quote.total,
        currency=quote.currency or dossier.load.currency,
        digest=digest,
        rated_at=at,
    )
