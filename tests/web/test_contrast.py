"""Every colour of the stylesheet on every ground it stands on, in both themes, by WCAG 2.2.

Text needs 4.5 to 1 (1.4.3); what bounds a control, marks the focus or draws a figure needs 3 to 1
(1.4.11).
"""

import re
from itertools import product
from pathlib import Path

import pytest
from django.conf import settings

STYLES = (Path(settings.BASE_DIR) / "static" / "app.css").read_text()
TOKEN = re.compile(r"--([\w-]+):\s*light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")
TOKENS = {name: (light, dark) for name, light, dark in TOKEN.findall(STYLES)}
THEMES = ("light", "dark")

GROUNDS = ("bg", "surface", "surface-2", "overlay", "accent-soft")
STATES = ("ok", "warn", "bad", "hold")
# What is read, by the grounds it is read on.
READ = {
    **dict.fromkeys(("text", "text-2", "text-3"), GROUNDS),
    "accent": GROUNDS,
    "accent-2": GROUNDS,
    "on-accent": ("accent", "accent-2"),
    **{state: (*GROUNDS, f"{state}-soft") for state in STATES},
}
ALSO_READ = {
    ("text", "surface-3"), ("text-2", "surface-3"),
    *product(("text", "text-2"), (f"{state}-soft" for state in STATES)),
}  # fmt: skip
# What is seen: bounds of controls, the focus, and the marks of a chart that stand for a figure.
SEEN = {
    **dict.fromkeys(("line-strong", "focus"), ("bg", "surface", "surface-2", "overlay")),
    **dict.fromkeys(("seq-3", "seq-4", "seq-5"), ("surface",)),
}
# Told apart from their neighbours by words, place or a line: nothing depends on the colour.
DECORATIVE = {"line", "line-2", "accent-line", "chart-grid", "seq-1", "seq-2"}

TEXT = sorted({(name, ground) for name, grounds in READ.items() for ground in grounds} | ALSO_READ)
BOUNDS = sorted((name, ground) for name, grounds in SEEN.items() for ground in grounds)


def luminance(colour: str) -> float:
    """Return the relative luminance of `#rrggbb` as WCAG 2.2 defines it."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels
    ]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, from 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def too_faint(pairs: list[tuple[str, str]], *, least: float) -> list[str]:
    """Say which pairs fall short in which theme."""
    return [
        f"{name} on {ground}, {theme}: {ratio:.2f}"
        for name, ground in pairs
        for place, theme in enumerate(THEMES)
        if (ratio := contrast(TOKENS[name][place], TOKENS[ground][place])) < least
    ]


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21), ("#777777", "#ffffff", 4.48), ("#0b6380", "#0b6380", 1)],
)
def test_contrast_is_what_wcag_says(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.005)


def test_what_is_read_can_be_read() -> None:
    assert too_faint(TEXT, least=4.5) == []


def test_bounds_focus_and_figures_can_be_seen() -> None:
    assert too_faint(BOUNDS, least=3) == []


def test_neighbouring_figures_of_a_chart_can_be_told_apart() -> None:
    assert too_faint([("seq-2", "seq-4")], least=1.8) == []


def test_every_colour_of_the_stylesheet_is_in_the_walk() -> None:
    walked = {name for pair in (*TEXT, *BOUNDS) for name in pair}

    assert set(TOKENS) - walked - DECORATIVE == set()
    assert len(TOKENS) > 25
