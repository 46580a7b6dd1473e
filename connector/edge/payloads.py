"""Payloads: what clients, partners and files sent, which the admin shows to whoever has the permission, and hides else.

Everything that shows such a value passes it through here. Where nobody is known to look, it is hidden.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.utils.safestring import mark_safe

from connector.edge.current import request_in_hand

PERMISSION = "edge.see_payloads"
HIDDEN = mark_safe('<span class="edge-hidden" title="Your role does not see what was sent">hidden</span>')


def are_seen_by(request: HttpRequest) -> bool:
    """Tell whether the user of a request may see payloads."""
    return bool(request.user.has_perm(PERMISSION))


def are_seen() -> bool:
    request = request_in_hand()
    return request is not None and are_seen_by(request)


def payload(shown: Any) -> Any:
    """Return what is shown of a payload, or the sign that stands for it; also where there is nothing to hide."""
    return shown if are_seen() else HIDDEN


def hidden(show: Callable[..., Any]) -> Callable[..., Any]:
    """Have a column, or a field of a page, hidden from whoever may not see payloads; the value is not even drawn."""

    @wraps(show)
    def hiding(row: Any) -> Any:
        return show(row) if are_seen() else HIDDEN

    return hiding
