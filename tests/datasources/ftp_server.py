"""A real FTP server in a thread of this process, with and without TLS."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.filesystems import AbstractedFS
from pyftpdlib.handlers import FTPHandler, TLS_FTPHandler
from pyftpdlib.ioloop import IOLoop
from pyftpdlib.servers import FTPServer

logging.getLogger("pyftpdlib").setLevel(logging.CRITICAL)


class CutFile:
    """A file whose reading fails in the middle."""

    def __init__(self, file: Any, after: int) -> None:
        self.file, self.left = file, after

    def read(self, size: int) -> bytes:
        if self.left <= 0:
            raise OSError("cut")
        self.left -= size
        return self.file.read(size)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)


class CuttingFS(AbstractedFS):
    """Cuts a transfer off for every number in `cuts`, after so many bytes."""

    cuts: list[int] = []

    def open(self, filename: str, mode: str) -> Any:
        file = super().open(filename, mode)
        return CutFile(file, self.cuts.pop()) if self.cuts else file


@contextmanager
def ftp_server(
    folder: Path, *, certificate: Path | None = None, without: tuple[str, ...] = (), **options: Any
) -> Iterator[int]:
    """Serve a folder and yield the port; `without` names commands that the server does not know."""
    kind = TLS_FTPHandler if certificate else FTPHandler
    authorizer = DummyAuthorizer()
    authorizer.add_user("demo", "not-secret", str(folder), perm="elr")
    declared = {
        "authorizer": authorizer,
        "proto_cmds": {name: what for name, what in kind.proto_cmds.items() if name not in without},
        "auth_failed_timeout": 0,
        "use_sendfile": False,
        **({"certfile": str(certificate)} if certificate else {}),
        **options,
    }
    with serving(type("Handler", (kind,), declared)) as port:
        yield port


@contextmanager
def serving(handler: Any) -> Iterator[int]:
    loop = IOLoop()
    server = FTPServer(("127.0.0.1", 0), handler, ioloop=loop)
    thread = Thread(target=server.serve_forever, kwargs={"timeout": 0.01, "handle_exit": False}, daemon=True)
    thread.start()
    try:
        yield server.address[1]
    finally:
        loop.call_later(0, server.close_all)
        thread.join(5)
