from __future__ import annotations

import socket
import struct

from connector.serving.numbers import PAUSE


class Socket(socket.socket):
    """A client's socket: one that says or takes nothing for some seconds is taken for closed.

    The system itself sees to that. A time-out of Python's own costs a question to the system before each send and each
    receipt, and so does a mode that is set again; after each of them a busy process waits for its turn.
    """

    @classmethod
    def of(cls, accepted: socket.socket) -> Socket:
        client = cls(fileno=accepted.detach())
        client.settimeout(None)  # The mode of what was accepted is another, and not known by this object.
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            client.setsockopt(socket.SOL_SOCKET, option, struct.pack("ll", PAUSE, 0))
        return client

    def setblocking(self, flag: bool) -> None:  # noqa: FBT001 (as the socket has it)
        if self.getblocking() != flag:
            super().setblocking(flag)

    def recv(self, *args: int) -> bytes:
        try:
            return super().recv(*args)
        except BlockingIOError:
            if self.getblocking():
                return b""
            raise
