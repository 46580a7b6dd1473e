"""The headers by which Dsync tells of a request."""

from __future__ import annotations

from connector.edge.headers import ENTITY_ID, ENTITY_TOKEN, IDEMPOTENCY_KEY, PROCESS_ID, Header
from connector.edge.json_types import TEXT, VISIBLE_TEXT
from reference.operation import Told, header


def text_header(which: Header, text: str, *, required: bool = False) -> Told:
    pattern = f"^$|{VISIBLE_TEXT}" if which.may_be_empty else VISIBLE_TEXT
    rules = {"type": "string", "maxLength": which.limit, "pattern": pattern}
    return header(which.name, text, required=required, **rules)


TOKEN = text_header(ENTITY_TOKEN, "The token of the entity, which /datalayout tells.", required=True)
PROCESS = text_header(PROCESS_ID, "The process of Dsync; by it a repeat of a request is known.")
ONCE = text_header(IDEMPOTENCY_KEY, "A key of this request alone: sent again, it has no second effect.")
LATER = header("Prefer", "`respond-async` asks for 202; anything else asks for nothing.", **TEXT)
RECORD = "The key of the record, as raw UTF-8 or as in RFC 8187 (`utf-8''Gr%C3%B6%C3%9Fe`)"
KEY = text_header(ENTITY_ID, f"{RECORD}; without it the body has the key.")
NEEDED_KEY = text_header(ENTITY_ID, f"{RECORD}.", required=True)
WRITE = (TOKEN, PROCESS, ONCE, LATER)
