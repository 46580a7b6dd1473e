"""Imports: uploads, their state, templates and results."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from connector.edge.json_types import TEXT, WHOLE, Schema, listing, one_of, record, ref
from connector.edge.sheets import EXCEL
from datasources.api.asked import FILE_TYPES, FLAGS, KINDS, LAST_PAGE, MOST_ON_A_PAGE, ORDERS, STATES
from datasources.models import ProcessorType
from reference.operation import Answer, Operation, Told, in_path, link, query, whole
from reference.thalamus.sources import BASE

NUMBER = in_path("number", "The id.", **TEXT)
DAY: dict[str, Any] = {"type": "string", "format": "date"}
FILES = ("text/csv; charset=utf-8", EXCEL)
FILE = {"Content-Disposition": "The name of the file."}
FORM: Told = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "properties": {"file": {"type": "string", "contentMediaType": "application/octet-stream"}},
                "required": ["file"],
            }
        }
    },
}
KIND = one_of([text for text, kind in KINDS.items() if kind is not ProcessorType.ALL])
ASKED = (
    query("page", "The page, from 1.", **whole(1, LAST_PAGE)),
    query("pageSize", "Imports on a page (25).", **whole(1, MOST_ON_A_PAGE)),
    query("orderBy", "By what they are sorted (name).", **one_of(ORDERS)),
    query("ascending", "false sorts the other way round.", **one_of(FLAGS)),
    query("type", "A processor.", **one_of(KINDS)),
    query("name", "Imports with this text in their name.", **TEXT),
    query("beginDate", "The first day of creation; `endDate` goes with it.", **DAY),
    query("endDate", "The last day of creation; `beginDate` goes with it.", **DAY),
    query("state", "A state.", **one_of(STATES)),
    query("withErrors", "Whether some of their rows are rejected.", **one_of(FLAGS)),
)
STEPS = {
    name: link(f"{name}.import", "Go on with it.", {"path.number": "$response.body#/id"})
    for name in ("view", "cancel", "results")
}


def operations() -> Iterator[Operation]:
    one, found = {200: Answer(ref("import"))}, {200: Answer(page())}
    yield Operation("GET", f"{BASE}/import/status", "list.imports", "A page of imports.", found, ASKED)
    yield Operation("GET", f"{BASE}/import/status/{{number}}", "view.import", "One import.", one, (NUMBER,))
    named = query("name", "What the import is called; else the file's name.", **TEXT)
    of_kind = query("type", "The processor.", required=True, **one_of(KINDS))
    sent = {200: Answer(ref("import"), links=STEPS)}
    yield Operation("POST", f"{BASE}/import/file", "upload", "Import a file.", sent, (named, of_kind), FORM)
    as_what = query("fileType", "As what the file is given.", **one_of(FILE_TYPES))
    of_kind, file = query("type", "The processor.", required=True, **KIND), {200: Answer(TEXT, FILE, media=FILES)}
    yield Operation("GET", f"{BASE}/import/template", "template", "An empty file.", file, (of_kind, as_what))
    text, path = "The file, with what became of each row.", f"{BASE}/import/{{number}}/results"
    yield Operation("GET", path, "results.import", text, file, (NUMBER, as_what))
    text = "End an import; what is imported stays."
    yield Operation("POST", f"{BASE}/import/{{number}}/cancel", "cancel.import", text, one, (NUMBER,))


def page() -> Schema:
    numbers = dict.fromkeys(("total", "page", "pageSize"), WHOLE)
    return record({**numbers, "imports": listing(ref("import"))})
