"""What a contract route can answer besides success. Raise below, answer once (`views.ContractView`).

    ContractError
    ├── BadRequest           400   the request is wrong; `faults` tells where
    ├── Unauthorized         401   nobody we know, or not allowed to do this
    ├── NotFound             404   no such route, delivery or process
    ├── MethodNotAllowed     405   the address takes other methods
    ├── Conflict             409   the record stands against it
    ├── LengthRequired       411   a body without Content-Length
    ├── TooLarge             413   a body over the limit
    ├── UnsupportedMedia     415   a body that is not application/json in UTF-8
    ├── TooManyRequests      429   the caller has no calls left; `retry_after` seconds from now it has
    ├── Unexpected           500   what nobody expected, which tells nothing
    └── Unavailable          503   not now; `retry_after` seconds from now it may work

Everything else that is raised is answered as `Unexpected`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Any

import msgspec

RECEIVED_LENGTH = 100
HUGE = 10 ** (RECEIVED_LENGTH - 1)
FAULTS_TOLD = 1000  # Where a body has more, nobody goes on looking for them.


class Fault(msgspec.Struct, frozen=True):
    """One thing that is wrong with a request: where, which rule, and what came."""

    treekey: str
    code: str
    message: str
    received: Any = None


def add_faults(faults: list[Fault], others: Iterable[Fault]) -> None:
    """Add the faults of places that have none yet: the first one told of a place is the cause of the rest."""
    if not faults:
        faults.extend(others)
    elif found := list(others):
        told = {fault.treekey for fault in faults}
        faults.extend(fault for fault in found if fault.treekey not in told)


def shown(value: Any) -> Any:
    """Return a received value as an error may show it: whole when short, else its first 100 characters."""
    if is_short(value):
        return value
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    cut = text[:RECEIVED_LENGTH].encode("utf-8", "replace").decode()
    if len(text) > RECEIVED_LENGTH:
        return cut
    return value if not isinstance(value, str) and is_json(value) else cut


def is_short(value: Any) -> bool:
    """Tell of most values that an error shows them as they are, without writing them as JSON to see."""
    kind = type(value)
    if kind is str:
        return len(value) <= RECEIVED_LENGTH and value.isascii()
    return not value or kind is bool or (kind is int and -HUGE < value < HUGE)


def is_json(value: Any) -> bool:
    """Tell whether an answer can hold a value: not one with NaN or half a surrogate pair somewhere in it."""
    try:
        msgspec.json.encode(value)
    except (TypeError, UnicodeEncodeError):
        return False
    return True


class ContractError(Exception):
    """A request that ends without success."""

    status: int
    sentence = ""

    def __init__(self, sentence: str | None = None, faults: Sequence[Fault] = ()) -> None:
        self.faults = tuple(faults)
        self.sentence = sentence or self.sentence or summary(self.faults)
        super().__init__(self.status)

    @property
    def message(self) -> str:
        phrase = HTTPStatus(self.status).phrase
        return f"{phrase}: {self.sentence}" if self.sentence else phrase

    @property
    def detail(self) -> dict[str, Any]:
        return {"errors": self.faults[:FAULTS_TOLD]} if self.faults else {}

    @property
    def headers(self) -> dict[str, str]:
        return {}


def summary(faults: Sequence[Fault]) -> str:
    """Return one sentence for a person: the first fault, and how many others there are."""
    if not faults:
        return ""
    first = faults[0].message
    if len(faults) == 1:
        return first
    if len(faults) > FAULTS_TOLD:
        return f"{first.rstrip('.')}; it has more faults than the {FAULTS_TOLD} that are in detail.errors."
    others = "1 other fault is" if len(faults) == 2 else f"{len(faults) - 1} other faults are"
    return f"{first.rstrip('.')}; {others} in detail.errors."


class BadRequest(ContractError):
    status = 400

    @classmethod
    def at(cls, treekey: str, code: str, message: str, received: Any = None) -> BadRequest:
        return cls(faults=[Fault(treekey, code, message, received)])


class Unauthorized(ContractError):
    """No, an unknown, or an insufficient token. It never says which."""

    status = 401


class NotFound(ContractError):
    status = 404
    sentence = "There is nothing at this address."


class MethodNotAllowed(ContractError):
    status = 405

    def __init__(self, method: str | None, allowed: Sequence[str]) -> None:
        self.allowed = ", ".join(allowed)
        super().__init__(f"This address takes {self.allowed}, not {method}.")

    @property
    def headers(self) -> dict[str, str]:
        return {"Allow": self.allowed}


class Conflict(ContractError):
    status = 409


class LengthRequired(ContractError):
    status = 411
    sentence = "Send the body with Content-Length instead of Transfer-Encoding."


class TooLarge(ContractError):
    status = 413


class UnsupportedMedia(ContractError):
    status = 415
    sentence = "Send the body as application/json in UTF-8, without Content-Encoding."


class TooManyRequests(ContractError):
    status = 429
    sentence = "The account has no calls left; Retry-After tells when it has."

    def __init__(self, retry_after: int, sentence: str | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(sentence)

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": str(self.retry_after)}


class Unexpected(ContractError):
    status = 500


class Unavailable(ContractError):
    status = 503
    sentence = "The service cannot store anything at the moment; send the request again."
    retry_after = 5

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": str(self.retry_after)}
