"""`manage.py up`: from a fresh clone to a running Lading, and to its orderly end."""

import argparse
import json
import os
import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress

from config.bootstrap import database, environment, libraries, processes, readiness, servers, venv
from config.bootstrap.layout import Layout, SetupFailed
from config.bootstrap.locks import Busy, alone
from config.bootstrap.progress import Progress
from config.bootstrap.supervisor import Supervisor

LOOK_SECONDS = 0.2
PROBE_SECONDS = 60.0


def up(arguments: Sequence[str]) -> int:
    """Set up what is missing, run Lading until Ctrl-C or SIGTERM, and stop it in order."""
    options = _parse(arguments)
    layout, progress = Layout.here(), Progress()
    with _only_one(layout, port=options.port):
        _check_ports(options.port, has_partners=options.demo)
        if options.reset:
            with progress.step("Removing all data"):
                database.reset(layout)
        libraries.ensure(libraries.PYTHON, progress)
        with libraries.coming(libraries.DRAWING, progress):
            venv.ensure(layout, progress, lock=venv.RUNTIME)
        private = servers.private(os.environ)
        env = environment.build(layout, port=options.port, private=private)
        with _private_servers(layout, progress, names=private):
            database.migrate(layout, progress, env=env, is_private="postgres" in private)
            if options.demo:
                database.seed(layout, progress, env=env, is_private="postgres" in private)
            _run(layout, progress, env=env, options=options)
    return 0


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="manage.py up", description=__doc__)
    port = environment.port()
    parser.add_argument("--port", type=int, default=port, help=f"where to listen ({port})")
    parser.add_argument(
        "--no-demo", dest="demo", action="store_false", help="no demo company, no partners"
    )
    parser.add_argument("--reset", action="store_true", help="remove all data and start over")
    options = parser.parse_args(arguments)
    if options.reset and "postgres" not in servers.private(os.environ):
        parser.error("--reset only removes a private database, and DATABASE_URL names a real one")
    return options


def _run(
    layout: Layout, progress: Progress, *, env: Mapping[str, str], options: argparse.Namespace
) -> None:
    """Start Lading's processes, say where it is, and keep them running until we are stopped."""
    supervisor = Supervisor(layout.logs, say=progress.say)
    try:
        with progress.step("Starting web and workers"):
            supervisor.start(*processes.essentials(layout, env=env, port=options.port))
            readiness.await_ready(supervisor, port=options.port)
        supervisor.start(processes.clock(layout, env=env))
        if options.demo:
            supervisor.start(*processes.partners(layout, env=env, port=options.port))
        _greet(layout, progress, port=options.port)
        with suppress(KeyboardInterrupt):
            _watch(supervisor, port=options.port)
    finally:
        with progress.step(f"Stopping {', '.join(supervisor.stages)}"):
            supervisor.stop()


def _watch(supervisor: Supervisor, *, port: int) -> None:
    """Keep the programs running; renew workers that are alive but deaf to their broker."""
    probed = time.monotonic()
    while True:
        supervisor.tend()
        time.sleep(LOOK_SECONDS)
        if time.monotonic() - probed > PROBE_SECONDS:
            if readiness.is_work_left_lying(port):
                supervisor.say("Work is left lying: the workers start afresh.")
                supervisor.renew("workers")
            probed = time.monotonic()


def _greet(layout: Layout, progress: Progress, *, port: int) -> None:
    progress.say(f"\nLading is ready at http://localhost:{port} after {progress.seconds:.1f} s.\n")
    for person in people(layout):
        progress.say("  {role:<16} {email:<32} {password}".format_map(person))
    if not os.environ.get("LADING_SMTP_HOST"):
        progress.say(f"\nLetters are files in {layout.var / 'mail'}.")
    progress.say(f"\nCtrl-C stops it. Each process writes to {layout.logs}.\n")


def people(layout: Layout) -> list[dict[str, str]]:
    """Return the demo's sign-ins: role, name, email and password of each."""
    try:
        known: list[dict[str, str]] = json.loads(layout.people.read_text())
    except FileNotFoundError:
        return []
    return known


@contextmanager
def _private_servers(layout: Layout, progress: Progress, *, names: Sequence[str]) -> Iterator[None]:
    """Have the private servers for the block, and say so."""
    if not names:
        yield
        return
    with ExitStack() as held:
        with progress.step(f"Starting {' and '.join(names)}"):
            held.enter_context(servers.in_use(layout, names=names))
        try:
            yield
        finally:
            with progress.step(f"Stopping {', '.join(reversed(names))}"):
                held.close()


@contextmanager
def _only_one(layout: Layout, *, port: int) -> Iterator[None]:
    path = layout.run / "up.lock"
    try:
        with alone(path) as lock:
            lock.write(f"process {os.getpid()}, http://localhost:{port}")
            yield
    except Busy as error:
        raise SetupFailed(
            f"Lading is already running here ({path.read_text()}): Ctrl-C in its terminal stops it."
        ) from error


def _check_ports(port: int, *, has_partners: bool) -> None:
    """Raise `SetupFailed` when somebody else listens where we are to."""
    partners = (environment.tms_port(port), environment.erp_port(port)) if has_partners else ()
    for number in (port, *partners):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", number))
            except OSError as error:
                raise SetupFailed(f"Port {number} is taken: name another with `--port`.") from error
