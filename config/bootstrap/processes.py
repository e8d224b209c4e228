"""Lading's own processes: web, workers by queue, the clock, and the simulated partners."""

from collections.abc import Iterator, Mapping

from config.bootstrap.environment import erp_port, tms_port
from config.bootstrap.layout import Layout
from config.bootstrap.supervisor import Program

# name -> (queues, processes), for two cores; drawing PDFs never delays the rest.
WORKERS = {
    "worker-billing": ("intake,billing", 2),
    "worker-render": ("render", 1),
    "worker-outbound": ("outbound,housekeeping", 1),
}
# A process that has grown to this (KiB) is replaced by a fresh one after its task.
WORKER_LIMIT_KIB = 400_000


def essentials(layout: Layout, *, env: Mapping[str, str], port: int) -> Iterator[Program]:
    """Yield what Lading is not ready without."""
    yield _program(layout, "web", *_web(port), stage="web", env=env)
    for name, (queues, count) in WORKERS.items():
        argv = _worker(name, queues=queues, count=count)
        yield _program(layout, name, *argv, stage="workers", env=env, process="worker")


def clock(layout: Layout, *, env: Mapping[str, str]) -> Program:
    """Return the process that rings the regular bells; there must be only one."""
    schedule = str(layout.run / "beat-schedule")
    return _program(layout, "beat", *_celery("beat", "-s", schedule), stage="beat", env=env)


def partners(layout: Layout, *, env: Mapping[str, str], port: int) -> Iterator[Program]:
    """Yield the simulated TMS and ERP, which speak to Lading over HTTP as real ones would."""
    for name, number in (("simulate_tms", tms_port(port)), ("simulate_erp", erp_port(port))):
        argv = ("manage.py", name, "--port", str(number))
        yield _program(layout, name, *argv, stage="partners", env=env, process="command")


def _web(port: int) -> tuple[str, ...]:
    return (
        "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
        "--workers", "2", "--blocking-threads", "4", "--no-ws", "--respawn-failed-workers",
        "--workers-kill-timeout", "5", "config.wsgi:application",
    )  # fmt: skip


def _worker(name: str, *, queues: str, count: int) -> tuple[str, ...]:
    return _celery(
        "worker", "-n", f"{name}@%h", "-Q", queues, "-c", str(count), "-l", "WARNING", "-O", "fair",
        "--without-gossip", "--without-mingle", "--without-heartbeat",
        "--max-memory-per-child", str(WORKER_LIMIT_KIB),
    )  # fmt: skip


def _celery(*words: str) -> tuple[str, ...]:
    return ("-m", "celery", "-A", "config.celery", *words)


def _program(
    layout: Layout, name: str, *argv: str, stage: str, env: Mapping[str, str], process: str = ""
) -> Program:
    return Program(
        name=name,
        stage=stage,
        argv=(layout.python, *argv),
        # The checks ran when the database was migrated; each worker need not repeat them.
        env={**env, "LADING_PROCESS": process or name, "CELERY_SKIP_CHECKS": "1"},
        cwd=layout.root,
    )
