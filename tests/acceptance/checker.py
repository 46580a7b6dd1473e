"""Compares a history with what the service has made of it: deliveries, records and accounts."""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import httpx

from connector.stack.errors import StackError
from connector.stack.waiting import Waiting
from tests.acceptance import tables
from tests.acceptance.history import History, Record, Sent
from tests.acceptance.load import client_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.acceptance.local_stack import LocalStack
    from tests.acceptance.tables import Stored

PATIENCE = 180.0
PER_PAGE = 1000
TOLD = 10  # differences are shown, of however many


def drain(stack: LocalStack, process_ids: Sequence[str], *, seconds: float = PATIENCE) -> None:
    """Wait until nothing of these processes is on its way; raise AssertionError with the situation after the time."""
    try:
        Waiting().until(lambda: tables.waiting(stack, process_ids) == 0, "the backlog", seconds=seconds)
    except StackError as exc:
        raise AssertionError("\n".join([str(exc), tables.situation(stack), *stack.last_lines()])) from exc


def check(stack: LocalStack, history: History) -> None:
    """Wait for the end of all work and see that every promise was kept."""
    assert not history.unanswered, shown(history.unanswered)
    assert history.writes
    drain(stack, history.process_ids)
    found = list(differences(stack, history))
    assert not found, shown(found)


def shown(found: Sequence[object]) -> str:
    return "\n".join([f"{len(found)} differences", *map(str, found[:TOLD])])


def differences(stack: LocalStack, history: History) -> Iterator[str]:
    stored = tables.deliveries(stack, history.process_ids)
    yield from of_deliveries(history, stored)
    yield from of_accounts(stack, history, stored)
    yield from of_records(stack, model(history))


def model(history: History) -> dict[str, Record]:
    records: dict[str, Record] = defaultdict(Record)
    for sent in history.writes:
        records[sent.key].take(sent)
    return records


def of_deliveries(history: History, stored: Sequence[Stored]) -> Iterator[str]:
    """Yield what is missing, double, wrong or out of order among the deliveries."""
    by_write: dict[tuple[str, str, str, bytes], list[Stored]] = defaultdict(list)
    for delivery in stored:
        by_write[delivery.process_id, delivery.method, delivery.key, delivery.body].append(delivery)
    records: dict[str, Record] = defaultdict(Record)
    newest: dict[str, int] = defaultdict(int)
    for sent in history.writes:
        own = by_write.pop((sent.process_id, sent.method, sent.key, sent.body), [])
        yield from of_write(sent, records[sent.key], own)
        if own and own[0].id < newest[sent.key]:
            yield f"out of order: {sent}"
        newest[sent.key] = max([newest[sent.key], *(delivery.id for delivery in own)])
    yield from (f"nobody sent it: {key}" for key in by_write)


def of_write(sent: Sent, record: Record, own: Sequence[Stored]) -> Iterator[str]:
    """Yield what is wrong with the deliveries of one write; a refused one has one for each try that came through."""
    expected = record.take(sent)
    if expected.outcome is None:
        if not 1 <= len(own) <= sent.tries or any(delivery.state != "rejected" for delivery in own):
            yield f"not rejected as it must be: {sent}, {[delivery.state for delivery in own]}"
        if sent.status not in {202, 409 if sent.method == "POST" else 400}:
            yield f"answered otherwise: {sent}"
        return
    if len(own) != 1:
        yield f"{len(own)} deliveries instead of one: {sent}"
    elif (own[0].state, own[0].outcome) != ("applied", expected.outcome):
        yield f"{own[0].state} {own[0].outcome} {own[0].reason} instead of {expected.outcome}: {sent}"
    elif expected.outcome == "updated" and own[0].previous != {"price": expected.before}:
        yield f"it found {own[0].previous} instead of {expected.before}: {sent}"
    if not sent.is_acknowledged:
        yield f"refused, and nothing in the history explains it: {sent}"


def of_accounts(stack: LocalStack, history: History, stored: Sequence[Stored]) -> Iterator[str]:
    """Yield where the service's own counts do not add up, or are not those of the table and of the client."""
    repeats = sum(sent.tries - 1 for sent in history.writes)
    if not len(history.writes) <= len(stored) <= len(history.writes) + repeats:
        yield f"{len(stored)} deliveries of {len(history.writes)} writes"
    for process_id in history.process_ids:
        counts = process(stack, process_id)["counts"]
        received = counts.pop("received")
        if received != sum(counts.values()):
            yield f"the account of {process_id} does not add up: {received}, {counts}"
        if received != sum(delivery.process_id == process_id for delivery in stored):
            yield f"the account of {process_id} is not the table's: {received}"


def of_records(stack: LocalStack, records: dict[str, Record]) -> Iterator[str]:
    """Yield the records whose value is not the model's, in the database or on a walk."""
    walked, in_table = walk(stack), tables.values(stack, list(records))
    for key, record in records.items():
        if in_table.get(key) != record.value:
            yield f"{key} is {in_table.get(key)} instead of {record.value}"
        if walked.get(key) != record.value:
            yield f"{key} is {walked.get(key)} on a walk instead of {record.value}"


def process(stack: LocalStack, process_id: str) -> dict[str, Any]:
    with client_of(stack) as http:
        data: dict[str, Any] = read(http, f"/process/{process_id}").json()["data"]
    return data


def read(http: httpx.Client, path: str, **query: int) -> httpx.Response:
    """Read a route, again while the server is away or busy with getting well."""
    answers: list[httpx.Response] = []

    def is_well() -> bool:
        with suppress(httpx.TransportError):
            answers.append(http.get(path, params=query))
            return answers[-1].status_code != 503
        return False

    Waiting().until(is_well, "a server that is well", seconds=PATIENCE)
    return answers[-1].raise_for_status()


def walk(stack: LocalStack) -> dict[str, int]:
    """Return the values of all products, as mass synchronisation serves them."""
    found: dict[str, int] = {}
    with client_of(stack) as http:
        total, page = 1, 1
        while (page - 1) * PER_PAGE < total:
            answer = read(http, "/api/sync/items", page=page, per_page=PER_PAGE)
            total, page = int(answer.headers["Total"]), page + 1
            for item in answer.json()["data"]["items"]:
                assert item["sku"] not in found, item["sku"]
                found[item["sku"]] = item["price"]
    return found
