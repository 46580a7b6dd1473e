"""How the admin shows values: moments to the second, exact numbers, bodies as they came; everything escaped."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

NOTHING = mark_safe('<span class="edge-nothing">-</span>')
EMPTY_TEXT = mark_safe('<span class="edge-nothing">empty text</span>')
SHOWN = 100_000
CELL = 80


def moment(value: datetime | None) -> str:
    """Return a moment to the second, in the time zone of the settings."""
    return timezone.localtime(value).strftime("%Y-%m-%d %H:%M:%S") if value else NOTHING


def text(value: Any) -> str:
    """Return a value as a person reads it, on one line; null and an empty text are told apart."""
    if value is None or value in ([], {}):
        return NOTHING
    return EMPTY_TEXT if value == "" else written(value)


def written(value: Any) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case Decimal() | float():
            plain = format(Decimal(str(value)), "f")
            return plain.rstrip("0").rstrip(".") if "." in plain else plain
        case datetime():
            return moment(value)
        case list() | dict():
            return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def short(value: Any) -> str:
    shown = text(value)
    return shown if isinstance(shown, SafeString) or len(shown) <= CELL else f"{shown[:CELL]}…"


def body(content: bytes) -> SafeString:
    """Return a body as text: JSON indented with every number as it came, anything else as it is."""
    shown = indented(content)
    cut = f"\n… {len(shown) - SHOWN:,} more characters" if len(shown) > SHOWN else ""
    return format_html('<pre class="edge-body">{}{}</pre>', shown[:SHOWN], cut)


def indented(content: bytes) -> str:
    try:
        return msgspec.json.format(content, indent=2).decode()
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return content.decode(errors="replace")


def table(headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> SafeString:
    """Return a table, or the sign for nothing where there are no rows."""
    lines = [format_html("<tr>{}</tr>", format_html_join("", "<td>{}</td>", ((cell,) for cell in row))) for row in rows]
    if not lines:
        return NOTHING
    head = format_html_join("", "<th>{}</th>", ((header,) for header in headers))
    body = format_html_join("", "{}", ((line,) for line in lines))
    return format_html('<table class="edge-table"><thead><tr>{}</tr></thead><tbody>{}</tbody></table>', head, body)


def tag(value: str, colour: str = "", title: str = "") -> SafeString:
    """Return a coloured tag: green, red, orange, blue or, by default, grey."""
    return format_html('<span class="edge-tag edge-{}" title="{}">{}</span>', colour or "grey", title, value)


def link(url: str, content: Any) -> SafeString:
    return format_html('<a href="{}" class="text-link">{}</a>', url, content)
