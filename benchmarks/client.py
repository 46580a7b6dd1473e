"""The process that makes the load: raw sockets kept alive, requests that differ in their key alone.

It reads an order as JSON from standard input, and prints the answers' statuses and the seconds that they took.
"""

from __future__ import annotations

import itertools
import json
import re
import selectors
import socket
import sys
import time
from collections import Counter
from collections.abc import Iterator

KEY = b"KEY-OF-A-PRODUCT"
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
NO_CONTENT = 204
PATIENCE = 60


def requests(template: bytes, prefix: str, start: int) -> Iterator[bytes]:
    """Yield requests with distinct keys, all of the same length."""
    parts = template.split(KEY)
    for number in itertools.count(start):
        yield numbered(prefix, number).join(parts)


def numbered(prefix: str, number: int) -> bytes:
    """Return a key of the length of KEY."""
    return f"{prefix}{number:0{len(KEY) - len(prefix)}d}".encode()


class Connection:
    """One connection that stays open, with at most one request on it."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = bytearray()

    def send(self, request: bytes) -> None:
        self.received.clear()
        self.socket.sendall(request)

    def receive(self) -> int | None:
        """Take what came, and return the status when that completes an answer."""
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionError("The server closed a connection.")
        self.received += data
        return status_of(self.received)


def status_of(received: bytearray) -> int | None:
    """Return the status of an answer that has come whole; every server here tells the length of its answers."""
    head, found, body = received.partition(b"\r\n\r\n")
    if not found:
        return None
    status, length = int(head[9:12]), LENGTH.search(head)
    if length is None and status != NO_CONTENT:
        raise ValueError(f"An answer tells no length: {bytes(head)!r}")
    return status if length is None or len(body) == int(length[1]) else None


def drive(connections: list[Connection], wanted: Iterator[bytes], seconds: float) -> tuple[Counter[int], float]:
    """Keep every connection busy for so long, and return the statuses and the time until the last answer."""
    statuses: Counter[int] = Counter()
    selector = selectors.DefaultSelector()
    started = time.perf_counter()
    for connection in connections:
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        connection.send(next(wanted))
    while selector.get_map():
        for connection in ready(selector):
            status = connection.receive()
            if status is None:
                continue
            statuses[status] += 1
            if time.perf_counter() - started < seconds:
                connection.send(next(wanted))
            else:
                selector.unregister(connection.socket)
    return statuses, time.perf_counter() - started


def ready(selector: selectors.BaseSelector) -> list[Connection]:
    found = [key.data for key, _ in selector.select(PATIENCE)]
    if not found:
        raise TimeoutError(f"No answer came for {PATIENCE} seconds.")
    return found


def main() -> None:
    order = json.load(sys.stdin)
    connections = [Connection(order["port"]) for _ in range(order["connections"])]
    wanted = requests(order["request"].encode("latin-1"), order["prefix"], order["start"])
    statuses, took = drive(connections, wanted, order["seconds"])
    json.dump({"statuses": statuses, "seconds": took}, sys.stdout)


if __name__ == "__main__":
    main()
