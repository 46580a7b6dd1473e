"""A small proxy before PostgreSQL that loses the reply to a commit, as a network does."""

from __future__ import annotations

import re
import socket
from contextlib import contextmanager
from random import Random
from threading import Lock, Thread
from typing import TYPE_CHECKING

from tests.relay import Relay, end

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SOCKET = ".s.PGSQL.5432"
# The server's messages that a COMMIT is done, and that rows are inserted and no transaction is open.
COMMITTED = re.compile(rb"C\x00\x00\x00\x0bCOMMIT\x00|INSERT 0 [1-9]\d*\x00Z\x00\x00\x00\x05I")


class Proxy(Relay):
    """Cuts a connection in place of some messages; the share is 0 until it is set."""

    def __init__(self, server: Path, seed: str) -> None:
        self.server = server
        self.random = Random(seed)
        self.share = 0.0
        self.cuts = 0
        self.lock = Lock()

    def reach(self) -> socket.socket:
        server = socket.socket(socket.AF_UNIX)
        try:
            server.connect(str(self.server))
        except OSError:
            server.close()
            raise
        return server

    def is_cut(self, chunk: bytes, _passed: int) -> bool:
        return COMMITTED.search(chunk) is not None and self.cuts_now()

    def cuts_now(self) -> bool:
        with self.lock:
            is_cut = self.random.random() < self.share
            self.cuts += is_cut
        return is_cut


@contextmanager
def proxy(folder: Path, server: Path, seed: str) -> Iterator[Proxy]:
    """Serve in a folder of its own for as long as the block lasts."""
    found = Proxy(server / SOCKET, seed)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / SOCKET))
        listener.listen(128)
        Thread(target=found.serve, args=(listener,), daemon=True).start()
        yield found
        end(listener)
