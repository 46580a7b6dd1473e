"""What may be amiss while writes are taken all the same: rooms register what they can tell of themselves."""

from __future__ import annotations

from collections.abc import Callable

from django.db import DatabaseError, InterfaceError

from connector.edge.health import pulse
from connector.edge.health.pulse import Degraded

Look = Callable[[], str | None]
PARTS: dict[str, Look] = {}


def register_part(name: str) -> Callable[[Look], Look]:
    """Have a function asked whether a part is degraded: it returns the reason, None where it is not."""

    def registered(look: Look) -> Look:
        PARTS[name] = look
        return look

    return registered


def names() -> list[str]:
    return ["valkey", *pulse.REASONS, *PARTS]


def degraded() -> list[Degraded]:
    """Return what is not as it should be, with the reason; none of it makes an answer wrong."""
    found = {name: reason_of(look) for name, look in PARTS.items()}
    return pulse.degraded() + [Degraded(name=name, reason=reason) for name, reason in found.items() if reason]


def reason_of(look: Look) -> str | None:
    try:
        return look()
    except (DatabaseError, InterfaceError) as exc:
        return f"It cannot be told ({type(exc).__name__})."
