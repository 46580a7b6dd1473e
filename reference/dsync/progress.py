"""What became of what was sent, and what Dsync reports of it."""

from __future__ import annotations

from collections.abc import Iterator

from connector.edge.headers import PROCESS_ID
from connector.edge.json_types import NULL, TEXT, VISIBLE_TEXT, WHOLE, Schema, listing, nullable, record, ref
from notifications.inbound import ID_LENGTH, MOST
from reference.dsync.headers import PROCESS
from reference.dsync.shapes import envelope
from reference.operation import Answer, Operation, body, in_path, query, whole

ID: Schema = {"anyOf": [WHOLE, {**TEXT, "maxLength": ID_LENGTH, "pattern": VISIBLE_TEXT}]}
STATUS: Schema = {"anyOf": [{**WHOLE, "minimum": 0, "maximum": 999}, {**TEXT, "pattern": "^[0-9]{1,3}$"}]}
NODE = record(
    {"node_id": ID, "status": STATUS, "message": nullable(TEXT)}, required=("node_id", "status"), is_closed=False
)
NODES: Schema = {"anyOf": [listing(NODE, maxItems=MOST), NULL]}
DATA: Schema = {"anyOf": [record({"notifications": NODES}, required=(), is_closed=False), NULL]}
NOTIFICATION = record(
    {"process_id": {"anyOf": [*ID["anyOf"], NULL]}, "status": STATUS, "message": nullable(TEXT), "data": DATA},
    required=("status",),
    is_closed=False,
)
EXAMPLE = {
    "process_id": "123456",
    "status": "500",
    "message": "Server error updating entity",
    "data": {"notifications": [{"node_id": "45", "status": "200", "message": "Entity updated"}]},
}


DELIVERY = in_path("number", "The delivery, as `detail.delivery` has it.", **whole(0, 10**18 - 1))
ANY_PROCESS = in_path(
    "process_id", "The Process-Id; it may have slashes.", type="string", minLength=1, maxLength=PROCESS_ID.limit
)
PAGE = query("page", "The page of its deliveries, from 1.", **whole(1, 10**9))


def operations() -> Iterator[Operation]:
    text = "Report how a process and its nodes went; the process is named in the body or as Process-Id."
    noted, report = {200: Answer(envelope(200))}, body(NOTIFICATION, example=EXAMPLE)
    yield Operation("POST", "/notification", "notification", text, noted, (PROCESS,), report)
    text, told = "What became of one delivery of yours.", {200: Answer(envelope(200, data=ref("delivery")))}
    yield Operation("GET", "/delivery/{number}", "delivery", text, told, (DELIVERY,), errors=[404])
    text = "What became of everything that you sent under one Process-Id."
    told = {200: Answer(envelope(200, data=ref("process")))}
    yield Operation("GET", "/process/{process_id}", "process", text, told, (ANY_PROCESS, PAGE), errors=[404])
