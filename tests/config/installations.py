"""What tests of the bootstrap ask about an installation."""

import os

import psutil

from config.bootstrap import keeper
from config.bootstrap.children import Account
from config.bootstrap.layout import Layout

ROOT = Layout.here().root


def processes_of(layout: Layout) -> list[psutil.Process]:
    """Return the living processes that speak of this installation's folders."""
    places = {str(layout.var), str(keeper.home(layout, account=Account.unprivileged()))}
    return [process for process in psutil.process_iter() if _speaks_of(process, places)]


def _speaks_of(process: psutil.Process, places: set[str]) -> bool:
    try:
        words = [*process.cmdline(), process.environ().get("LADING_VAR", "")]
    except psutil.Error:
        return False
    is_other = process.pid != os.getpid() and process.status() != psutil.STATUS_ZOMBIE
    return is_other and any(place in word for place in places for word in words)
