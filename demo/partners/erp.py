"""An ERP that takes each invoice once and is down now and then."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import count
from random import Random
from threading import Lock
from typing import Any

from demo.partners.serving import Answer

# Of a hundred postings so many are answered "come back later".
BUSY_SHARE = 4


class Erp:
    """Holds the documents that were posted, by our reference.

    The same Idempotency-Key gives the same document; another body under it is refused, as a
    careful ERP would.
    """

    def __init__(self, seed: int) -> None:
        self._documents: dict[str, dict[str, Any]] = {}
        self._numbers = count(88_001)
        self._random = Random(seed)  # noqa: S311  a plan, not a secret
        self._lock = Lock()

    def handle(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        headers: Mapping[str, str],
        body: bytes,
    ) -> Answer:
        """Answer one request."""
        if path == "/healthz":
            return 200, {"status": "ok", "documents": len(self._documents)}, {}
        if path != "/invoices":
            return 404, {"error": "There is nothing here."}, {}
        if method == "GET":
            found = self._documents.get(query.get("external_reference", ""))
            return 200, {"data": [found] if found else []}, {}
        return self._post(headers.get("Idempotency-Key", ""), body)

    def _post(self, key: str, body: bytes) -> Answer:
        invoice = json.loads(body)
        with self._lock:
            if held := self._documents.get(key):
                same = held["total_amount"] == invoice["total_amount"]
                return (200, held, {}) if same else (409, {"error": "duplicate"}, {})
            if self._random.randrange(100) < BUSY_SHARE:
                return 503, {"error": "Closing the books, try later."}, {"Retry-After": "5"}
            document = {
                "id": f"ERP-{next(self._numbers)}",
                "external_reference": invoice["external_reference"],
                "currency": invoice["currency"],
                "total_amount": invoice["total_amount"],
                "posted_at": datetime.now(UTC).isoformat(),
            }
            self._documents[key] = document
            return 201, document, {}
