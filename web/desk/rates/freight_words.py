"""What a tariff says of the freight itself - class, density, space - as a pricing desk says it."""

from collections.abc import Iterable

from rating.engine.book import CardVersion
from rating.engine.choices import ClassSource, DeemedFor, FloorSpace, SpaceMeasure
from rating.engine.freight import FakRange, SpaceRule
from rating.engine.wording import number, plural

CLASS_SOURCES = {
    ClassSource.DECLARED: "as the bill of lading declares it",
    ClassSource.DENSITY: "by density, whatever is declared",
    ClassSource.DECLARED_ELSE_DENSITY: "as declared, by density where nothing is",
}
DEEMED = {
    DeemedFor.SPACE: "the space alone",
    DeemedFor.CLASS_AND_SPACE: "the space and the class by density",
}
FLOOR_SPACES = {
    FloorSpace.FLOOR_POSITIONS: "whole rows across the floor",
    FloorSpace.WIDTH_SHARE: "a share of the trailer's width",
}
MEASURES = {
    SpaceMeasure.CUBIC_FEET: "Cubic capacity",
    SpaceMeasure.LINEAR_FEET: "Linear foot",
}
# Of one of them; several are feet.
UNITS = {SpaceMeasure.CUBIC_FEET: "cubic foot", SpaceMeasure.LINEAR_FEET: "linear foot"}


def freight_setting_words(version: CardVersion, *, scale: str) -> list[tuple[str, str]]:
    """Say the settings about class and space, each with its name."""
    told = [("Freight class", CLASS_SOURCES[version.class_source])]
    if scale:
        told.append(("Density scale", scale))
    deemed = list(_deemed(version))
    if deemed:
        told.append(("Deemed measures", f"{'; '.join(deemed)}; for {DEEMED[version.deemed_for]}"))
    width = f"{number(version.trailer_width_in)} in of trailer"
    stacked = ""
    if version.stacked_pieces > 1:
        stacked = f"; {plural(version.stacked_pieces, 'piece')} to a floor position"
    told.append(("Floor space", f"{FLOOR_SPACES[version.floor_space]}, {width}{stacked}"))
    return told


def fak_words(ranges: Iterable[FakRange]) -> list[str]:
    """Say the classes that are rated as one: "50 to 100 as 70"."""
    return [f"{each.label} as {each.rated_class}" for each in ranges]


def space_rule_words(rule: SpaceRule) -> str:
    """Say when space makes freight weigh more, and how much it weighs then."""
    unit = UNITS[rule.measure]
    limit = f"{number(rule.over)} {unit.replace('foot', 'feet')}"
    start = f"From {limit} on" if rule.includes_limit else f"Over {limit}"
    if rule.under_pcf is not None:
        start += f", lighter than {number(rule.under_pcf)} lb a cubic foot"
    told = [f"{start}: at least {number(rule.pounds_per_unit)} lb a {unit}"]
    if rule.floor_class:
        told.append(f"class {rule.floor_class} or higher")
    if rule.discount_percent is not None:
        rate = number(rule.discount_percent)
        told.append(f"{rate} % discount instead of any other" if rule.discount_percent
                    else "no discount")  # fmt: skip
    if not rule.uses_fak:
        told.append("FAK does not apply")
    return ", ".join(told)


def _deemed(version: CardVersion) -> Iterable[str]:
    if version.unstackable_height_in is not None:
        yield f"{number(version.unstackable_height_in)} in high where nothing may stand on it"
    if version.wide_from_in is not None and version.wide_width_in is not None:
        wide = number(version.wide_width_in)
        yield f"{wide} in wide from {number(version.wide_from_in)} in on"
