"""Samples from which entities are started."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from entities.starter.start import Wish, start_entity

RECORDS = [
    {
        "id": 17,
        "createdAt": "2026-01-31T10:00:00.500+02:00",
        "name": 'Größe "x" \u2013 y',
        "skuCode": "A-1",
        "openFrom": "10:30",
        "price": 12.50,
        "serial": 12345678901234567890,
        "mail": "a@example.org",
        "site": "https://example.org",
        "isActive": "Yes",
        "tags": ["a", "b"],
        "prices": [1, 2.5],
        "day": "31.01.2026",
        "address": {"street": "x", "zip": "00123", "phone": None, "geo": {"lat": 1.5}, "from": "x"},
        "lines": [{"sku": "a", "qty": 1, "opts": ["x"], "dim": {"w": 1}}, {"sku": "b"}],
        "nothing": None,
        "home-page": "x",
        "2nd Größe": "y",
        "snake_case": "z",
        "flag": True,
    },
    {"id": 18, "createdAt": "2026-01-31T10:00:00Z", "isActive": "No", "skuCode": "B"},
]
TABLE = """code;name;price;zip;opened;is_open
A-1;"Große; Straße";12,5;00123;31/12/2025;yes
B-2;;3;99999;01/01/2026;no
"""
FOREIGN = {
    "data": {
        "data_layout": [
            {"entity_name": "other", "fields": []},
            {
                "entity_name": "stock",
                "fields": [
                    {
                        "name": "ean",
                        "type": "text",
                        "primary_key": True,
                        "description": "It\u2019s the code " + "x " * 80,
                    },
                    {"name": "qty", "type": "number", "required": True, "multiple": False},
                    {"name": "sku", "type": "text", "foreign_key": "product"},
                    {"name": "shelf", "type": "text", "foreign_key": "shelf"},
                    {"name": "counted", "type": "date", "date_format": "%d.%m.%Y"},
                    {"name": "valid", "type": "boolean", "bool_settings": "Yes|No"},
                    {
                        "name": "moves",
                        "type": "object",
                        "multiple": True,
                        "fields": [{"name": "at", "type": "datetime"}],
                    },
                    {
                        "name": "place",
                        "type": "object",
                        "fields": [{"name": "row", "type": "number", "multiple": True}],
                    },
                ],
            },
        ]
    }
}


def sample(root: Path, content: Any, name: str = "sample.json") -> Path:
    path = root / name
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def started(root: Path, content: Any, wish: Wish | None = None, name: str = "sample.json") -> str:
    """Start an entity and return its model."""
    wish = wish or Wish("depot")
    start_entity(root, wish, sample(root, content, name))
    return (root / "entities" / "models" / f"{wish.name}.py").read_text()
