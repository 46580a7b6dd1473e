"""The token that names an entity in the data layout."""

from __future__ import annotations

from django.db import models


class EntityToken(models.Model):
    """Opaque, unique and persistent; made when the entity is first asked for, changed only by rotation."""

    entity = models.CharField(max_length=63, unique=True)
    token = models.CharField(max_length=255, unique=True)

    def __str__(self) -> str:
        return self.entity
