"""What a process of its own needs to work on the database of this test."""

import os
from pathlib import Path
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import connections

ROOT = Path(settings.BASE_DIR)
LEASE_SECONDS = 2


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Return the environment of a worker: the test's database, short leases, its files in `folder`.

    `folder` is the test's own temporary folder, where `settings.BLOB_ROOT` of this process lies.
    """
    return {
        **os.environ,
        "DATABASE_URL": database_url("default"),
        "LADING_PROCESS": "worker",
        "LADING_VAR": str(folder),
        "LADING_LEASE_SECONDS": str(LEASE_SECONDS),
        "LADING_BELLS": "0",
        "LADING_LOG_LEVEL": "ERROR",
        **more,
    }


def database_url(alias: str) -> str:
    """Return the address of a database of this test, whichever copy of the template it is."""
    told = connections[alias].settings_dict
    account = quote(told["USER"], safe="")
    if told["PASSWORD"]:
        account += f":{quote(told['PASSWORD'], safe='')}"
    port = f":{told['PORT']}" if told["PORT"] else ""
    where = urlencode({"host": told["HOST"]})
    return f"postgresql://{account}@{port}/{quote(told['NAME'], safe='')}?{where}"
