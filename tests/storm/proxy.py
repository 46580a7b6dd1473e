"""A small proxy before PostgreSQL that loses the reply to a commit, as a network does."""

from __future__ import annotations

import socket
from contextlib import contextmanager, suppress
from random import Random
from threading import Lock, Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SOCKET = ".s.PGSQL.5432"
# The server's messages that a COMMIT is done, and that a row is inserted and no transaction open.
COMMITTED = (b"C\x00\x00\x00\x0bCOMMIT\x00", b"INSERT 0 1\x00Z\x00\x00\x00\x05I")
CHUNK = 65536


class Proxy:
    """Passes bytes on, and cuts a connection in place of some messages; the share is 0 until it is set."""

    def __init__(self, server: Path, seed: str) -> None:
        self.server = server
        self.random = Random(seed)
        self.share = 0.0
        self.cuts = 0
        self.lock = Lock()

    def serve(self, listener: socket.socket) -> None:
        with suppress(OSError):  # The listener was closed: the end.
            while True:
                client, _address = listener.accept()
                Thread(target=self.connect, args=(client,), daemon=True).start()

    def connect(self, client: socket.socket) -> None:
        with client, socket.socket(socket.AF_UNIX) as server:
            try:
                server.connect(str(self.server))
            except OSError:
                return
            Thread(target=self.up, args=(client, server), daemon=True).start()
            self.down(client, server)

    def up(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while chunk := client.recv(CHUNK):
                server.sendall(chunk)
        end(server)

    def down(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while chunk := server.recv(CHUNK):
                if any(message in chunk for message in COMMITTED) and self.cuts_now():
                    break
                client.sendall(chunk)
        end(client)
        end(server)

    def cuts_now(self) -> bool:
        with self.lock:
            is_cut = self.random.random() < self.share
            self.cuts += is_cut
        return is_cut


def end(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


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
