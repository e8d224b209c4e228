"""Weight breaks: every higher break is tried, and the missing pounds pay the lowest rate."""

from decimal import Decimal

from rating.engine.book import WeightBreak
from rating.engine.breaks import charge_weight
from rating.engine.facts import Item


def at(weight: int, rate: str, freight_class: str = "") -> WeightBreak:
    return WeightBreak(
        from_weight_lb=Decimal(weight), rate=Decimal(rate), freight_class=freight_class
    )


def item(weight: int, freight_class: str = "") -> Item:
    return Item(weight_lb=Decimal(weight), freight_class=freight_class)


def test_a_break_begins_at_its_own_weight():
    charge = charge_weight([item(500)], [at(0, "100"), at(500, "90")], allows_deficit=True)

    assert charge
    assert charge.exact == Decimal(450)
    assert charge.deficit_lb == 0


def test_every_higher_break_is_tried_not_only_the_next():
    # The next break (500 at 99) costs 495; the one after it (1,000 at 30) only 300.
    charge = charge_weight(
        [item(450)], [at(0, "100"), at(500, "99"), at(1000, "30")], allows_deficit=True
    )

    assert charge
    assert (charge.billed_lb, charge.deficit_lb) == (Decimal(1000), Decimal(550))
    assert charge.exact == Decimal(300)


def test_a_tie_keeps_the_actual_weight():
    charge = charge_weight([item(450)], [at(0, "100"), at(500, "90")], allows_deficit=True)

    assert charge
    assert charge.exact == Decimal(450)
    assert charge.billed_lb == 450


def test_a_tariff_may_forbid_deficit_weight():
    breaks = [at(0, "14.38"), at(500, "10.29")]
    charge = charge_weight([item(450)], breaks, allows_deficit=False)

    assert charge
    assert charge.exact == Decimal("64.71")


def test_a_shipment_under_the_first_break_is_billed_as_that_break():
    charge = charge_weight([item(300)], [at(500, "10")], allows_deficit=True)

    assert charge
    assert charge.exact == Decimal(50)
    assert charge.deficit_lb == 200


def test_without_deficit_a_weight_under_the_first_break_has_no_price():
    assert charge_weight([item(300)], [at(500, "10")], allows_deficit=False) is None


def test_breaks_may_stand_in_any_order():
    charge = charge_weight([item(1500)], [at(1000, "80"), at(0, "100")], allows_deficit=True)

    assert charge
    assert charge.exact == Decimal(1200)


def test_mixed_classes_move_together_and_the_deficit_pays_the_lowest_rate():
    breaks = [
        at(0, "50", "70"), at(1000, "30", "70"),
        at(0, "80", "125"), at(1000, "40", "125"),
    ]  # fmt: skip
    charge = charge_weight([item(400, "70"), item(500, "125")], breaks, allows_deficit=True)

    # As rated 400 at 50 and 500 at 80 are 600; at the 1,000 lb rates 120 + 200 + 100 lb at 30.
    assert charge
    assert charge.exact == Decimal(350)
    assert charge.deficit_rate == Decimal(30)
    assert [part.rate for part in charge.parts] == [30, 40]


def test_a_class_without_breaks_of_its_own_uses_those_of_any_class():
    breaks = [at(0, "100"), at(0, "50", "70")]
    charge = charge_weight([item(100, "70"), item(100, "85")], breaks, allows_deficit=True)

    assert charge
    assert [part.rate for part in charge.parts] == [50, 100]


def test_a_class_without_any_breaks_has_no_price():
    breaks = [at(0, "50", "70")]

    assert charge_weight([item(100, "85")], breaks, allows_deficit=True) is None


def test_a_least_weight_goes_to_the_lowest_rate_and_the_deficit_comes_on_top():
    breaks = [
        at(0, "50", "70"), at(2000, "20", "70"),
        at(0, "80", "125"), at(2000, "60", "125"),
    ]  # fmt: skip
    items = [item(400, "125"), item(500, "70")]
    charge = charge_weight(items, breaks, allows_deficit=True, least_lb=Decimal(1500))

    # Deemed: 400 at 80 and 1,100 at 50 are 870; as 2,000 lb 400 at 60 and 1,600 at 20 are 560.
    assert charge
    assert charge.exact == Decimal(560)
    assert [part.item.weight_lb for part in charge.parts] == [400, 1100]
    assert (charge.billed_lb, charge.deficit_lb) == (Decimal(2000), Decimal(500))


def test_a_least_weight_below_the_actual_one_changes_nothing():
    breaks = [at(0, "50")]

    assert charge_weight(
        [item(900)], breaks, allows_deficit=True, least_lb=Decimal(800)
    ) == charge_weight([item(900)], breaks, allows_deficit=True)


def test_deemed_pounds_go_to_the_lighter_of_two_items_at_one_rate_in_either_order():
    for items in ([item(300), item(200)], [item(200), item(300)]):
        charge = charge_weight(items, [at(0, "50")], allows_deficit=True, least_lb=Decimal(1000))

        assert charge
        assert sorted(part.item.weight_lb for part in charge.parts) == [300, 700]
