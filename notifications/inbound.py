"""Reading and keeping what Dsync reports of a process (contract section 2, "Notifications")."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from connector.edge.digests import digest_of
from connector.edge.errors import FAULTS_TOLD, BadRequest, Fault, shown
from connector.edge.headers import is_printable
from connector.edge.strict_json import read_object
from connector.edge.trace import note
from notifications.models import Notification

MOST = 10_000
ID_LENGTH = 128


@dataclass
class Reader:
    """Reads members of a body and collects what is wrong with them, but for the places that are told already."""

    faults: list[Fault] = field(default_factory=list)
    told: frozenset[str] = frozenset()

    def add(self, treekey: str, code: str, message: str, value: Any) -> None:
        if treekey not in self.told:
            self.faults.append(Fault(treekey, code, f"{treekey} {message}.", shown(value)))

    def identifier(self, value: Any, treekey: str) -> str:
        """Return an id that came as text or number, empty when there is none or it is wrong."""
        if value is None:
            return ""
        text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
        if not isinstance(text, str) or not text.strip() or len(text) > ID_LENGTH or not is_printable(text):
            self.add(
                treekey, "invalid_id", f"must be a text of 1 to {ID_LENGTH} printable characters, or a number", value
            )
            return ""
        return text

    def status(self, value: Any, treekey: str) -> int:
        text = str(value) if isinstance(value, (int, str)) and not isinstance(value, bool) else ""
        if text.isascii() and text.isdigit() and len(text) <= 3:
            return int(text)
        self.add(treekey, "invalid_status", "must be a status such as 200 or 500", value)
        return 0

    def message(self, value: Any, treekey: str) -> str:
        if value is not None and not isinstance(value, str):
            self.add(treekey, "invalid_text", "must be a text", value)
        return value if isinstance(value, str) else ""

    def nodes(self, data: Any) -> list[Any]:
        """Return the list of notifications; an empty or absent one is fine."""
        if data is not None and not isinstance(data, dict):
            self.add("data", "invalid_object", "must be an object", data)
            return []
        nodes = (data or {}).get("notifications")
        if nodes is None:
            return []
        if not isinstance(nodes, list):
            self.add("data.notifications", "not_a_list", "must be a list", nodes)
            return []
        if len(nodes) > MOST:
            self.add("data.notifications", "too_many", f"may have at most {MOST} entries; it has {len(nodes)}", None)
            return []
        return nodes


def receive(*, client_id: int, header_process_id: str | None, body: bytes, faults: list[Fault]) -> None:
    """Keep what a body reports of a process and its nodes; the same again changes nothing.

    Raises:
        BadRequest: with the faults of the headers, which came in, and all of the body's.
    """
    payload, form_faults = read_object(body)
    reader = Reader([*faults, *form_faults], told=frozenset(fault.treekey for fault in form_faults))
    rows = list(read(payload, header_process_id, reader)) if payload is not None else []
    if reader.faults:
        raise BadRequest(faults=reader.faults)
    for row in rows:
        row.client_id = client_id
        row.digest = digest(row)
    # In one order for everybody: two reports of the same nodes would else wait for each other.
    rows.sort(key=lambda row: (row.node_id, bytes(row.digest)))
    Notification.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)


def read(payload: dict[str, Any], header_process_id: str | None, reader: Reader) -> Iterator[Notification]:
    named = reader.identifier(payload.get("process_id"), "process_id")
    process_id = named or header_process_id or ""
    if process_id:
        note(process_id=process_id)
    if not process_id and not any(fault.treekey in ("process_id", "Process-Id") for fault in reader.faults):
        reader.add("process_id", "required", "is required, in the body or as Process-Id", None)
    about = {"process_id": process_id, "header_process_id": header_process_id or ""}
    if about["header_process_id"] == process_id:
        about["header_process_id"] = ""
    yield Notification(
        **about,
        node_id="",
        status=reader.status(payload.get("status"), "status"),
        message=reader.message(payload.get("message"), "message"),
    )
    for position, node in enumerate(reader.nodes(payload.get("data"))):
        if len(reader.faults) > FAULTS_TOLD:
            return
        yield read_node(node, f"data.notifications[{position}]", about, reader)


def read_node(node: Any, treekey: str, about: dict[str, str], reader: Reader) -> Notification:
    if not isinstance(node, dict):
        reader.add(treekey, "invalid_object", "must be an object", node)
        node = {"node_id": "?", "status": 0}
    node_id = reader.identifier(node.get("node_id"), f"{treekey}.node_id")
    if node.get("node_id") is None:
        reader.add(f"{treekey}.node_id", "required", "is required", None)
    return Notification(
        **about,
        node_id=node_id,
        status=reader.status(node.get("status"), f"{treekey}.status"),
        message=reader.message(node.get("message"), f"{treekey}.message"),
    )


def digest(row: Notification) -> bytes:
    parts = (row.client_id, row.process_id, row.header_process_id, row.node_id, row.status, row.message)
    return digest_of(*(str(part).encode() for part in parts))
