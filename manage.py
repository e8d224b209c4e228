#!/usr/bin/env python3
"""`up` runs Lading, `verify` tests it; every other word is a command of Django's or Lading's."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  the one line an older Python reads
    sys.exit("Lading needs Python 3.11 or newer; this is {}.{}.".format(*sys.version_info[:2]))

from config.bootstrap.main import main

if __name__ == "__main__":
    sys.exit(main(sys.argv))
