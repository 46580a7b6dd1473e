"""A small proxy that cuts connections in the middle, as networks do."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread

CHUNK = 65536


class Cutting:
    """Passes bytes on; for every number in `cuts` a connection is cut after so many bytes of the server's."""

    def __init__(self, port: int) -> None:
        self.server = port
        self.cuts: list[int] = []
        self.connections = 0

    def serve(self, listener: socket.socket) -> None:
        with suppress(OSError):  # The listener was closed: the end.
            while True:
                client, _address = listener.accept()
                self.connections += 1
                Thread(target=self.connect, args=(client,), daemon=True).start()

    def connect(self, client: socket.socket) -> None:
        with client, socket.create_connection(("127.0.0.1", self.server)) as server:
            Thread(target=self.up, args=(client, server), daemon=True).start()
            self.down(client, server)

    def up(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while chunk := client.recv(CHUNK):
                server.sendall(chunk)
        end(server)

    def down(self, client: socket.socket, server: socket.socket) -> None:
        passed = 0
        with suppress(OSError):
            while chunk := server.recv(CHUNK):
                passed += len(chunk)
                if self.cuts and passed > self.cuts[-1]:
                    self.cuts.pop()
                    break
                client.sendall(chunk)
        end(client)
        end(server)


def end(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def cutting(port: int) -> Iterator[tuple[int, Cutting]]:
    """Stand before a server, and yield the port."""
    proxy = Cutting(port)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        Thread(target=proxy.serve, args=(listener,), daemon=True).start()
        yield listener.getsockname()[1], proxy
        end(listener)
