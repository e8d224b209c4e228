"""The misbehaviour of the simulated TMS is planned, and the plan is kept."""

from collections import Counter

from demo.plan import SHARES, Behaviour, plan


def test_of_a_hundred_loads_the_named_shares_misbehave():
    counted = Counter(plan(42))

    assert {kind: counted[kind] for kind in SHARES} == SHARES
    assert counted[Behaviour.FAITHFUL] == 100 - sum(SHARES.values())


def test_the_same_seed_gives_the_same_plan():
    assert plan(7) == plan(7)
    assert plan(7) != plan(8)
