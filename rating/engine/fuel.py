"""The fuel surcharge as a line of its own, on the net linehaul or the miles."""

from decimal import Decimal

from rating.engine.bases import Extension
from rating.engine.book import FuelProgramme, RateBook
from rating.engine.choices import Basis, FuelUnit
from rating.engine.facts import LoadFacts
from rating.engine.fuel_index import Reading, Unpublished, read_index
from rating.engine.fuel_methods import OutOfTable, Surcharge, surcharge
from rating.engine.money import HUNDRED, Rounder
from rating.engine.pricing import Priced, amount_step, price
from rating.engine.quote import Evidence, Line, NoCharge, Problem, ProblemCode, Step
from rating.engine.wording import day, number

FUEL = "FUE"


def rate_fuel(facts: LoadFacts, book: RateBook, base: Decimal | None) -> Line | Problem | NoCharge:
    """The fuel line over `base`, the net linehaul and whatever else bears fuel.

    Call it only for a book with a programme.
    """
    programme = _programme(book)
    on = facts.day_of(programme.timing.anchor)
    if on is None:
        return _no_day(programme)
    prices = [each for each in facts.index_prices if each.series == programme.series]
    reading = read_index(prices, programme.timing, on)
    if isinstance(reading, Unpublished):
        return _unpublished(programme, reading)
    found = surcharge(programme, reading.value)
    if isinstance(found, OutOfTable):
        return _out_of_table(programme, found)
    if not found.value:
        return NoCharge(rule=programme.name, code=FUEL, reason=found.reason)
    return _charge(facts, book, base, reading, found)


def _charge(
    facts: LoadFacts,
    book: RateBook,
    base: Decimal | None,
    reading: Reading,
    found: Surcharge,
) -> Line | Problem:
    programme, currency = _programme(book), book.version.currency
    per_mile = programme.unit == FuelUnit.PER_MILE
    quantity = facts.miles if per_mile else base
    if quantity is None:
        return _no_base(programme, "miles" if per_mile else "linehaul")
    extension = (
        Extension(Basis.PER_MILE, quantity, "mi", found.value)
        if per_mile
        else Extension(Basis.PERCENT, quantity, currency, found.value / HUNDRED)
    )
    return _line(book, price(extension, _rounder(book)), reading, found)


def _rounder(book: RateBook) -> Rounder:
    version, programme = book.version, _programme(book)
    mode = version.rounding if programme.rounding is None else programme.rounding
    return Rounder(version.currency, mode, version.rounding_places)


def _line(book: RateBook, priced: Priced, reading: Reading, found: Surcharge) -> Line:
    programme, currency = _programme(book), book.version.currency
    unit = "per mile" if programme.unit == FuelUnit.PER_MILE else "%"
    shown = f"{number(found.value)} {unit}"
    survey = reading.surveys[-1].survey_on
    index = f"{_series(programme)} {reading.value}, {day(survey)}"
    steps = (
        Step(text=f"{_series(programme)} of {day(survey)}", value=str(reading.value)),
        Step(text=f"In force from {day(reading.effective_from)}", value=programme.name),
        Step(text=_sentence(found.reason), value=shown),
        *priced.steps,
        amount_step(priced.amount, currency),
    )
    return Line(
        code=FUEL,
        description="Fuel surcharge",
        summary=index,
        basis=priced.basis,
        quantity=priced.quantity,
        unit=priced.unit,
        rate=priced.rate,
        amount=priced.amount,
        currency=currency,
        rule=programme.name,
        version_label=book.version.label,
        steps=steps,
        evidence=_evidence(programme, reading),
    )


def _evidence(programme: FuelProgramme, reading: Reading) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(
            kind="index",
            text=f"{_series(programme)} {each.value} for {each.survey_on}",
            source=f"published {each.published_on}" if each.published_on else "",
            reference=f"index:{each.series}:{each.survey_on}",
        )
        for each in reading.surveys
    )


def _programme(book: RateBook) -> FuelProgramme:
    if book.fuel is None:
        raise ValueError(f"{book.version.label} has no fuel programme")
    return book.fuel


def _series(programme: FuelProgramme) -> str:
    return programme.series_name or programme.series


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _no_day(programme: FuelProgramme) -> Problem:
    day_name = f"{programme.timing.anchor.value.lower()} date"
    return Problem(
        code=ProblemCode.FACT_MISSING,
        message=f"{programme.name} goes by the {day_name}, which is not known",
        subject_key=f"fact:{day_name}",
    )


def _no_base(programme: FuelProgramme, fact: str) -> Problem:
    return Problem(
        code=ProblemCode.FACT_MISSING,
        message=f"{programme.name} is charged on {fact}, which the load does not have",
        subject_key=f"fact:{fact}",
    )


def _unpublished(programme: FuelProgramme, reading: Unpublished) -> Problem:
    return Problem(
        code=ProblemCode.NO_FUEL_INDEX,
        message=f"{_series(programme)} of {reading.survey_on} is not on file",
        subject_key=f"index:{programme.series}:{reading.survey_on}",
    )


def _out_of_table(programme: FuelProgramme, found: OutOfTable) -> Problem:
    return Problem(
        code=ProblemCode.FUEL_OUT_OF_TABLE,
        message=f"{programme.name} has no row for an index of {found.index}",
        subject_key=f"fuel:{programme.name}",
    )
