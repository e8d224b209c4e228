"""Ask Lading itself whether it is ready."""

import http.client
import json
import time

from config.bootstrap import children
from config.bootstrap.layout import SetupFailed
from config.bootstrap.supervisor import Supervisor

READY_SECONDS = 120.0
LOOK_SECONDS = 0.1
MOST_CRASHES = 4


def await_ready(supervisor: Supervisor, *, port: int) -> None:
    """Tend the programs until `/readyz` is green.

    Raises `SetupFailed` when one of them does not stay up, or when two minutes were not enough.
    """
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end:
        supervisor.tend()
        _give_up_on_crashes(supervisor)
        is_ready, answer = ask(port)
        if is_ready:
            return
        time.sleep(LOOK_SECONDS)
    raise SetupFailed(f"Lading is not ready after {READY_SECONDS:.0f} s. /readyz says: {answer}")


def ask(port: int) -> tuple[bool, str]:
    """Return whether `/readyz` is green, and its words."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        response = connection.getresponse()
        return response.status == http.client.OK, response.read().decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        return False, f"nothing ({error})"
    finally:
        connection.close()


def is_work_left_lying(port: int) -> bool:
    """Tell whether Lading says that work is due which no worker has taken up."""
    _, answer = ask(port)
    try:
        return "journal" in json.loads(answer)["missing"]
    except (ValueError, KeyError, TypeError):
        return False


def _give_up_on_crashes(supervisor: Supervisor) -> None:
    for one in supervisor.running:
        if one.failures >= MOST_CRASHES:
            words = children.tail(supervisor.log(one.program))
            raise SetupFailed(f"{one.program.name} does not stay up:\n{words}")
