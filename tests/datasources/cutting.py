"""A server before that of a source, which cuts connections after so many bytes."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

from tests.relay import Relay, end


class Cutting(Relay):
    """For every number in `cuts` a connection is cut after so many bytes of the server's."""

    def __init__(self, port: int) -> None:
        self.server = port
        self.cuts: list[int] = []

    def reach(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.server))

    def is_cut(self, _chunk: bytes, passed: int) -> bool:
        if self.cuts and passed > self.cuts[-1]:
            self.cuts.pop()
            return True
        return False


@contextmanager
def cutting(port: int) -> Iterator[tuple[int, Cutting]]:
    """Stand before a server, and yield the port."""
    proxy = Cutting(port)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        Thread(target=proxy.serve, args=(listener,), daemon=True).start()
        yield listener.getsockname()[1], proxy
        end(listener)
