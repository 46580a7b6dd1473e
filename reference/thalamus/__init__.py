"""The contract of partners' data sources: who calls, their sources, who is told, and their imports."""

from __future__ import annotations

from reference.contract import Contract
from reference.thalamus import imports, shapes, sources

TOUCHPOINT = {"Thalamus-Touchpoint": (), "Thalamus-Token": ()}
CONTRACT = Contract(
    name="thalamus",
    description=(
        "A party of a partner, over a touchpoint: its folders on servers, who is told of imports, uploads, and what "
        "became of every row. The touchpoint and its token may stand in the query as `touchpoint` and `token`, too."
    ),
    operations=lambda: (*sources.operations(), *imports.operations()),
    schemas=shapes.schemas,
    security=({**TOUCHPOINT, "Party": ()}, {**TOUCHPOINT, "Session": ()}),
    schemes={
        "Thalamus-Touchpoint": {"type": "apiKey", "in": "header", "name": "Thalamus-Touchpoint"},
        "Thalamus-Token": {"type": "apiKey", "in": "header", "name": "Thalamus-Token"},
        "Party": {"type": "http", "scheme": "basic"},
        "Session": {"type": "apiKey", "in": "cookie", "name": "thalamus_session"},
    },
    error=shapes.error,
    errors=(400, 401, 403, 411, 413, 429, 500, 503),
    others=(409,),
)
