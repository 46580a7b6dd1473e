"""A folder on a real SFTP server of this process, on loopback."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

import asyncssh

USER = "demo"
NETWORK = "127.0.0.1/32"


@dataclass(frozen=True)
class Folder:
    """Where files are put, and how they are reached; its password is new each time."""

    path: Path
    port: int
    password: str = field(default_factory=lambda: secrets.token_urlsafe(16), repr=False)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def put(self, name: str, lines: list[str]) -> None:
        (self.path / name).write_text("".join(f"{line}\n" for line in lines))


def port() -> int:
    """Return the port that the connector may dial: of CONNECTOR_OUTBOUND_PORTS, else a free one."""
    told = os.environ.get("CONNECTOR_OUTBOUND_PORTS", "").split(",")[0].strip()
    if told.isdecimal():
        return int(told)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(port: int) -> dict[str, str]:
    """Return what lets a connector that is started for the demo dial the folder."""
    return {"CONNECTOR_OUTBOUND_ALLOW": NETWORK, "CONNECTOR_OUTBOUND_PORTS": str(port)}


@contextmanager
def served(folder: Folder) -> Iterator[None]:
    """Serve a folder for as long as the block lasts."""
    logging.getLogger("asyncssh").setLevel(logging.CRITICAL)
    loop, up = asyncio.new_event_loop(), Event()
    thread = Thread(target=_serve, args=(loop, folder, up), daemon=True)
    thread.start()
    up.wait(10)
    try:
        yield
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)


def _serve(loop: asyncio.AbstractEventLoop, folder: Folder, up: Event) -> None:
    asyncio.set_event_loop(loop)
    loop.run_until_complete(_listen(folder))
    up.set()
    loop.run_forever()


async def _listen(folder: Folder) -> None:
    await asyncssh.listen(
        "127.0.0.1",
        folder.port,
        server_factory=lambda: _Door(folder.password),
        server_host_keys=[asyncssh.generate_private_key("ssh-ed25519")],
        sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=bytes(folder.path)),
    )


class _Door(asyncssh.SSHServer):
    def __init__(self, password: str) -> None:
        self.password = password

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return username == USER and secrets.compare_digest(password, self.password)
