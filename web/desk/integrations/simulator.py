"""The simulated TMS and what it does wrong on purpose, by the plan its process wrote down."""

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from web.access import desk, signed_in
from web.desk.integrations.sections import plan_file, sections

# The letter and tone each behaviour is drawn with, and what Lading does about it.
ANSWERS = {
    "FAITHFUL": ("", "mute", "Goes straight through to an invoice."),
    "LATE": ("L", "warn", "Waits for nothing: the load moves on when the facts arrive."),
    "TWICE": ("2", "info", "Is kept once under its id; the copy changes nothing."),
    "OUT_OF_ORDER": ("O", "info", "Is folded by when things happened, not by when they came."),
    "WITHOUT_POD": ("P", "bad", "Is held, and a case asks for the proof of delivery."),
    "DETAINED": ("D", "hold", "Is charged for detention from the real clocks."),
    "CORRECTED": ("C", "hold", "Is compared with what was billed; a difference becomes a case."),
}


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One way to misbehave, how many of a hundred loads do, and what Lading does about it."""

    name: str
    words: str
    count: int
    mark: str
    tone: str
    answer: str


@desk()
@require_safe
def simulator(request: HttpRequest) -> HttpResponse:
    """Show the plan: of a hundred loads, which misbehave and how."""
    try:
        told = json.loads(plan_file().read_text())
    except FileNotFoundError as error:
        raise Http404("No simulator runs here.") from error
    context = {"sections": sections("desk:simulator", signed_in(request))} | describe(told)
    return render(request, "desk/integrations/simulator.html", context)


def describe(told: dict[str, Any]) -> dict[str, Any]:
    """Return the plan as behaviours with counts, and the hundred loads in their order."""
    counts = Counter(told["plan"])
    behaviours = {name: _behaviour(name, words, counts) for name, words in told["words"].items()}
    return {
        "behaviours": sorted(behaviours.values(), key=lambda each: -each.count),
        "loads": [behaviours[name] for name in told["plan"]],
    }


def _behaviour(name: str, words: str, counts: Counter[str]) -> Behaviour:
    mark, tone, answer = ANSWERS.get(name, ("?", "mute", ""))
    return Behaviour(name, words, counts[name], mark, tone, answer)
