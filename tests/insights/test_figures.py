"""Figures are defined once: whole, and told in the docs as they are in the code."""

from pathlib import Path

import pytest
from django.conf import settings

from insights.queries.figures.telling import missing_measures
from insights.rules.figures import BY_KEY, FIGURES, Figure

DOCS = Path(settings.BASE_DIR) / "docs" / "insights.md"


def line_of(figure: Figure) -> str:
    """The line of a figure in docs/insights.md; copy it there when a definition changes."""
    return (
        f"| `{figure.key}` | {figure.name} | {figure.sentence} | {figure.formula} |"
        f" {figure.unit.value} | {figure.rows.value}, {figure.basis.value} | {figure.owner} |"
    )


def test_every_figure_is_measured() -> None:
    assert missing_measures() == []
    assert len(BY_KEY) == len(FIGURES)


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.key)
def test_the_docs_define_a_figure_as_the_code_does(figure: Figure) -> None:
    assert line_of(figure) in DOCS.read_text()


def test_the_docs_define_no_figure_that_is_not_there() -> None:
    told = [line.split("`")[1] for line in DOCS.read_text().splitlines() if line.startswith("| `")]

    assert [key for key in told if "=" not in key] == [figure.key for figure in FIGURES]


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.key)
def test_a_definition_says_what_how_and_whom_to_ask(figure: Figure) -> None:
    assert figure.sentence.endswith(".")
    assert len(figure.formula) > len(figure.sentence) / 2
    assert figure.owner
    assert figure.better in {"up", "down"}
