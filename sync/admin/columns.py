"""How a delivery is shown, in its own list and beside records and notifications."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.safestring import SafeString

from connector.edge.admin.pages import column
from connector.edge.admin.text import NOTHING, link, moment, short, table, tag, text
from connector.edge.payloads import are_seen, payload
from entities.admin.records import record_url
from entities.schema import schemas
from sync.models import Delivery, State
from sync.models.delivery import Outcome

COLOURS = {
    State.ACCEPTED: "blue",
    State.APPLIED: "green",
    State.REJECTED: "orange",
    State.RETRYING: "blue",
    State.HELD: "orange",
    State.DEAD: "red",
    State.SKIPPED: "grey",
}


@column("method")
def method(delivery: Delivery) -> str:
    return delivery.method


@column("state")
def state(delivery: Delivery) -> SafeString:
    return tag(delivery.state, COLOURS[State(delivery.state)], State(delivery.state).label)


@column("outcome")
def outcome(delivery: Delivery) -> str:
    return tag(delivery.outcome, title=Outcome(delivery.outcome).label) if delivery.outcome else NOTHING


@column("reason")
def reason(delivery: Delivery) -> str:
    return text(delivery.reason or None)


@column("record")
def record(delivery: Delivery) -> str:
    url = record_url(delivery.entity, delivery.record_key)
    return link(url, short(delivery.record_key)) if url else short(delivery.record_key or None)


@column("process")
def process(delivery: Delivery) -> str:
    return link(process_url(delivery.process_id), short(delivery.process_id)) if delivery.process_id else NOTHING


@column("size")
def size(delivery: Delivery) -> str:
    return f"{delivery.body_size:,} B" if delivery.body_size < 10_000 else f"{delivery.body_size / 1000:,.0f} kB"


@column("accepted")
def accepted(delivery: Delivery) -> str:
    return moment(delivery.accepted_at)


@column("finished")
def finished(delivery: Delivery) -> str:
    return moment(delivery.finished_at)


def fault_table(faults: Iterable[Mapping[str, Any]]) -> SafeString:
    rows = [(text(fault.get("treekey")), text(fault.get("code")), *quoting(fault)) for fault in faults]
    return table(("Where", "Code", "Message", "Received"), rows)


def quoting(fault: Mapping[str, Any]) -> Iterator[Any]:
    """Yield what may quote what was sent; of messages those of rules that a deployer wrote do."""
    return (payload(text(fault.get(name))) for name in ("message", "received"))


def fault_line(fault: Mapping[str, Any]) -> Any:
    """Return a fault in few words, to whoever does not see payloads its place and its code."""
    return fault.get("message") if are_seen() else f"{fault.get('treekey')}: {fault.get('code')}"


def number(pk: int) -> SafeString:
    return link(reverse("admin:sync_delivery_change", args=[pk]), pk)


def field(entity: str, column: str) -> str:
    """Return how a person names a column: by its place in the layout, within its entity."""
    schema = schemas().get(entity)
    leaf = schema.leaves.get(column) if schema else None
    return leaf.treekey.removeprefix(f"{entity}.") if leaf else column


def process_url(process_id: str) -> str:
    """Return the address of a process; in the query, since in a path its slashes and dots would be taken for others."""
    return f"{reverse('admin:sync_delivery_process')}?{urlencode({'id': process_id})}"


def deliveries_url(term: Any) -> str:
    return f"{reverse('admin:sync_delivery_changelist')}?{urlencode({'q': term})}"
