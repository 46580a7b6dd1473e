"""JSON as most bodies are, read by msgspec; what speaks against the others is told by `connector.edge.strict_json`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

DEPTH = 32
LONGEST_NUMBER = 1000
LARGEST_EXPONENT = 308  # Beyond it no double has the number, so most systems have not.
TOO_LARGE = 10 ** (LARGEST_EXPONENT + 1)
# A string, or a bracket outside of one. A string that never ends goes to the end of the text: were it no match, each of
# its quotes would be tried anew, and a megabyte of them would take hours.
TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[{}\[\]]', re.DOTALL)
KEY_END = re.compile(rb'"[ \t\r\n]*:')
BACKSLASH = ord("\\")


class NotOrdinary(Exception):
    """A body has to be read the thorough way."""


def exact(text: str) -> Decimal:
    """Return a JSON number as it was written; raise NotOrdinary or InvalidOperation for one that nobody can hold."""
    if len(text) > LONGEST_NUMBER:
        raise NotOrdinary
    value = Decimal(text)
    if value and abs(value.adjusted()) > LARGEST_EXPONENT:
        raise NotOrdinary
    return value


decode = msgspec.json.Decoder(dict[str, Any], float_hook=exact).decode
NOT_ORDINARY = (NotOrdinary, msgspec.MsgspecError, UnicodeDecodeError, RecursionError, InvalidOperation)


def ordinary(raw: bytes) -> dict[str, Any]:
    """Return the object that a body is; raise one of NOT_ORDINARY when it is none or there is more to tell of it."""
    members = decode(raw)
    must_have_only(len(members) + count_keys(members.values()), raw)
    return members


def count_keys(values: Iterable[Any], depth: int = 1) -> int:
    """Return how many keys the objects in decoded values have, which themselves are at this depth.

    Raise NotOrdinary for a number that nobody can hold, and for what is too deep.
    """
    if depth > DEPTH:
        raise NotOrdinary
    count = 0
    for value in values:
        kind = type(value)
        if kind is str or value is None:
            continue
        if kind is dict:
            count += len(value) + count_keys(value.values(), depth + 1)
        elif kind is list:
            count += count_keys(value, depth + 1)
        elif kind is int and not -TOO_LARGE < value < TOO_LARGE:
            raise NotOrdinary
    return count


def must_have_only(keys: int, raw: bytes) -> None:
    """Raise NotOrdinary when a valid JSON text may have more keys than these, or NUL in a text.

    Each key is followed by a colon, and some texts have more of them.
    """
    if raw.count(b":") != keys and len(KEY_END.findall(raw)) != keys:
        raise NotOrdinary
    if BACKSLASH in raw and b"\\u0000" in raw:  # The one is found much more quickly, and most bodies have none.
        raise NotOrdinary


def too_deep(raw: bytes) -> bool:
    """Tell whether brackets nest deeper than the limit; strings are left out of the count."""
    if raw.count(b"{") + raw.count(b"[") <= DEPTH:
        return False
    depth = 0
    for token in TOKEN.finditer(raw):
        depth += {b"{": 1, b"[": 1, b"}": -1, b"]": -1}.get(token[0], 0)
        if depth > DEPTH:
            return True
    return False
