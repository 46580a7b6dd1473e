"""How long a server is waited for altogether: one that says a little now and then is never silent, and never done."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Timer

from datasources.remote.errors import Unreachable

LISTING = 120.0  # seconds for a whole listing
ANSWER = 60.0  # for anything else that is asked
BLOCK = 120.0  # for a block of a file
RECEIVED = 8 * 1024


@contextmanager
def within(seconds: float, cut: Callable[[], object]) -> Iterator[None]:
    """Have the connection cut where the block takes longer, which ends it with an error of the connection."""
    timer = Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


class Lines:
    """The lines that come over a socket; all of them that are read must be here in time, however they drip."""

    def __init__(self, sock: socket.socket, seconds: float | None = None) -> None:
        self.sock = sock
        self.until = None if seconds is None else time.monotonic() + seconds
        self.rest = b""

    def readline(self, longest: int) -> str:
        """Return the next line with its end; what is longer is cut, and at the end of all there is an empty text."""
        until = self.until or time.monotonic() + ANSWER
        while b"\n" not in self.rest and len(self.rest) < longest:
            if time.monotonic() > until:
                raise Unreachable("The server takes too long for its answer.")
            block = self.sock.recv(RECEIVED)
            if not block:
                break
            self.rest += block
        end = self.rest.find(b"\n", 0, longest) + 1 or longest
        line, self.rest = self.rest[:end], self.rest[end:]
        return line.decode("latin-1")

    def close(self) -> None:
        """Leave the socket to whom it belongs."""
