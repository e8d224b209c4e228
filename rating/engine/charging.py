"""What all accessorial charges have in common: which rule decides, approval, the finished line."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from rating.engine.bases import Extension, Measures, Missing, extend, measures_of
from rating.engine.book import AccessorialRule, CardVersion
from rating.engine.choices import Basis
from rating.engine.facts import LoadFacts, StopFacts
from rating.engine.pricing import Bounds, Priced, amount_step, price
from rating.engine.quote import Evidence, Line, NoCharge, Problem, ProblemCode, Step
from rating.engine.wording import money, number, span

Outcome = Line | Problem | NoCharge


@dataclass(frozen=True, slots=True)
class Ruling:
    """One rule at work under one version of a card."""

    rule: AccessorialRule
    version: CardVersion

    @property
    def bounds(self) -> Bounds:
        """The rule's own minimum and maximum."""
        return Bounds(self.rule.minimum, self.rule.maximum)

    def charge(
        self,
        measures: Measures,
        *,
        count: Decimal,
        summary: str,
        stop_sequence: int | None = None,
        before: tuple[Step, ...] = (),
        evidence: tuple[Evidence, ...] = (),
    ) -> Outcome:
        """The rule's basis over `measures`. `count` chooses the tier."""
        rate = self._rate_at(count)
        if rate is None:
            return self.nothing(f"{number(count)} is under the first tier", stop_sequence)
        extension = extend(self.rule.basis, rate, measures)
        if isinstance(extension, Missing):
            return self._lacks(extension.fact, stop_sequence)
        return self.line(
            price(_as_charge(extension), self.version.rounder, self.bounds),
            summary=summary,
            stop_sequence=stop_sequence,
            before=before,
            evidence=evidence,
        )

    def line(
        self,
        priced: Priced,
        *,
        summary: str,
        stop_sequence: int | None = None,
        before: tuple[Step, ...] = (),
        evidence: tuple[Evidence, ...] = (),
        minutes: int = 0,
    ) -> Line:
        """The finished charge: the steps of `before`, of the price, and the amount."""
        rule, currency = self.rule, self.version.currency
        reason = self._approval(priced.amount, minutes)
        at = "" if stop_sequence is None else f", stop {stop_sequence}"
        return Line(
            code=rule.code,
            description=f"{rule.name}{at}",
            summary=summary,
            basis=priced.basis,
            quantity=priced.quantity,
            unit=priced.unit,
            rate=priced.rate,
            amount=priced.amount,
            currency=currency,
            rule=rule.rule,
            version_label=self.version.label,
            stop_sequence=stop_sequence,
            steps=(*before, *priced.steps, amount_step(priced.amount, currency)),
            evidence=evidence,
            needs_approval=bool(reason),
            approval_reason=reason,
        )

    def nothing(
        self,
        reason: str,
        stop_sequence: int | None = None,
        evidence: tuple[Evidence, ...] = (),
    ) -> NoCharge:
        """The rule looked, and charges nothing for `reason`."""
        return NoCharge(
            rule=self.rule.rule,
            code=self.rule.code,
            reason=reason,
            stop_sequence=stop_sequence,
            evidence=evidence,
        )

    def problem(
        self, code: str, message: str, *, subject: str, stop_sequence: int | None = None
    ) -> Problem:
        """The rule ought to charge and cannot."""
        return Problem(
            code=code,
            message=f"{self.rule.rule}: {message}",
            subject_key=subject,
            stop_sequence=stop_sequence,
        )

    def _lacks(self, fact: str, stop_sequence: int | None) -> Problem:
        return self.problem(
            ProblemCode.FACT_MISSING,
            f"is charged on {fact}, which the load does not have",
            subject=f"fact:{fact}",
            stop_sequence=stop_sequence,
        )

    def _rate_at(self, count: Decimal) -> Decimal | None:
        tiers = self.rule.tiers
        if not tiers:
            return self.rule.rate
        reached = [tier for tier in tiers if tier.from_quantity <= count]
        return max(reached, key=lambda tier: tier.from_quantity).rate if reached else None

    def _approval(self, amount: Decimal, minutes: int) -> str:
        """Why a person must approve this charge, empty if nobody must."""
        rule, currency = self.rule, self.version.currency
        if rule.always_needs_approval:
            return "every charge of this rule needs approval"
        if rule.approval_above_amount is not None and amount > rule.approval_above_amount:
            return f"over {money(rule.approval_above_amount, currency)}"
        if rule.approval_above_minutes is not None and minutes > rule.approval_above_minutes:
            return f"{span(minutes)} is over {span(rule.approval_above_minutes)}"
        return ""


def _as_charge(extension: Extension) -> Extension:
    """A flat amount of a rule is for one charge, not for one load."""
    return replace(extension, unit="charge") if extension.basis == Basis.FLAT else extension


@dataclass(frozen=True, slots=True)
class Desk:
    """The rules of one code and one trigger, with the load in front of them.

    `schedule` are all the rules that fit the load, of whatever code.
    """

    facts: LoadFacts
    version: CardVersion
    rules: Sequence[AccessorialRule]
    linehaul: Decimal | None
    schedule: Sequence[AccessorialRule] = ()

    def ruling(self, stop: StopFacts | None = None, **naming: str) -> Ruling | None:
        """The rule that decides: at `stop` if given, and with the fields of `naming` equal."""
        kind = stop.kind if stop else None
        fitting = [
            rule
            for rule in self.rules
            if rule.stop_kind in (None, kind)
            and all(getattr(rule, name) == value for name, value in naming.items())
        ]
        best = min(fitting, key=_rank, default=None)
        return Ruling(best, self.version) if best else None

    def named(self, rule: str) -> Ruling | None:
        """The rule of that name, if the schedule has it for this load."""
        found = next((each for each in self.schedule if each.rule == rule), None)
        return Ruling(found, self.version) if found else None

    @property
    def measures(self) -> Measures:
        """What can be counted on the load, with the linehaul as the base of percentages."""
        return replace(
            measures_of(self.facts), base_amount=self.linehaul, currency=self.version.currency
        )

    def stop(self, sequence: int | None) -> StopFacts | None:
        """The stop of that sequence, if the load has it."""
        return next((stop for stop in self.facts.stops if stop.sequence == sequence), None)


def _rank(rule: AccessorialRule) -> tuple[int, str]:
    named = (rule.equipment, rule.commodity, rule.shipment_type, rule.stop_kind)
    return -sum(1 for value in named if value), rule.rule
