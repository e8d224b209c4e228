"""Every figure of the house, defined once: page, API, CSV and docs/insights.md read this.

A figure that the data cannot carry (a dispute rate, as long as nobody can dispute a line) is not
here. What a reading holds is said once too: `n` rows stand behind it, and where they are too few
to mean something it has no value.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

# Under this many rows a median or a share says more about chance than about the house.
FEWEST = 5


class Unit(StrEnum):
    """What the value of a reading is counted in."""

    HOURS = "hours"
    DAYS = "days"
    PERCENT = "percent"
    MONEY = "money"
    COUNT = "count"


class Basis(StrEnum):
    """Which rows belong to a period; NOW is what stands at the instant of asking."""

    INVOICED = "first invoiced in the period"
    DELIVERED = "delivered in the period"
    ISSUED = "issued in the period"
    DETECTED = "detected in the period"
    RECEIVED = "received in the period"
    NOW = "as it stands now"


class Rows(StrEnum):
    """What stands behind a figure, row by row."""

    LOADS = "loads"
    WAITING = "waiting loads"
    BLOCKERS = "blockers"
    CASES = "cases"
    INVOICES = "invoices"
    CHARGES = "charges"
    MESSAGES = "messages"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What one figure means. `better` is the direction that is good news, if there is one."""

    key: str
    name: str
    sentence: str
    formula: str
    unit: Unit
    basis: Basis
    rows: Rows
    owner: str
    better: str = ""
    by_customer: bool = True
    by_lane: bool = True
    is_of_costs: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One value of a figure.

    `part` says of which part of the figure ("" is all of it) and names the rows behind it, of
    which there are exactly `n`. `value` is None where there is too little to tell; its `unit` is
    the figure's own unless told. `more` holds what belongs beside it: percentiles, amounts.
    """

    n: int
    value: Decimal | None
    part: str = ""
    words: str = ""
    currency: str = ""
    unit: Unit | None = None
    more: Mapping[str, Decimal | int | None] | None = None


BILLING, MANAGER = "Billing staff", "Billing manager"
DISPATCH, INTEGRATION = "Dispatchers", "Administrator"

FIGURES: tuple[Figure, ...] = (
    Figure(
        key="dispatch-to-invoice",
        name="Dispatch to invoice",
        sentence="How long it takes from the dispatch of a load to its first invoice.",
        formula="Median of (first invoice issued - first standing DISPATCHED milestone) over the"
        " delivered loads first invoiced in the period for which a dispatch was told; quartiles"
        " and p90 beside it. Later credits, rebills and supplementals do not count.",
        unit=Unit.HOURS,
        basis=Basis.INVOICED,
        rows=Rows.LOADS,
        owner=MANAGER,
        better="down",
    ),
    Figure(
        key="delivery-to-invoice",
        name="Delivery to invoice",
        sentence="How long a delivered load waits for its first invoice.",
        formula="Median of (first invoice issued - delivered) over the delivered loads first"
        " invoiced in the period; quartiles and p90 beside it. A load billed before its delivery"
        " counts as 0.",
        unit=Unit.HOURS,
        basis=Basis.INVOICED,
        rows=Rows.LOADS,
        owner=BILLING,
        better="down",
    ),
    Figure(
        key="straight-through",
        name="Straight-through",
        sentence="The share of loads that were invoiced without anybody stepping in.",
        formula="Delivered loads first invoiced in the period by a rule, for which until then no"
        " case was opened, no charge added or decided by hand and no paper accepted or rejected by"
        " hand / all delivered loads first invoiced in the period.",
        unit=Unit.PERCENT,
        basis=Basis.INVOICED,
        rows=Rows.LOADS,
        owner=MANAGER,
        better="up",
    ),
    Figure(
        key="stage-times",
        name="Where loads wait",
        sentence="How long invoiced loads stood in each stage between delivery and the ERP.",
        formula="Median hours over the delivered loads first invoiced in the period that passed"
        " both ends of the stage: delivered - proof on file - ready to bill - invoice issued -"
        " posted. A stage that was passed in another order counts as 0.",
        unit=Unit.HOURS,
        basis=Basis.INVOICED,
        rows=Rows.LOADS,
        owner=MANAGER,
        better="down",
    ),
    Figure(
        key="pod-time",
        name="Proof of delivery",
        sentence="How long after delivery a usable proof of delivery is on file.",
        formula="Median of (first POD on file that is not rejected - delivered) over the loads"
        " delivered in the period that have one; a proof that came before counts as 0. Loads"
        " without one are counted beside it.",
        unit=Unit.HOURS,
        basis=Basis.DELIVERED,
        rows=Rows.LOADS,
        owner=DISPATCH,
        better="down",
    ),
    Figure(
        key="waiting",
        name="Delivered, not invoiced",
        sentence="The loads between delivery and invoice: how many, for how long, worth what.",
        formula="Loads whose billing is blocked, to be reviewed or ready, by stage of the"
        " workbench; median hours since they were over, and the sum of what they will bill, by"
        " currency.",
        unit=Unit.HOURS,
        basis=Basis.NOW,
        rows=Rows.WAITING,
        owner=BILLING,
        better="down",
    ),
    Figure(
        key="blocked",
        name="Blocked longest",
        sentence="What keeps delivered loads from being billed, by rule, the longest first.",
        formula="Open blockers that block, not waived, of loads whose billing is blocked; median"
        " hours since they were opened.",
        unit=Unit.HOURS,
        basis=Basis.NOW,
        rows=Rows.BLOCKERS,
        owner=BILLING,
        better="down",
    ),
    Figure(
        key="open-cases",
        name="Open exceptions",
        sentence="The cases that wait for a decision, by age and by kind.",
        formula="Open cases, snoozed ones included: their clocks run on. Age counts from the"
        " opening; past SLA means due before now.",
        unit=Unit.COUNT,
        basis=Basis.NOW,
        rows=Rows.CASES,
        owner=BILLING,
        better="down",
    ),
    Figure(
        key="accessorials-billed",
        name="Accessorials billed",
        sentence="How much of the accessorial charges that arose has been billed.",
        formula="Amount on live invoices / amount of all accessorial charges (not linehaul, not"
        " fuel) that arose in the period and stand, by currency; charges of loads that were called"
        " off are left out.",
        unit=Unit.PERCENT,
        basis=Basis.DETECTED,
        rows=Rows.CHARGES,
        owner=MANAGER,
        better="up",
    ),
    Figure(
        key="leakage",
        name="Leakage",
        sentence="Accessorial charges that arose and will not be billed unless somebody acts.",
        formula="Sum of the accessorial charges that arose in the period, stand on no live invoice,"
        " and are waived or belong to a load that is invoiced; by code and currency.",
        unit=Unit.MONEY,
        basis=Basis.DETECTED,
        rows=Rows.CHARGES,
        owner=MANAGER,
        better="down",
    ),
    Figure(
        key="receivables",
        name="Receivables by age",
        sentence="What customers owe, by how long it has been due.",
        formula="Balances of open invoices by currency, in days past due on the day of asking."
        " Unapplied cash is not taken off.",
        unit=Unit.MONEY,
        basis=Basis.NOW,
        rows=Rows.INVOICES,
        owner=MANAGER,
        better="down",
        by_lane=False,
    ),
    Figure(
        key="dso",
        name="DSO",
        sentence="Days sales outstanding: for how many days of billing customers owe.",
        formula="Balance of open invoices / net of invoices and credit notes issued in the last 90"
        " days x 90, tax included in both, by currency. Compared with the day before the period"
        " began, from the same rows rolled back.",
        unit=Unit.DAYS,
        basis=Basis.NOW,
        rows=Rows.INVOICES,
        owner=MANAGER,
        better="down",
        by_lane=False,
    ),
    Figure(
        key="credit-rate",
        name="Credit rate",
        sentence="How much of what was billed had to be taken back.",
        formula="Total of credit notes issued in the period / total of invoices issued in the"
        " period, by currency, tax included in both.",
        unit=Unit.PERCENT,
        basis=Basis.ISSUED,
        rows=Rows.INVOICES,
        owner=MANAGER,
        better="down",
        by_lane=False,
    ),
    Figure(
        key="margin",
        name="Margin",
        sentence="What loads leave after their known costs.",
        formula="(Billed, credit notes taken off, without tax - known costs) / billed over the"
        " delivered loads first invoiced in the period whose costs are known in the currency of"
        " the invoice; by currency.",
        unit=Unit.PERCENT,
        basis=Basis.INVOICED,
        rows=Rows.LOADS,
        owner=MANAGER,
        better="up",
        is_of_costs=True,
    ),
    Figure(
        key="messages-failed",
        name="Messages in, failed",
        sentence="The share of partners' messages that could not be understood.",
        formula="Messages received in the period that stand as failed / all messages received in"
        " the period. One that was replayed with success counts as understood.",
        unit=Unit.PERCENT,
        basis=Basis.RECEIVED,
        rows=Rows.MESSAGES,
        owner=INTEGRATION,
        better="down",
        by_customer=False,
        by_lane=False,
    ),
    Figure(
        key="postings-failed",
        name="Postings failed",
        sentence="The share of documents that the ERP has not taken.",
        formula="Invoices and credit notes issued in the period whose posting stands as failed /"
        " all that were issued in the period. One that was posted again with success counts as"
        " posted.",
        unit=Unit.PERCENT,
        basis=Basis.ISSUED,
        rows=Rows.INVOICES,
        owner=INTEGRATION,
        better="down",
        by_lane=False,
    ),
)

BY_KEY: Mapping[str, Figure] = {figure.key: figure for figure in FIGURES}
