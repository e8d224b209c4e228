"""The way in from `manage.py`: the two commands of the bootstrap, or one of Django's."""

import sys
from collections.abc import Sequence

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
                return up(arguments)
            case ["verify", *arguments]:
                return verify(arguments)
            case _:
                return command(argv)
    except SetupFailed as error:
        sys.stderr.write(f"\n{error}\n")
        return 1
    except PermissionError as error:
        sys.stderr.write(f"\n{error.filename} belongs to another account.\n")
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
