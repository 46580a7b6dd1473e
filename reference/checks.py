from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from reference.access import AUDIENCES


@register(Tags.security)
def check_audience(**_kwargs: Any) -> list[CheckMessage]:
    """Refuse a misspelt audience, which would else be taken for the narrowest or the widest."""
    if settings.CONNECTOR_REFERENCE in AUDIENCES:
        return []
    hint = f"It is one of {', '.join(AUDIENCES)}."
    return [Error("CONNECTOR_REFERENCE names nobody.", hint=hint, id="reference.E001")]
