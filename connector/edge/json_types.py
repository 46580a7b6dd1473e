"""The words of JSON Schema that the descriptions of all contracts are made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer"}
FLAG: Schema = {"type": "boolean"}
NULL: Schema = {"type": "null"}
ANYTHING: Schema = {}
# What `headers.is_printable` refuses of the basic plane, in words that every dialect of regular expressions has.
_INVISIBLE = (
    r"\x00-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u2028-\u202e"
    r"\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb"
)
PRINTABLE_TEXT = rf"^[^{_INVISIBLE}]*$"
VISIBLE_TEXT = rf"^(?!\s*$)[^{_INVISIBLE}]*$"


def record(members: Mapping[str, Schema], *, required: Iterable[str] | None = None, is_closed: bool = True) -> Schema:
    """Return an object; all of its members are required where nothing else is said."""
    schema: Schema = {"type": "object", "properties": dict(members)}
    if needed := list(members if required is None else required):
        schema["required"] = needed
    if is_closed:
        schema["additionalProperties"] = False
    return schema


def listing(items: Schema, **rules: Any) -> Schema:
    return {"type": "array", "items": items, **rules}


def one_of(values: Iterable[Any]) -> Schema:
    return {"enum": list(values)}


def nullable(schema: Schema, *also: Any) -> Schema:
    """Return a schema that takes null as well, and these values."""
    if set(schema) <= {"enum"} and schema:
        return {"enum": list(dict.fromkeys([*schema["enum"], *also, None]))}
    if not also and isinstance(schema.get("type"), str) and not schema.keys() & {"enum", "const", "anyOf", "not"}:
        return {**schema, "type": [schema["type"], "null"]}
    return {"anyOf": [schema, {"enum": [*also, None]} if also else NULL]}


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}
