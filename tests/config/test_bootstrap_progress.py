from io import StringIO

import pytest

from config.bootstrap.progress import Progress


def test_a_step_is_one_line_that_ends_in_its_seconds() -> None:
    out = StringIO()

    with Progress(out=out).step("Migrating the database"):
        begun = out.getvalue()

    assert begun == "  Migrating the database ... "
    assert out.getvalue() == "  Migrating the database ... 0.0 s\n"


def test_words_said_during_a_step_stand_on_a_line_of_their_own() -> None:
    out = StringIO()
    progress = Progress(out=out)

    with progress.step("Starting"):
        progress.say("web stopped with exit code 1")

    assert out.getvalue().splitlines() == [
        "  Starting ... ",
        "web stopped with exit code 1",
        "  Starting ... 0.0 s",
    ]


@pytest.mark.parametrize(
    ("error", "word"), [(ValueError, "failed"), (KeyboardInterrupt, "stopped")]
)
def test_a_step_that_ends_early_says_how(error: type[BaseException], word: str) -> None:
    out = StringIO()

    with pytest.raises(error), Progress(out=out).step("Starting"):
        raise error

    assert out.getvalue() == f"  Starting ... {word}\n"
