"""A mail server in a process of its own: `python -m tests.integrations.smtp_server PORT FOLDER`.

What it takes lies in FOLDER, one file a letter. `gone@` is refused for good, `full@` is asked to
come again until the folder holds a file called `emptied`, `vanish@` is taken and then not
confirmed. With CERT and KEY it speaks STARTTLS and wants clerk/secret to sign in.
"""

import os
import signal
import ssl
import sys
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


class Post:
    """Takes letters into a folder, or does not."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_RCPT(  # noqa: N802  aiosmtpd's own name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("gone@"):
            return "550 5.1.1 No such person here"
        if address.startswith("full@") and not (self.folder / "emptied").exists():
            return "452 4.2.2 Mailbox full"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Fine"

    async def handle_DATA(  # noqa: N802  aiosmtpd's own name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        number = len(list(self.folder.glob("*.eml"))) + 1
        (self.folder / f"{number:03}.eml").write_bytes(envelope.original_content or b"")
        if envelope.rcpt_tos[0].startswith("vanish@") and number == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        return f"250 2.0.0 Queued as {number}"


def authenticate(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, told: LoginPassword
) -> AuthResult:
    return AuthResult(success=(told.login, told.password) == (b"clerk", b"secret"))


def main() -> None:
    """Serve until killed."""
    port, folder, *tls = sys.argv[1:]
    options: dict[str, Any] = {}
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*tls)
        options = {
            "tls_context": context,
            "require_starttls": True,
            "authenticator": authenticate,
            "auth_required": True,
        }
    Controller(Post(Path(folder)), hostname="127.0.0.1", port=int(port), **options).start()
    print("ready", flush=True)  # noqa: T201  the parent waits for it
    signal.pause()


if __name__ == "__main__":
    main()
