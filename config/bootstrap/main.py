"""The way in from `manage.py`: the two commands of the bootstrap, or one of Django's."""

import signal
import sys
from collections.abc import Callable, Sequence

from config.bootstrap.command import command
from config.bootstrap.layout import SetupFailed
from config.bootstrap.up import up
from config.bootstrap.verify import verify

INTERRUPTED = 130


def main(argv: Sequence[str]) -> int:
    """Run what the command line asks for and return the exit code.

    What a person can mend is said in one sentence, without a traceback.
    """
    try:
        match argv[1:]:
            case ["up", *arguments]:
                return _set_up(up, arguments)
            case ["verify", *arguments]:
                return _set_up(verify, arguments)
            case _:
                return command(argv)
    except SetupFailed as error:
        sys.stderr.write(f"\n{error}\n")
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED


def _set_up(run: Callable[[Sequence[str]], int], arguments: Sequence[str]) -> int:
    """Run `up` or `verify`; SIGTERM, or a terminal that closes, ends them as Ctrl-C does."""
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.default_int_handler)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, signal.default_int_handler)
    try:
        return run(arguments)
    except PermissionError as error:
        raise SetupFailed(f"{error.filename} belongs to another account.") from error
