"""What an answer of Dsync, or none, means for a record and for those behind it: a pure decision."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from http import HTTPStatus
from typing import Any

import httpx
import msgspec

from sync.models.delivery import Method
from sync.push.line import Answer, Outcome
from sync.push.tokens import Tokens
from sync.work.retry_after import wait_asked

LONGEST = 200
TAKEN = (200, 201, 202)
GONE = (404, 410)  # A deletion that finds nothing has nothing left to do.
AWAY = (401, 403, 408, 425, 429, 502, 503, 504)
NEVER_BEGUN = (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol, httpx.InvalidURL)


class Fate(Enum):
    """What becomes of a record that was sent."""

    TAKEN = "Dsync has it."
    REFUSED = "The same would be refused again: it is dead."
    OTHERWISE = "Dsync has what we took for new, or lacks what we took for known: the other method is next."
    DOUBTFUL = "It may be the record or Dsync: it counts as a try, unless Dsync was in trouble before."
    AWAY = "It is not the record: Dsync is away, has too much to do, or refuses our tokens. No try is counted."


@dataclass(frozen=True, slots=True)
class Verdict:
    fate: Fate
    reason: str = ""
    retry_after: timedelta | None = None

    def without(self, tokens: Tokens) -> Verdict:
        """Return the same, should Dsync have quoted our tokens."""
        return replace(self, reason=tokens.hidden_in(self.reason)[:LONGEST])


UNKNOWN = Verdict(Fate.DOUBTFUL)


def verdict_of(method: Method, outcome: Outcome, now: datetime | None = None) -> Verdict:
    """Judge what came in answer to a message."""
    if isinstance(outcome, Answer):
        return Verdict(fate_of(method, outcome), reason_of(outcome), wait_asked(outcome.retry_after, now))
    if isinstance(outcome, httpx.LocalProtocolError):  # Such as a key that begins with a space.
        return Verdict(Fate.REFUSED, "It cannot be told over HTTP.")
    return Verdict(Fate.AWAY if isinstance(outcome, NEVER_BEGUN) else Fate.DOUBTFUL, type(outcome).__name__)


def fate_of(method: Method, answer: Answer) -> Fate:
    status = answer.status
    if status in TAKEN or (method == Method.DELETE and status in GONE):
        return Fate.TAKEN
    if (method, status) in ((Method.POST, 409), (Method.PUT, 404)) or (method == Method.PUT and is_not_found(answer)):
        return Fate.OTHERWISE
    if status in AWAY or 300 <= status < 400:  # A redirect is not followed: the URL is to be set right.
        return Fate.AWAY
    return Fate.REFUSED if 400 <= status < 500 else Fate.DOUBTFUL


def reason_of(answer: Answer) -> str:
    """Return the status and what Dsync says, on one line; for the admin alone, because it may quote a value."""
    phrase = next((known.phrase for known in HTTPStatus if known == answer.status), "")
    said = message_of(answer.body) or phrase
    return " ".join(f"{answer.status} {said}".split())[:LONGEST]


def is_not_found(answer: Answer) -> bool:
    """Tell whether a 400 says that there is no such record, as a contract without a 404 does: ours."""
    detail = told_by(answer.body).get("detail")
    faults = detail.get("errors") if isinstance(detail, dict) else None
    codes = [fault.get("code") for fault in faults if isinstance(fault, dict)] if isinstance(faults, list) else []
    return answer.status == 400 and "not_found" in codes


def told_by(body: bytes) -> dict[str, Any]:
    """Return the members of an answer, none where it is no object."""
    try:
        told = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def message_of(body: bytes) -> str:
    message = told_by(body).get("message")
    return "".join(char if char.isprintable() else " " for char in message) if isinstance(message, str) else ""
