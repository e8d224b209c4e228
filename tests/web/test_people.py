"""People in narrow columns."""

import pytest

from web.templatetags.people import initialed


@pytest.mark.parametrize(
    ("name", "short"),
    [("Marcus Okafor", "M. Okafor"), ("Ana de la Cruz", "A. de la Cruz"), ("Cher", "Cher")],
)
def test_a_first_name_is_its_initial(name: str, short: str) -> None:
    assert initialed(name) == short
