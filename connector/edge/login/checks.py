"""System checks of the settings of signing in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


@register(Tags.security)
def check_login(**_kwargs: Any) -> list[CheckMessage]:
    """Refuse a demand that nobody can meet."""
    if not settings.CONNECTOR_SECOND_FACTOR or settings.FIELD_KEYS:
        return []
    hint = "Set FIELD_KEYS: the secrets of second factors are kept encrypted."
    return [Error("CONNECTOR_SECOND_FACTOR asks for what nobody can set up.", hint=hint, id="edge.E005")]
