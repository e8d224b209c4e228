"""Hand a file over in a folder that the partner's transfer looks into (or that is theirs)."""

import os
from pathlib import Path

from integrations.events import Answer, Outcome, Outgoing


def deliver(outgoing: Outgoing, *, root: Path) -> Answer:
    """Put the file into its folder; one that lies there already with these bytes is the same.

    It appears whole or not at all: written beside its place and moved there.
    """
    folder, name = root / str(outgoing.body["folder"]), str(outgoing.body["filename"])
    content = str(outgoing.body["content"]).encode("ascii")
    target, unfinished = folder / name, folder / f".{name}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            with unfinished.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(target)
        elif target.read_bytes() != content:
            return Answer(Outcome.MISMATCH, f"{name} lies there with other content.")
    except OSError as error:
        return Answer(Outcome.UNREACHABLE, f"The folder cannot be written: {error.strerror}.")
    return Answer(Outcome.POSTED, f"{name} lies in the folder.", reference=name)


def is_alive(*, root: Path) -> bool:
    """Tell whether the folder can be written to."""
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(root, os.W_OK)
