"""How much of everything a run of the benchmark uses."""

from dataclasses import dataclass

# A young house, all of whose work is open; and one with a hundred times the loads on file, of whose
# work ten times as much is open, thirty times as much is owed. Both fill a page of every list.
YOUNG = (550, 200, 250, 60, 200)
GROWN = (5_000, 2_500, 8_000, 600, 2_000)


@dataclass(frozen=True, slots=True)
class House:
    """How much a carrier has on file: all its loads, and how much of its work is open.

    `active` loads are on their way, `unbilled` delivered without an invoice, `unpaid` invoices
    issued and owed, the newest `unposted` of them not in the ERP yet, `cases` open. The rest is
    history: billed, paid, decided.
    """

    loads: int
    active: int
    unbilled: int
    unpaid: int
    unposted: int
    cases: int


@dataclass(frozen=True, slots=True)
class Sizes:
    """The sizes of every row; tests take little of each."""

    lanes: int = 100_000
    loads: int = 500
    single_loads: int = 25
    rounds: int = 15
    few: House = House(1_000, *YOUNG)
    many: House = House(100_000, *GROWN)
