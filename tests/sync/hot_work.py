"""What is done all the time, each as one call: what the plans of its statements are asked of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from entities import merging, tombstones
from entities.schema import schemas
from sync.accepting import at_once, sets, settling
from sync.applying import follow_ups, lanes, runner, strays
from sync.delivery.command import judge
from sync.delivery.write import Write
from sync.keeping.horizon import Horizon
from sync.models import Switch
from sync.models.delivery import Method
from sync.operating import dead_groups, held
from sync.push import outbox
from sync.serving import progress
from sync.watching import backlog, traffic, waiting
from tests.conftest import Dsync
from tests.sync.many import CLIENT, COUNT, LARGE

PRODUCT = schemas()["product"]


def settle(method: Method, key: str | None, body: bytes) -> None:
    """Write a record in the usual way, which the tests of a transaction's whole request cannot take."""
    command = judge(Write(CLIENT, "product", method, body, process_id="p"), PRODUCT, key, [])
    assert command is not None
    assert settling.settle(command)


def walk(dsync: Dsync) -> None:
    for page in (1, 2, COUNT // 200):
        answer = dsync.items("product", f"?page={page}")
    dsync.items("product", f"?cursor={answer['Next-Cursor']}")


def push(_dsync: Dsync) -> None:
    Switch.objects.create(entity="product", is_pushed=True)
    outbox.note("product", ["1", "new"])
    outbox.are_due()
    outbox.claim("product")


def merge(_dsync: Dsync) -> None:
    for first in (1, COUNT + 1):
        numbers = range(first, first + 1000)
        merging.write(PRODUCT, ["sku", "categories", "attributes"], {str(n): f"{n}\t{{}}\t[]" for n in numbers}, 1)


def put_a_set(_dsync: Dsync) -> None:
    writes = [Write(CLIENT, "product", Method.UPSERT, b'{"sku": "%d", "name": "other"}' % n) for n in range(1, 500)]
    sets.apply(PRODUCT, [command for write in writes if (command := judge(write, PRODUCT, None, []))])


NEW = {"sku": "new"}
WORK: dict[str, Callable[[Dsync], Any]] = {
    "create": lambda _: settle(Method.POST, None, b'{"sku": "new"}'),
    "update": lambda _: settle(Method.PUT, "17", b'{"name": "other"}'),
    "delete": lambda _: settle(Method.DELETE, "17", b""),
    "accept": lambda _: at_once.accept(Write(CLIENT, "product", Method.POST, b"{}", process_id="p"), "17"),
    "create alone": lambda dsync: dsync.post("product", NEW),
    "create twice": lambda dsync: [dsync.post("product", NEW, Process_Id="p") for _ in range(2)],
    "create under a key": lambda dsync: dsync.post("product", NEW, Idempotency_Key="k"),
    "create later": lambda dsync: dsync.post("product", NEW, Prefer="respond-async"),
    "update alone": lambda dsync: dsync.put("product", "17", {"name": "other"}),
    "delete alone": lambda dsync: dsync.delete("product", "17"),
    "refuse": lambda dsync: dsync.post("product", {}),
    "delivery": lambda _: progress.delivery_progress(client_id=CLIENT, number=COUNT),
    "process": lambda _: progress.process_progress(client_id=CLIENT, process_id="process-5", page=1),
    "large process": lambda _: progress.process_progress(client_id=CLIENT, process_id=LARGE, page=2),
    "walk": walk,
    "apply": lambda _: runner.run(0.1),
    "follow up": lambda _: [follow_ups.are_due(), follow_ups.claim()],
    "dispatch": lambda _: [lanes.have_work(), backlog.measure(), waiting.waiting(), waiting.seconds_ready()],
    "free strays": lambda _: strays.free(),
    "count": lambda _: [traffic.keep(Horizon()) for _ in range(2)],
    "forget deletions": lambda _: tombstones.remove_old(days=8, limit=5000),
    "push": push,
    "merge": merge,
    "set": put_a_set,
    "dead": lambda _: [dead_groups.groups(), dead_groups.count_dead(10_001)],
    "held": lambda _: [held.groups(), held.of_entity("product", COUNT, 500)],
}
