"""A real SFTP server on a loop of its own, in a thread of this process."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import asyncssh

logging.getLogger("asyncssh").setLevel(logging.CRITICAL)
HOST_KEY = asyncssh.generate_private_key("ssh-ed25519")
OTHER_HOST_KEY = asyncssh.generate_private_key("ssh-ed25519")
CLIENT_KEY = asyncssh.generate_private_key("ssh-ed25519")


class Door(asyncssh.SSHServer):
    """Opens to the password, and to the private key."""

    open: set[Any] = set()

    def connection_made(self, connection: Any) -> None:
        self.open.add(connection)

    def begin_auth(self, _username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == ("demo", "not-secret")

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        return username == "demo" and key.public_data == CLIENT_KEY.public_data


async def end_all() -> None:
    """End every connection, and wait for what they have under way."""
    for connection in Door.open:
        connection.abort()
    Door.open.clear()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    await asyncio.wait(others, timeout=5) if others else None
    for _ in range(3):  # The loop closes the sockets in its next rounds.
        await asyncio.sleep(0)


@contextmanager
def sftp_server(folder: Path, key: asyncssh.SSHKey = HOST_KEY) -> Iterator[int]:
    """Serve a folder and yield the port."""
    ports: list[int] = []
    up = Event()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    def files(channel: Any) -> asyncssh.SFTPServer:
        return asyncssh.SFTPServer(channel, chroot=str(folder).encode())

    async def serve() -> None:
        options = {"server_host_keys": [key], "sftp_factory": files, "server_factory": Door, "allow_scp": False}
        async with asyncssh.listen("127.0.0.1", 0, **options) as listener:
            ports.append(listener.get_port())
            up.set()
            await stop.wait()
            await end_all()

    thread = Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    assert up.wait(10)
    try:
        yield ports[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()
