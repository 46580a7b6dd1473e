"""The whole data layout, as GET /datalayout gives it (contract section 2, "Data layout")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings

from entities.schema import schemas


def data_layout(tokens: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return every entity with its fields; the token of an entity that has none is None."""
    return [
        schema.layout(
            entity_token=tokens.get(schema.name),
            endpoint_url=f"{settings.CONNECTOR_PUBLIC_URL}/entity/{schema.name}",
        )
        for schema in schemas().values()
    ]
