"""The dashboard: dispatch to cash, every figure as `insights` defines it.

What one looks at first and what lies below it are two requests, so that neither keeps the other
waiting; each is a page of its own.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.models import Customer, User
from accounts.rules import COST_ROLES
from insights.queries.figures.passing import lanes_of
from insights.queries.figures.telling import Told, can_tell, tell
from insights.queries.figures.trends import Ageing, Week, ageing_of, weeks_of
from insights.queries.passages import last_mark
from insights.rules.figures import BY_KEY, FEWEST, FIGURES, Figure, Reading, Unit
from insights.rules.frames import Span
from web.access import desk, signed_in
from web.desk.dashboard import cards
from web.desk.dashboard.filters import Asked, read_asked

FIRST = (
    "delivery-to-invoice", "straight-through", "stage-times", "waiting", "blocked", "open-cases",
    "leakage", "receivables", "dso",
)  # fmt: skip
FURTHER = (
    "dispatch-to-invoice", "pod-time", "accessorials-billed", "credit-rate", "margin",
    "messages-failed", "postings-failed",
)  # fmt: skip
GROUPED = ("delivery-to-invoice", "straight-through", "pod-time", "margin")
# Shown by part, so that what they were before would be read and not said.
UNCOMPARED = frozenset({"stage-times", "leakage"})
HEADS = {
    "passed_heads": ("Stage", "Median", "Loads"),
    "leaked_heads": ("Charge", "Amount", "Charges"),
    "blocked_heads": ("What is missing", "Waits", "Blockers"),
    "stage_heads": ("Stage", "Waits", "Loads"),
    "owed_heads": ("Age", "Owed", "Invoices"),
    "kind_heads": ("Kind", "Open", "Past SLA"),
    "further_heads": ("Figure", "Value", "Before", "Rows behind it"),
}


@desk()
@require_safe
@vary_on_headers("HX-Request")
def dashboard(request: HttpRequest) -> HttpResponse:
    """Show the figures of a period, for the house, a customer or a lane."""
    asked, filters = read_asked(request.GET, at=timezone.now())
    context = {
        "filters": filters,
        "lanes": [(lane, cards.lane_words(lane)) for lane in lanes(asked)],
        "more_href": asked.address("desk:dashboard_more"),
        **about(asked),
        **first_figures(asked, signed_in(request)),
    }
    is_fragment = request.headers.get("HX-Request")
    template = "desk/dashboard/page.html#figures" if is_fragment else "desk/dashboard/page.html"
    return render(request, template, context)


@desk()
@require_safe
@vary_on_headers("HX-Request")
def more(request: HttpRequest) -> HttpResponse:
    """Show what lies below: further figures, and the busiest customers and lanes."""
    asked, _ = read_asked(request.GET, at=timezone.now())
    context = {
        "back_href": asked.address("desk:dashboard"),
        **about(asked),
        **further_figures(asked, signed_in(request)),
    }
    is_fragment = request.headers.get("HX-Request")
    template = "desk/dashboard/more.html#more" if is_fragment else "desk/dashboard/more.html"
    return render(request, template, context)


@desk()
@require_safe
def definitions(request: HttpRequest) -> HttpResponse:
    """Say what each figure means, how it is counted and whom to ask."""
    shown = [figure for figure in FIGURES if may_see(figure, signed_in(request))]
    context = {"figures": shown, "fewest": FEWEST}
    return render(request, "desk/dashboard/definitions.html", context)


def may_see(figure: Figure, user: User) -> bool:
    """Tell whether a person may see a figure; costs are not for everybody."""
    return not figure.is_of_costs or user.has_role(*COST_ROLES)


def about(asked: Asked) -> dict[str, Any]:
    """Return what both pages say of the frame."""
    frame = asked.frame
    return {
        "asked": asked,
        "before": asked.period.before(),
        "lane_words": cards.lane_words(frame.lane),
        "is_narrowed": bool(asked.customer or frame.lane) or asked.period.span != Span.MONTH,
        "csv_href": asked.address("desk:dashboard_file", "csv"),
        "fewest": FEWEST,
        **HEADS,
    }


def lanes(asked: Asked) -> list[str]:
    """Return the lanes that can be chosen: the busiest, and the one that is."""
    return sorted({*lanes_of(asked.frame), *filter(None, [asked.frame.lane])})


def read_figures(keys: Collection[str], asked: Asked, user: User) -> dict[str, Told]:
    """Read those of the figures that can be told for what is asked, and that the person may see."""
    return {
        key: tell(BY_KEY[key], asked.frame, is_compared=key not in UNCOMPARED)
        for key in keys
        if can_tell(BY_KEY[key], asked.frame) and may_see(BY_KEY[key], user)
    }


def first_figures(asked: Asked, user: User) -> dict[str, Any]:
    """Return the headlines and the charts."""
    told = read_figures(FIRST, asked, user)
    weeks, ageing = weeks_of(asked.frame), ageing_of(asked.frame)
    is_empty = not any(each.n for answer in told.values() for each in answer.readings)
    return {
        "mark": last_mark(),
        "is_empty": is_empty and not any(week.n for week in weeks),
        "headlines": headlines(told, asked, weeks, ageing),
        "cycle": cards.cycle_chart(weeks, asked),
        "through": cards.through_chart(weeks, asked),
        "ageing": cards.ageing_chart(ageing),
        "cases": cards.kinds_of(told["open-cases"], asked),
        **waits(told, asked),
        **money(told, asked),
    }


def headlines(
    told: dict[str, Told], asked: Asked, weeks: Sequence[Week], ageing: Sequence[Ageing]
) -> list[cards.Stat]:
    """Return the headline figures in the order of the picture."""
    medians, shares = zip(*((week.median, week.straight_through) for week in weeks), strict=True)
    found = [
        cards.headline(told["delivery-to-invoice"], asked, spark=medians),
        cards.headline(told["straight-through"], asked, spark=shares),
        cards.cases(told["open-cases"], asked, ageing=ageing),
    ]
    for key, unit, none in (
        ("dso", Unit.DAYS, "Nothing owed"),
        ("leakage", Unit.MONEY, "None"),
        ("waiting", Unit.MONEY, "Nothing"),
    ):
        if key in told:
            found.append(cards.by_currency(told[key], asked, unit=unit, none=none))
    return found


def waits(told: dict[str, Told], asked: Asked) -> dict[str, Any]:
    """Return where loads waited in the period, where they wait now, and what blocks longest."""
    stages, waiting, blocked = told["stage-times"], told["waiting"], told["blocked"]
    timed = [each for each in stages.readings if each.value]
    slowest = max(timed, key=lambda each: each.value or 0, default=None)
    here = [each for each in waiting.readings if each.part and not each.currency]
    return {
        "stages": cards.bars_of(
            stages, asked, stages.readings, name="Median time in each stage", width=416, left=130
        ),
        "slowest": slowest,
        "slowest_href": asked.address(cards.ROWS, "stage-times", part=slowest and slowest.part),
        "waiting": cards.lines_of(waiting, asked, here),
        "blocked": cards.lines_of(blocked, asked, blocked.readings[1:]),
    }


def money(told: dict[str, Told], asked: Asked) -> dict[str, Any]:
    """Return what leaked, what is owed by age, and who is over terms; by currency throughout."""
    leaked = [each for each in told["leakage"].readings if "-" in each.part]
    owed = told["receivables"].readings if "receivables" in told else ()
    return {
        "leakage": [
            cards.bars_of(
                told["leakage"], asked, own, name=f"Leakage in {code}", width=330, left=60
            )
            for code, own in _by_currency(leaked)
        ],
        "receivables": [
            (code, cards.lines_of(told["receivables"], asked, own))
            for code, own in _by_currency(owed)
        ],
        "debtors": cards.debtors(asked) if "dso" in told else [],
        "tells_money": "dso" in told,
    }


def _by_currency(readings: Sequence[Reading]) -> list[tuple[str, list[Reading]]]:
    """Return the readings of each currency, the one with most rows first."""
    rows: Counter[str] = Counter()
    for each in readings:
        rows[each.currency] += each.n
    by_rows = sorted(rows, key=lambda code: (-rows[code], code))
    return [(code, [r for r in readings if r.currency == code]) for code in by_rows]


def further_figures(asked: Asked, user: User) -> dict[str, Any]:
    """Return the figures without a chart, and what customers and lanes make of some."""
    told = read_figures(FURTHER, asked, user)
    grouped = [BY_KEY[key] for key in GROUPED if may_see(BY_KEY[key], user)]
    names = dict(Customer.objects.values_list("pk", "name"))
    return {
        "further": [row for answer in told.values() for row in cards.wholes_of(answer, asked)],
        "grouped": grouped,
        "by_customer": cards.groups(asked, "customer", figures=grouped, names=names),
        "by_lane": cards.groups(asked, "lane", figures=grouped, names={}),
    }
