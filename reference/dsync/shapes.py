"""The envelope, and what it has in it."""

from __future__ import annotations

from http import HTTPStatus

from connector.edge.json_types import ANYTHING, FLAG, NULL, TEXT, WHOLE, Schema, listing, nullable, record, ref
from reference.dsync.codes import CODES
from sync.models.delivery import Method, Outcome, State
from sync.serving.progress import COUNTED

EMPTY: Schema = {"type": "object", "maxProperties": 0}
MOMENT: Schema = {"type": "string", "format": "date-time"}


def envelope(status: int, *, data: Schema = EMPTY, detail: Schema = EMPTY) -> Schema:
    phrase = HTTPStatus(status).phrase
    message: Schema = {**TEXT, "examples": [phrase]}
    return record({"status": {"const": status}, "message": message, "detail": detail, "data": data})


def error(status: int) -> Schema:
    """Return the envelope of an error; one that is about no single place has no faults."""
    return envelope(status, detail=record({"errors": listing(ref("fault"))}, required=()))


def fault() -> Schema:
    table = "\n".join(f"- `{code}`: {text}" for code, text in CODES.items())
    own = "Validators of a deployment's own entities may have codes of their own."
    code = {**TEXT, "description": f"{own}\n\n{table}", "x-codes": dict(CODES)}
    return record(
        {
            "treekey": {**TEXT, "description": "The place in the data layout, or the header's or parameter's name."},
            "code": code,
            "message": {**TEXT, "description": "A sentence for a person."},
            "received": {**ANYTHING, "description": "What came, cut at 100 characters."},
        }
    )


def data_layout_field() -> Schema:
    members = {
        "id": NULL,
        "treekey": TEXT,
        "value": NULL,
        "type": {"enum": ["text", "number", "url", "email", "date", "time", "datetime", "boolean", "object"]},
        "multiple": FLAG,
        "date_format": nullable(TEXT),
        "required": FLAG,
        "functions": listing(TEXT),
        "primary_key": FLAG,
        "foreign_key": nullable(TEXT),
        "bool_settings": nullable(TEXT),
        "name": TEXT,
        "description": TEXT,
    }
    return record({**members, "fields": listing(ref("layout.field"))}, required=members)


def data_layout_entity() -> Schema:
    members = {"entity_name": TEXT, "treekey": TEXT, "endpoint_url": TEXT, "entity_token": TEXT}
    return record({**members, "fields": listing(ref("layout.field"))})


def delivery() -> Schema:
    return record(
        {
            "delivery": WHOLE,
            "entity": TEXT,
            "key": TEXT,
            "method": {"enum": [method.value for method in Method]},
            "process_id": nullable(TEXT),
            "state": {"enum": [state.value for state in State]},
            "outcome": {"enum": [*(outcome.value for outcome in Outcome), None]},
            "ignored": listing(TEXT),
            "errors": listing(ref("fault")),
            "accepted_at": MOMENT,
            "finished_at": nullable(MOMENT),
        }
    )


def process() -> Schema:
    counts = record(dict.fromkeys(("received", *COUNTED), WHOLE))
    deliveries = listing(ref("delivery"))
    return record({"process_id": TEXT, "counts": counts, "page": WHOLE, "per_page": WHOLE, "deliveries": deliveries})


def schemas() -> dict[str, Schema]:
    return {
        "fault": fault(),
        "layout.field": data_layout_field(),
        "layout.entity": data_layout_entity(),
        "delivery": delivery(),
        "process": process(),
    }
