"""Any other command of `manage.py`, with an environment that leads to the private servers."""

import importlib.util
import os
import sys
from collections.abc import Sequence

from config.bootstrap import environment, servers
from config.bootstrap.layout import Layout, SetupFailed

# Commands that read the code and ask no server anything.
SERVERLESS = {
    "check", "collectstatic", "compilemessages", "diffsettings", "help", "makemessages",
    "spectacular", "startapp", "version", "--help", "-h", "--version",
}  # fmt: skip
# Commands that are of use before there is a schema.
FOUNDING = {"makemigrations", "migrate"}


def command(argv: Sequence[str]) -> int:
    """Run Django's command line in `.venv`, with the private servers there while it runs."""
    layout = Layout.here()
    _enter_venv(layout, argv)
    private = servers.private(os.environ)
    os.environ.update(environment.build(layout, port=environment.port(), private=private))
    name = argv[1] if len(argv) > 1 else "help"
    with servers.in_use(layout, names=_needed(layout, name, private=private)):
        return _execute(argv)


def _needed(layout: Layout, name: str, *, private: Sequence[str]) -> Sequence[str]:
    if name in SERVERLESS:
        return ()
    if "postgres" in private and name not in FOUNDING and not servers.has_database(layout):
        raise SetupFailed("There is no database yet: `python3 manage.py up` makes one.")
    return private


def _execute(argv: Sequence[str]) -> int:
    from django.core.management import execute_from_command_line

    import config.celery  # noqa: F401  so that commands ring the bells of our own broker

    execute_from_command_line(list(argv))
    return 0


def _enter_venv(layout: Layout, argv: Sequence[str]) -> None:
    """Go on in `.venv`, unless we are in an environment that has the packages."""
    is_in_venv = sys.prefix != sys.base_prefix
    if is_in_venv and importlib.util.find_spec("django"):
        return
    if layout.python.exists():
        os.execv(layout.python, [str(layout.python), *argv])  # noqa: S606  no shell is wanted
    if not importlib.util.find_spec("django"):
        raise SetupFailed("The packages are not installed yet: run `python3 manage.py up` first.")
