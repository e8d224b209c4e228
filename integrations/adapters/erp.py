"""The ERP's dialect, as docs/integrations.md describes it: post once, look before retrying."""

import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from integrations.adapters.wire import (
    Exchange,
    NoAnswerError,
    UnreachableError,
    exchange,
    retry_after,
)
from integrations.events import Answer, Outcome, Outgoing

# Sending the same again would be refused again.
PERMANENT = frozenset({400, 404, 405, 410, 413, 415, 422})
DUPLICATE = 409


class _UnreadableError(ValueError):
    """The ERP's answer holds no document of its own making."""


def deliver(message: Outgoing, *, base_url: str) -> Answer:
    """Post one document and return what became of it. Never raises.

    A message that may have arrived before is looked up first by its reference.
    """
    try:
        if message.may_have_arrived:
            found = _look_up(message, base_url=base_url)
            if found is not None:
                return found
        return _post(message, base_url=base_url)
    except UnreachableError as error:
        return Answer(Outcome.UNREACHABLE, str(error))
    except (NoAnswerError, _UnreadableError) as error:
        return Answer(Outcome.FAILED, str(error))


def is_alive(*, base_url: str) -> bool:
    """Tell whether the ERP answers a look-up: what a breaker's probe asks."""
    params = {"external_reference": "probe"}
    try:
        return exchange("GET", f"{base_url}/invoices", params=params).status == 200
    except (UnreachableError, NoAnswerError):
        return False


def _post(message: Outgoing, *, base_url: str) -> Answer:
    headers = {"Idempotency-Key": message.idempotency_key}
    answer = exchange("POST", f"{base_url}/invoices", headers=headers, json=message.body)
    if answer.status in {200, 201}:
        return _compare(_document(_parse(answer)), message.body)
    if answer.status == DUPLICATE:
        found = _look_up(message, base_url=base_url)
        note = "The ERP says it holds the document, but does not find it."
        return found or Answer(Outcome.FAILED, note)
    return _refusal(answer)


def _look_up(message: Outgoing, *, base_url: str) -> Answer | None:
    """Return how the document stands in the ERP; None when it holds none.

    Raises:
        _UnreadableError, NoAnswerError, UnreachableError: the look-up failed.
    """
    reference = str(message.body["external_reference"])
    answer = exchange("GET", f"{base_url}/invoices", params={"external_reference": reference})
    if answer.status != 200:
        refusal = _refusal(answer)
        return Answer(Outcome.FAILED, refusal.note, wait_seconds=refusal.wait_seconds)
    found = _parse(answer).get("data")
    if not isinstance(found, list):
        raise _UnreadableError("The ERP's answer to the look-up holds no list.")
    if len(found) > 1:
        numbers = ", ".join(str(_document(item)["id"]) for item in found[:5])
        return Answer(
            Outcome.MISMATCH, f"The ERP holds the document {len(found)} times: {numbers}."
        )
    return _compare(_document(found[0]), message.body) if found else None


def _compare(held: Mapping[str, Any], sent: Mapping[str, Any]) -> Answer:
    """Return POSTED when what the ERP holds is what we sent, to the cent."""
    number = str(held["id"])
    if held["external_reference"] != sent["external_reference"]:
        raise _UnreadableError(f"The ERP answered for another document, {number}.")
    ours = (Decimal(str(sent["total_amount"])), sent["currency"])
    if (held["total_amount"], held["currency"]) != ours:
        note = (
            f"The ERP holds {held['total_amount']} {held['currency']} as {number}; "
            f"we sent {ours[0]} {ours[1]}."
        )
        return Answer(Outcome.MISMATCH, note, reference=number)
    return Answer(Outcome.POSTED, f"Posted as {number}.", reference=number)


def _parse(answer: Exchange) -> dict[str, Any]:
    try:
        data = json.loads(answer.body, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise _UnreadableError("The ERP's answer is not JSON.") from error
    if not isinstance(data, dict):
        raise _UnreadableError("The ERP's answer is no object.")
    return data


def _document(data: Any) -> dict[str, Any]:
    """Return a document with its amount as a Decimal.

    Raises:
        _UnreadableError: it lacks its number, reference, amount or currency.
    """
    try:
        amount = Decimal(str(data["total_amount"]))
        number, reference, currency = data["id"], data["external_reference"], data["currency"]
    except (KeyError, TypeError, InvalidOperation) as error:
        raise _UnreadableError("The ERP's answer is no document.") from error
    if not (isinstance(number, str) and 0 < len(number) <= 60 and amount.is_finite()):
        raise _UnreadableError("The ERP's answer is no document.")
    return {
        "id": number,
        "external_reference": reference,
        "total_amount": amount,
        "currency": currency,
    }


def _refusal(answer: Exchange) -> Answer:
    note = f"The ERP answered {answer.status}{_sentence(answer)}"
    if answer.status in PERMANENT:
        return Answer(Outcome.REFUSED, note)
    return Answer(Outcome.FAILED, note, wait_seconds=retry_after(answer.headers))


def _sentence(answer: Exchange) -> str:
    """Return the ERP's own words, when it sent any that can be shown."""
    try:
        data = json.loads(answer.body)
    except (ValueError, RecursionError):
        return "."
    told = data.get("detail") or data.get("message") if isinstance(data, dict) else None
    return f": {told[:200]}" if isinstance(told, str) and told.isprintable() else "."
