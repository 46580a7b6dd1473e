"""Reading the contract's text headers, which PHP clients send as raw UTF-8."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote_to_bytes

from django.http import HttpRequest

from connector.edge.errors import Fault

EXTENDED = "utf-8''"
BARE_PERCENT = re.compile(rb"%(?![0-9A-Fa-f]{2})")


class Header:
    """A header of a limited length; an extended one may also come as in RFC 8187 (`utf-8''Gr%C3%B6%C3%9Fe`)."""

    def __init__(self, name: str, limit: int, *, extended: bool = False, may_be_empty: bool = False) -> None:
        self.name = name
        self.meta = "HTTP_" + name.upper().replace("-", "_")
        self.limit = limit
        self.extended = extended
        self.may_be_empty = may_be_empty

    def read(self, request: HttpRequest, faults: list[Fault]) -> str | None:
        """Return the header's text, None when it is absent or unreadable; a fault is added for the latter."""
        wire = request.META.get(self.meta)
        if wire is None or (self.may_be_empty and not wire):
            return None
        text = decoded(wire, extended=self.extended)
        code, message = self.judge(text)
        if not code:
            return text
        faults.append(Fault(self.name, code, f"{self.name} {message}"))
        return None

    def judge(self, text: str | None) -> tuple[str, str]:
        if text is None:
            return "invalid_encoding", "must be UTF-8 text."
        if not text.strip():
            return "blank", "must not be blank."
        if len(text) > self.limit:
            return "too_long", f"may have at most {self.limit} characters; it has {len(text)}."
        if not is_printable(text):
            return "invalid_character", "must not contain control or invisible formatting characters."
        return "", ""


def decoded(wire: str, *, extended: bool) -> str | None:
    """Return the text of a WSGI header value (bytes dressed as latin-1), None when it is not UTF-8."""
    try:
        raw = wire.encode("latin-1")
        if extended and wire[: len(EXTENDED)].lower() == EXTENDED:
            raw = unquoted(raw[len(EXTENDED) :])
        return raw.decode("utf-8")
    except UnicodeError:
        return None


def unquoted(raw: bytes) -> bytes:
    """Return what RFC 8187 writes with percent signs.

    Raises:
        UnicodeError: a percent sign stands without its two digits.
    """
    if BARE_PERCENT.search(raw):
        raise UnicodeError("a percent sign without two hexadecimal digits")
    return unquote_to_bytes(raw)


INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def is_printable(text: str) -> bool:
    """Tell whether a text has no control, bidirectional, zero-width or line-breaking character."""
    return (text.isascii() and text.isprintable()) or not any(unicodedata.category(char) in INVISIBLE for char in text)


ENTITY_ID = Header("Entity-Id", 255, extended=True)
ENTITY_TOKEN = Header("Entity-Token", 255)
PROCESS_ID = Header("Process-Id", 128, may_be_empty=True)
IDEMPOTENCY_KEY = Header("Idempotency-Key", 255)
