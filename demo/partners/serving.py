"""A small HTTP server that answers JSON and stops when told to."""

import json
import signal
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

Answer = tuple[int, Mapping[str, Any], Mapping[str, str]]
Handle = Callable[[str, str, Mapping[str, str], Mapping[str, str], bytes], Answer]


class PartnerServer:
    """Serves `handle(method, path, query, headers, body)` on the loopback address."""

    def __init__(self, port: int, handle: Handle) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(handle))
        self._server.daemon_threads = True

    @property
    def port(self) -> int:
        """Return the port that is listened on; useful when 0 was asked for."""
        return self._server.server_address[1]

    def start(self) -> None:
        """Serve in a thread of its own."""
        Thread(target=self._server.serve_forever, daemon=True).start()

    def serve_until_told(self) -> None:
        """Serve in this thread until SIGTERM or SIGINT."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: Thread(target=self._server.shutdown).start())
        self._server.serve_forever(poll_interval=0.2)
        self._server.server_close()

    def stop(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()


def _handler(handle: Handle) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer(b"")

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers.get("Content-Length", "0"))))

        def _answer(self, body: bytes) -> None:
            parts = urlsplit(self.path)
            query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
            status, document, headers = handle(
                self.command, parts.path, query, dict(self.headers.items()), body
            )
            content = json.dumps(document).encode()
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            """Stay quiet: Lading's own log tells of each call."""

    return Handler
