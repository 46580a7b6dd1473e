"""The data layout, and walking an entity's records."""

from __future__ import annotations

from collections.abc import Iterator

from connector.edge.json_types import TEXT, WHOLE, Schema, listing, one_of, record, ref
from entities.schema import schemas as entities
from reference.dsync.entities import component
from reference.dsync.headers import TOKEN
from reference.dsync.shapes import envelope
from reference.operation import Answer, Operation, query, whole
from sync.serving.paging import HIGHEST_PAGE, MOST_PER_PAGE

PAGES = (
    query("page", "The page, from 1.", **whole(1, HIGHEST_PAGE)),
    query("per_page", "Records on a page (100).", **whole(1, MOST_PER_PAGE)),
    query("offset", "The same by records: a multiple of `limit`.", **whole(0, HIGHEST_PAGE)),
    query("limit", "Records on a page, beside `offset`.", **whole(1, MOST_PER_PAGE)),
    query("cursor", "A `Next-Cursor`: the page after the one that had it. It goes alone.", **TEXT),
    query("changed_since", "A `Changes-Cursor`, or a time as a starting point.", **TEXT),
    query("deletions", "1: changes have what was deleted, too.", **one_of(["0", "1"])),
)
TOLD = {
    "Total": "How many records there were when the walk opened; absent among changes.",
    "Per-Page": "Records on a page.",
    "Next-Cursor": "While there is a next page: `cursor` of the request for it.",
    "Changes-Cursor": "On the last page: `changed_since` of the request for what was changed since.",
}


def operations() -> Iterator[Operation]:
    layout = {200: Answer(envelope(200, data=record({"data_layout": listing(ref("layout.entity"))})))}
    yield Operation("GET", "/datalayout", "datalayout", "Every entity and field, and the entities' tokens.", layout)
    total = record({"total": {**WHOLE, "minimum": 0}, "per_page": WHOLE})
    counted, text = {200: Answer(envelope(200, data=total))}, "How many records of an entity live."
    yield Operation("GET", "/api/sync/total", "total", text, counted, (TOKEN,))
    text, page = "A page of an entity's records, or of what was changed.", {200: Answer(page_of_any(), TOLD)}
    yield Operation("GET", "/api/sync/items", "items", text, page, (TOKEN, *PAGES))


def page_of_any() -> Schema:
    """Return what a page has, of whichever entity it is."""
    rows = [ref(component(schema, shape)) for shape in ("item", "deletion") for schema in entities().values()]
    walk = record({"walk": one_of(["restarted"])}, required=())
    return envelope(200, data=record({"items": listing({"anyOf": rows})}), detail=walk)
