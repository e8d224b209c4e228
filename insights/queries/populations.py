"""Which rated loads a simulation goes through, in blocks by load."""

from datetime import UTC, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from billing.models import LoadBilling, RatingRecord
from insights.models import Backtest
from rating.models import RateCard
from rating.queries.books import named_scope

A_DAY = timedelta(days=1)


def population(backtest: Backtest) -> QuerySet[RatingRecord]:
    """The ratings that stand for the loads of the run, by their local day of pickup.

    A card of a customer is tried on all its loads but those that a closer card of it rated, a card
    for everybody on the loads that it rated, or that no card could rate; or, where the run names a
    customer, on all of that one's.
    """
    first, last = (
        datetime.combine(day, time(), tzinfo=UTC) for day in (backtest.first_on, backtest.last_on)
    )
    # A local day begins and ends within a day of the one in UTC; this narrows what is opened.
    picked = Coalesce("load__picked_up_at", "load__pickup_from")
    near = RatingRecord.objects.alias(picked=picked).filter(
        picked__gte=first - A_DAY, picked__lt=last + 2 * A_DAY
    )
    standing = LoadBilling.objects.filter(rating__isnull=False).values("rating_id")
    return near.filter(
        _of_the_card(backtest),
        pk__in=standing,
        facts__pickup_on__gte=backtest.first_on.isoformat(),
        facts__pickup_on__lte=backtest.last_on.isoformat(),
    )


def next_block(backtest: Backtest, *, size: int) -> list[RatingRecord]:
    """The next ratings of the run, in the order of their loads."""
    rest = population(backtest).filter(load_id__gt=backtest.position)
    return list(rest.select_related("load").order_by("load_id")[:size])


def _of_the_card(backtest: Backtest) -> Q:
    card = backtest.version.card
    fitting = Q()
    if card.equipment:
        fitting &= Q(load__equipment=card.equipment)
    if card.shipment_type:
        fitting &= Q(load__shipment_type=card.shipment_type)
    if card.customer_id is not None:
        is_closer = Q(version__card__in=_closer_cards(card))
        return fitting & Q(customer_id=card.customer_id) & (Q(version=None) | ~is_closer)
    if backtest.customer_id is not None:
        return fitting & Q(customer_id=backtest.customer_id)
    return fitting & (Q(version=None) | Q(version__card=card))


def _closer_cards(card: RateCard) -> list[RateCard]:
    """Cards of the same customer that name more of a load, and so are asked before `card`."""
    others = RateCard.objects.filter(customer=card.customer_id)
    return [other for other in others if named_scope(other) > named_scope(card)]
