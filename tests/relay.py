"""A server between a client and another, that cuts connections in the middle, as networks do."""

from __future__ import annotations

import socket
from contextlib import suppress
from threading import Thread

CHUNK = 65536


class Relay:
    """Passes bytes on; a kind of it says where the server is, and in place of which bytes of its a connection is cut."""

    connections = 0

    def reach(self) -> socket.socket:
        """Return a connection to the server."""
        raise NotImplementedError

    def is_cut(self, chunk: bytes, passed: int) -> bool:
        """Tell whether a connection is cut instead of passing this on; so many bytes have come of the server with it."""
        raise NotImplementedError

    def serve(self, listener: socket.socket) -> None:
        with suppress(OSError):  # The listener was closed: the end.
            while True:
                client, _address = listener.accept()
                self.connections += 1
                Thread(target=self.connect, args=(client,), daemon=True).start()

    def connect(self, client: socket.socket) -> None:
        with client:
            try:
                server = self.reach()
            except OSError:
                return
            with server:
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
                if self.is_cut(chunk, passed):
                    break
                client.sendall(chunk)
        end(client)
        end(server)


def end(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
