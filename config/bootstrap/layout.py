"""Where things are: the checkout, and the folder with everything Lading writes."""

import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path


class SetupFailed(Exception):
    """The set-up cannot go on; the message is one clear sentence for the person at the terminal."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The folders of one installation. Two installations never share a `var`."""

    root: Path
    var: Path

    @classmethod
    def here(cls) -> "Layout":
        """Return the layout of this checkout; `LADING_VAR` names another `var`."""
        root = Path(__file__).resolve().parents[2]
        return cls(root, Path(os.environ.get("LADING_VAR") or root / "var").resolve())

    def for_tests(self) -> "Layout":
        """Return the layout whose servers tests may wipe: they never meet the demo's data."""
        return Layout(self.root, self.var / "verify")

    @property
    def venv(self) -> Path:
        """The checkout's own environment of packages."""
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        """The interpreter that has the packages."""
        return self.venv / "bin" / "python"

    @property
    def run(self) -> Path:
        """Locks and notes of running processes; empty of meaning when nothing runs."""
        return self._folder("run")

    @property
    def logs(self) -> Path:
        """One file per process."""
        return self._folder("log")

    @property
    def static(self) -> Path:
        """Where `collectstatic` puts files; the web looks there at its start, so it must exist."""
        return self.var / "static"

    @property
    def people(self) -> Path:
        """The demo's sign-ins: a list of {role, name, email, password}."""
        return self.var / "demo" / "people.json"

    @property
    def fingerprint(self) -> str:
        """Eight letters that tell this `var` from any other on the machine."""
        return hashlib.sha256(str(self.var).encode()).hexdigest()[:8]

    def secret_key(self) -> str:
        """Return this installation's secret key, made at first use and readable by nobody else."""
        path = self.var / "secret-key"
        self.var.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_text().strip()
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48))
        return path.read_text()

    def _folder(self, name: str) -> Path:
        path = self.var / name
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return path
