"""The shared keys stand in one list; the script knows how to do what each of them says."""

import re
from collections import Counter

from django.conf import settings

from web.keys import SHARED
from web.templatetags.icons import icon

SCRIPT = (settings.BASE_DIR / "static/app.js").read_text()
SPRITE = (settings.BASE_DIR / "templates/shell/icons.html").read_text()


def test_each_key_does_one_thing() -> None:
    assert max(Counter(binding.key for binding in SHARED).values()) == 1


def test_the_script_knows_every_command_and_no_other() -> None:
    table = re.search(r"const COMMANDS = \{(.*?)\n  \};", SCRIPT, re.DOTALL)

    assert table
    known = set(re.findall(r"^    (\w+):", table[1], re.MULTILINE))
    assert known == {binding.command for binding in SHARED}


def test_the_palettes_icon_is_in_the_sprite() -> None:
    assert "#i-command" in icon("command")
    assert 'id="i-command"' in SPRITE
