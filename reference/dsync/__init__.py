"""The contract of Dsync: entities, mass synchronisation, and what became of what was sent."""

from __future__ import annotations

from reference.contract import Contract
from reference.dsync import entities, progress, shapes, synchronisation

CONTRACT = Contract(
    name="dsync",
    description="Dsync pushes records, and walks them out again. Every answer has the same four keys.",
    operations=lambda: (*synchronisation.operations(), *entities.operations(), *progress.operations()),
    schemas=lambda: {**shapes.schemas(), **entities.schemas()},
    security=({"Auth-Token": ()},),
    schemes={"Auth-Token": {"type": "apiKey", "in": "header", "name": "Auth-Token"}},
    error=shapes.error,
    errors=(400, 401, 411, 413, 415, 429, 500, 503),
    others=(404, 409),
)
