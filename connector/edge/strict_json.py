"""JSON as the contract takes it: strict UTF-8, no duplicate keys, no number that is not finite, exact numbers.

What is not ordinary, or cannot be read at all, goes the thorough way, which takes many times as long and tells every
fault of the form at once and where it is.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from decimal import InvalidOperation
from itertools import islice
from typing import Any

from connector.edge.errors import FAULTS_TOLD, Fault, shown
from connector.edge.ordinary_json import DEPTH, NOT_ORDINARY, NotOrdinary, exact, ordinary, too_deep

PATH_LENGTH = 300
Members = dict[str, Any]


class Repeated(Members):
    """A JSON object that remembers which of its keys came more than once; the last value stands."""

    repeated: tuple[str, ...] = ()

    @classmethod
    def of(cls, pairs: list[tuple[str, Any]]) -> Repeated:
        members = cls(pairs)
        if len(members) != len(pairs):
            counts = Counter(key for key, _ in pairs)
            members.repeated = tuple(key for key, count in counts.items() if count > 1)
        return members


class NotFinite:
    """Stands for NaN, Infinity or a number beyond what any system can hold."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return self.text


def read_object(raw: bytes, root: str = "") -> tuple[Members | None, list[Fault]]:
    """Return the object that a body is and every fault of its form; no object when it cannot be read as one.

    Keys of the faults start with `root`, the entity's name; lists show the position, as in `order.items[2].sku`.
    """
    try:
        return ordinary(raw), []
    except NOT_ORDINARY:
        return read_thoroughly(raw, root)


def read_thoroughly(raw: bytes, root: str) -> tuple[Members | None, list[Fault]]:
    text = text_of(raw, root)
    if isinstance(text, Fault):
        return None, [text]
    try:
        value = json.loads(
            text, object_pairs_hook=Repeated.of, parse_float=number, parse_int=number, parse_constant=NotFinite
        )
    except json.JSONDecodeError as exc:
        where = f"line {exc.lineno}, column {exc.colno}"
        return None, [Fault(root, "invalid_json", f"The body is not valid JSON at {where}: {exc.msg}.")]
    faults = list(islice(form_faults(value, root), FAULTS_TOLD + 1))
    if isinstance(value, Repeated):
        return value, faults
    others = [fault for fault in faults if fault.treekey != root]
    return None, [Fault(root, "not_an_object", "The body must be a JSON object.", shown_value(value)), *others]


def read_value(text: str) -> Any:
    """Return the JSON value that a text is, None where it is none or is null."""
    members, faults = read_object(b'{"value": %b}' % text.encode("utf-8", "surrogatepass"))
    return None if members is None or list(members) != ["value"] or faults else members["value"]


def text_of(raw: bytes, root: str) -> str | Fault:
    """Return a body as text that may be parsed, or what speaks against it."""
    if not raw:
        return Fault("Content-Length", "body_missing", "A JSON object is needed as the body.")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as exc:
        return Fault(root, "invalid_encoding", f"The body is not UTF-8: byte {exc.start} cannot be read.")
    if text.startswith("\ufeff"):
        return Fault(root, "byte_order_mark", "The body starts with a byte order mark; send it without.")
    if too_deep(raw):
        return Fault(root, "too_deep", f"The body is nested deeper than {DEPTH} levels.")
    return text


def number(text: str) -> Any:
    """Return a JSON number exactly: an int, a Decimal, or NotFinite beyond the range of a double."""
    try:
        value = exact(text)
    except (NotOrdinary, InvalidOperation):
        return NotFinite(text)
    return int(text) if text.lstrip("-").isdigit() else value


def form_faults(value: Any, treekey: str) -> Iterator[Fault]:
    """Yield what JSON's grammar allows and the contract does not, wherever it stands."""
    match value:
        case Repeated():
            for key in value.repeated:
                yield Fault(below(treekey, key), "duplicate_key", f'The key "{shown(key)}" comes more than once.')
            for key, member in value.items():
                yield from text_faults(key, below(treekey, key), "A key")
                yield from form_faults(member, below(treekey, key))
        case list():
            for position, member in enumerate(value):
                yield from form_faults(member, f"{treekey}[{position}]")
        case str():
            yield from text_faults(value, treekey, treekey or "A text")
        case NotFinite():
            yield Fault(
                treekey,
                "invalid_number",
                f"{treekey} is no number that can be stored.",
                shown(value.text),
            )


def text_faults(text: str, treekey: str, subject: str) -> Iterator[Fault]:
    if "\x00" in text:
        yield Fault(printable(treekey), "invalid_character", f"{printable(subject)} contains a NUL character.")
    if not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text):
        yield Fault(printable(treekey), "invalid_character", f"{printable(subject)} contains half a surrogate pair.")


def printable(text: str) -> str:
    return text.encode("utf-8", "replace").decode().replace("\x00", "\ufffd")


def below(treekey: str, key: str) -> str:
    """Return the place of a member, as a message may show it."""
    key = printable(key)[:100]
    return f"{treekey}.{key}"[:PATH_LENGTH] if treekey else key


def shown_value(value: Any) -> Any:
    return None if isinstance(value, (list, NotFinite)) else shown(value)
