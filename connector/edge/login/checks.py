"""System checks of the settings of signing in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

POSITIVE = (
    "CONNECTOR_LOGIN_FAILURES",
    "CONNECTOR_LOGIN_LOCK_MINUTES",
    "CONNECTOR_SESSION_IDLE_MINUTES",
    "CONNECTOR_SESSION_HOURS",
)


@register(Tags.security)
def check_login(**_kwargs: Any) -> list[CheckMessage]:
    """Refuse limits that lock everybody out or nobody, and a demand that nobody can meet."""
    return [*limits_below_one(), *second_factor_without_keys()]


def limits_below_one() -> Iterator[CheckMessage]:
    for name in POSITIVE:
        if getattr(settings, name) < 1:
            yield Error(f"{name} is {getattr(settings, name)}.", hint="Set it to 1 or more.", id="edge.E004")


def second_factor_without_keys() -> Iterator[CheckMessage]:
    if settings.CONNECTOR_SECOND_FACTOR and not settings.FIELD_KEYS:
        hint = "Set FIELD_KEYS: the secrets of second factors are kept encrypted."
        yield Error("CONNECTOR_SECOND_FACTOR asks for what nobody can set up.", hint=hint, id="edge.E005")
