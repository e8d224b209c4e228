"""An ERP on a real socket that keeps documents as it should and answers as it is told to."""

import json
import socket
import socketserver
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

Document = dict[str, Any]
Behaviour = Callable[["Call"], None]


@dataclass
class Call:
    """One request, with what a behaviour needs to answer it."""

    erp: "MisbehavingErp"
    connection: socket.socket
    method: str
    path: str
    headers: dict[str, str]
    body: Document

    def keep(self) -> Document:
        """Take the document, once per idempotency key."""
        return self.erp.keep(self.headers["idempotency-key"], self.body)

    def answer(self, status: int, document: Any, headers: dict[str, str] | None = None) -> None:
        content = document if isinstance(document, bytes) else json.dumps(document).encode()
        lines = [f"HTTP/1.1 {status} Told", f"Content-Length: {len(content)}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        self.connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + content)

    def reset(self) -> None:
        """Cut the connection without a goodbye."""
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()


@dataclass
class MisbehavingErp:
    """Answers each POST by the next behaviour of its script, and well when the script is over."""

    script: list[Behaviour] = field(default_factory=list)
    look_ups: list[Behaviour] = field(default_factory=list)
    documents: dict[str, Document] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    url: str = ""

    def keep(self, key: str, body: Document) -> Document:
        return self.documents.setdefault(
            key,
            {
                "id": f"ERP-{88_001 + len(self.documents)}",
                "external_reference": body["external_reference"],
                "currency": body["currency"],
                "total_amount": body["total_amount"],
            },
        )

    def handle(self, call: Call) -> None:
        self.calls.append(f"{call.method} {call.path}")
        if call.method == "GET":
            behaviour = self.look_ups.pop(0) if self.look_ups else look_up
            behaviour(call)
            return
        self.keys.append(call.headers["idempotency-key"])
        behaviour = self.script.pop(0) if self.script else take
        behaviour(call)


def look_up(call: Call) -> None:
    """Find by our reference."""
    reference = call.path.partition("external_reference=")[2]
    held = call.erp.documents.values()
    found = [document for document in held if document["external_reference"] == reference]
    call.answer(200, {"data": found})


def take(call: Call) -> None:
    """What an ERP should do."""
    call.answer(201, call.keep())


def status(code: int, **headers: str) -> Behaviour:
    """Refuse without taking the document."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda call: call.answer(code, {"detail": f"No, {code}."}, named)


def redirect(call: Call) -> None:
    call.answer(302, {}, {"Location": f"{call.erp.url}/elsewhere"})


def hang_before_taking(_call: Call) -> None:
    time.sleep(1.0)


def hang_after_taking(call: Call) -> None:
    call.keep()
    time.sleep(1.0)


def drip(call: Call) -> None:
    """Take the document and send the answer a byte at a time, for ever."""
    call.keep()
    call.connection.sendall(b"HTTP/1.1 201 Told\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(30):
        call.connection.sendall(b" ")
        time.sleep(0.1)


def reset_in_the_middle(call: Call) -> None:
    """Take the document and cut the answer in two."""
    call.keep()
    call.connection.sendall(b'HTTP/1.1 201 Told\r\nContent-Length: 1000\r\n\r\n{"id": "ERP-8')
    time.sleep(0.05)
    call.reset()


def reset_at_once(call: Call) -> None:
    call.reset()


def garbage(call: Call) -> None:
    call.keep()
    call.answer(200, b"<html>Welcome!</html>")


def garbage_look_up(call: Call) -> None:
    call.answer(200, {"found": "perhaps"})


def nonsense(call: Call) -> None:
    call.keep()
    call.answer(200, {"ok": True})


def endless(call: Call) -> None:
    call.keep()
    call.answer(200, b" " * 1_200_000)


def no_http(call: Call) -> None:
    call.connection.sendall(b"hello\r\n\r\n")


def for_another(call: Call) -> None:
    call.answer(200, call.keep() | {"external_reference": "somebody else's"})


def wrong_amount(call: Call) -> None:
    call.keep()["total_amount"] = "999.99"
    call.answer(201, call.keep())


def wrong_currency(call: Call) -> None:
    call.keep()["currency"] = "CAD"
    call.answer(201, call.keep())


def duplicate(call: Call) -> None:
    call.keep()
    call.answer(409, {"error": "duplicate"})


def duplicate_not_found(call: Call) -> None:
    call.answer(409, {"error": "duplicate"})


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False


@contextmanager
def running(erp: MisbehavingErp) -> Iterator[MisbehavingErp]:
    """Serve `erp` on the loopback address while the block runs."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            try:
                erp.handle(_read(self, erp))
            except OSError:
                return

    server = _Server(("127.0.0.1", 0), Handler)
    erp.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield erp
    finally:
        server.shutdown()
        server.server_close()


def _read(handler: socketserver.StreamRequestHandler, erp: MisbehavingErp) -> Call:
    method, path, _ = handler.rfile.readline().decode().split(" ")
    headers: dict[str, str] = {}
    while line := handler.rfile.readline().decode().strip():
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    body = handler.rfile.read(int(headers.get("content-length", 0)))
    return Call(erp, handler.connection, method, path, headers, json.loads(body) if body else {})
