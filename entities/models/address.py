"""The address columns that companies, locations and persons share."""

from __future__ import annotations

from typing import Any

from django.db import models

COLUMNS = {
    "country_id": (8, "The country's code"),
    "state_id": (64, "The state or province"),
    "city": (255, "The city"),
    "street1": (255, "The street and number"),
    "street2": (255, "More of the address"),
    "postal_code": (32, "The postal code"),
}


def add_address(model: Any) -> None:
    """Give a model the address columns after its own."""
    for name, (length, help_text) in COLUMNS.items():
        field = models.CharField(max_length=length, null=True, blank=True, help_text=help_text)
        model.add_to_class(name, field)
