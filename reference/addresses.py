"""Where the document, its page and the schemas of entities are."""

from __future__ import annotations

from urllib.parse import quote

DOCUMENT = "/openapi.json"
PAGE = "/docs/"


def schema_address(entity: str) -> str:
    return f"/schemas/{quote(entity, safe='')}.json"
