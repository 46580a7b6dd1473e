"""Clients that leave in the middle, or send the same all at once."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING

from tests.acceptance import tables
from tests.acceptance.checker import check
from tests.acceptance.history import POST, History, Sent
from tests.acceptance.load import client_of, send
from tests.storm.case import Storm, case, tell

if TYPE_CHECKING:
    from tests.acceptance.local_stack import LocalStack

LEAVERS = 100
TWINS = 100


@case()
def client_stops_in_the_body(storm: Storm) -> None:
    """Clients announce a body and leave in the middle of it: nothing of it is stored as a write."""
    writes = [Sent(POST, f"half-{number}", 1, "half", is_async=bool(number % 2)) for number in range(LEAVERS)]
    with storm.load() as load:
        for sent in writes:
            leave(storm.stack, sent, len(sent.body) - storm.random.randrange(1, len(sent.body)))
            storm.fault("a body cut")
    storm.settle(load)
    assert {stored.state for stored in tables.deliveries(storm.stack, ["half"])} <= {"rejected"}
    assert tables.values(storm.stack, [sent.key for sent in writes]) == {}


@case()
def client_leaves_before_the_answer(storm: Storm) -> None:
    """Clients leave as soon as they have sent, and repeat later: each write has one effect."""
    writes = [Sent(POST, f"left-{number}", 1, "left", is_async=bool(number % 2)) for number in range(LEAVERS)]
    with storm.load() as load, client_of(storm.stack) as http:
        for sent in writes:
            leave(storm.stack, sent, len(sent.body))
            storm.fault("an answer not waited for")
            if storm.random.random() < 0.5:
                load.deliver(http, sent)
        for sent in writes:
            load.deliver(http, sent)
            sent.tries += 1
    storm.settle(load)
    check(storm.stack, History(writes))


def leave(stack: LocalStack, sent: Sent, length: int) -> None:
    """Send a request with so many bytes of its body, and close the connection."""
    headers = {"Host": f"127.0.0.1:{stack.port}", **stack.headers, **sent.headers, "Content-Length": len(sent.body)}
    lines = [f"{sent.method} /entity/product HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    with socket.create_connection(("127.0.0.1", stack.port), timeout=30) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode() + sent.body[:length])


@case()
def a_hundred_twins(storm: Storm) -> None:
    """A hundred identical requests arrive at once, inline and deferred: one effect, and one answer for all."""
    writes = [Sent(POST, f"twin-{number}", 1, "twin", is_async=bool(number % 2)) for number in range(4)]
    with storm.load(authors=1) as load, ThreadPoolExecutor(TWINS) as pool:
        for sent in writes:
            answers = set(pool.map(answer_at, [(storm.stack, sent, Barrier(TWINS))] * TWINS))
            storm.fault("twins", times=TWINS)
            assert len(answers) == 1, answers
            ((sent.status, _body),) = answers
            sent.tries = TWINS
    storm.settle(load)
    tell(f"  the twins: {History(writes).told()}")
    check(storm.stack, History(writes))


def answer_at(meeting: tuple[LocalStack, Sent, Barrier]) -> tuple[int, bytes]:
    """Send a request when all others are ready, again while the server is too busy, and return the answer."""
    stack, sent, barrier = meeting
    with client_of(stack) as http:
        barrier.wait(60)
        while (answer := send(http, sent)).status_code == 503:
            continue
    return answer.status_code, answer.content
