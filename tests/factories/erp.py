"""An ERP that speaks HTTP, and one that misbehaves."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from demo.partners.erp import Erp
from demo.partners.serving import Answer, Handle, PartnerServer

# With this seed the ERP takes the first documents without being busy.
WILLING = 1


@contextmanager
def serving(handle: Handle) -> Iterator[str]:
    """Serve a partner on the loopback address while the block runs, and yield its address."""
    server = PartnerServer(0, handle)
    server.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.stop()


class CountingErp:
    """An ERP that counts the postings; of the first `lost` it takes the document and hangs up."""

    def __init__(self, *, lost: int = 0) -> None:
        self._erp = Erp(WILLING)
        self._lost = lost
        self.posts = 0

    def handle(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        headers: Mapping[str, str],
        body: bytes,
    ) -> Answer:
        """Answer as the ERP does, or not at all."""
        answer = self._erp.handle(method, path, query, headers, body)
        if method == "POST":
            self.posts += 1
            if self.posts <= self._lost:
                raise ConnectionAbortedError("The ERP hangs up.")
        return answer

    @property
    def documents(self) -> int:
        """Return how many documents it holds."""
        _, told, _ = self._erp.handle("GET", "/healthz", {}, {}, b"")
        return int(told["documents"])
