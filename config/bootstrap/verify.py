"""`manage.py verify`: every test against real PostgreSQL, Redis and chromium."""

import subprocess
from collections.abc import Sequence
from contextlib import ExitStack

from config.bootstrap import environment, libraries, servers, venv
from config.bootstrap.layout import Layout, SetupFailed
from config.bootstrap.locks import Busy, alone
from config.bootstrap.progress import Progress

SERVERS = ("postgres", "redis")
PLUGINS = ("-p", "tests.plugins.conformance")
PREPARE = "--prepare"


def verify(arguments: Sequence[str]) -> int:
    """Set up what is missing, run the tests, and return pytest's exit code.

    Further arguments go to pytest; `--prepare` only sets up. The servers are always private ones
    of the tests' own: no real server, and no demo, ever meets a test.
    """
    layout, progress = Layout.here().for_tests(), Progress()
    libraries.ensure(libraries.PYTHON, progress)
    with libraries.coming((*libraries.DRAWING, *libraries.BROWSER), progress):
        venv.ensure(layout, progress, lock=venv.DEVELOPMENT)
    if PREPARE in arguments:
        return 0
    try:
        with alone(layout.run / "verify.lock"):
            return _test(layout, progress, arguments)
    except Busy as error:
        raise SetupFailed("The tests are already running here.") from error


def _test(layout: Layout, progress: Progress, arguments: Sequence[str]) -> int:
    with ExitStack() as held:
        with progress.step(f"Starting {' and '.join(SERVERS)}"):
            held.enter_context(servers.in_use(layout, names=SERVERS, is_hasty=True))
        env = environment.build(layout, port=environment.port(), private=SERVERS)
        pytest = [str(layout.python), "-m", "pytest", "-n", "2", "--dist", "worksteal", *PLUGINS]
        return subprocess.run(
            [*pytest, *arguments],
            env={**env, "LADING_PROCESS": "tests"},
            cwd=layout.root,
            check=False,
        ).returncode
