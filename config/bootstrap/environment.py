"""The environment variables Lading's processes are started with."""

import os
from collections.abc import Sequence

from config.bootstrap import servers
from config.bootstrap.layout import Layout


def build(layout: Layout, *, port: int, private: Sequence[str]) -> dict[str, str]:
    """Return our own environment with all that it leaves open filled in.

    The servers called `private` are the private ones; the simulated partners listen on the two
    ports after Lading's own.
    """
    layout.static.mkdir(mode=0o700, parents=True, exist_ok=True)
    defaults = {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "LADING_PROCESS": "command",
        "LADING_TMS_URL": f"http://127.0.0.1:{tms_port(port)}",
        "LADING_ERP_URL": f"http://127.0.0.1:{erp_port(port)}",
    }
    decided = {
        "LADING_VAR": str(layout.var),
        "LADING_PORT": str(port),
        "LADING_SECRET_KEY": os.environ.get("LADING_SECRET_KEY") or layout.secret_key(),
        **servers.addresses(layout, names=private),
    }
    return _with_bytecode(layout, {**defaults, **os.environ, **decided})


def _with_bytecode(layout: Layout, env: dict[str, str]) -> dict[str, str]:
    """Return `env` with compiled modules kept, since compiling at each start costs seconds.

    Where they are not wanted beside the sources they go into `var`.
    """
    if env.pop("PYTHONDONTWRITEBYTECODE", ""):
        env["PYTHONPYCACHEPREFIX"] = str(layout.var / "bytecode")
    return env


def port() -> int:
    """Return the port the environment asks for, 8000 unless it does."""
    return int(os.environ.get("LADING_PORT") or 8000)


def tms_port(port: int) -> int:
    """Return where the simulated TMS listens."""
    return port + 1


def erp_port(port: int) -> int:
    """Return where the simulated ERP listens."""
    return port + 2
