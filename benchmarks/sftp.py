"""An SFTP server over a folder, for both sides: `python -m benchmarks.sftp FOLDER PORT`."""

from __future__ import annotations

import asyncio
import sys
from functools import partial

import asyncssh

USER, PASSWORD = "benchmark", "only-for-benchmarks"


class Door(asyncssh.SSHServer):
    def begin_auth(self, _username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == (USER, PASSWORD)


async def serve(folder: str, port: int) -> None:
    await asyncssh.listen(
        "127.0.0.1",
        port,
        server_factory=Door,
        server_host_keys=[asyncssh.generate_private_key("ssh-ed25519")],
        sftp_factory=partial(asyncssh.SFTPServer, chroot=folder.encode()),
    )
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], int(sys.argv[2])))
