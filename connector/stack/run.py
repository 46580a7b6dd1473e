"""`make run`: everything up, one banner, everything down."""

from __future__ import annotations

import json
import os
import socket
import sys
from typing import Any

from connector.stack import credentials
from connector.stack.banner import Banner, login
from connector.stack.errors import StackError
from connector.stack.leftovers import MARK, stop_leftovers
from connector.stack.place import Place, run_dir
from connector.stack.postgres import Cluster
from connector.stack.programs import processes, servers
from connector.stack.readiness import is_ready
from connector.stack.supervision import Supervision
from connector.stack.valkey import Valkey
from connector.stack.waiting import Waiting

OFF = {"false", "off", "no", "n", "f", "0"}


def run(waiting: Waiting) -> None:
    """Run the stack until a signal; raise StackError when it cannot, StoppedError when it was told to stop."""
    refuse_production()
    place = Place.of(run_dir())
    port = port_of(os.environ.get("PORT") or "8000")
    url = f"http://127.0.0.1:{port}"
    with place.lock(url):
        stop_leftovers(place.run_dir)
        refuse_busy_port(port)
        Stack(place, url, waiting).run()


def refuse_production() -> None:
    if os.environ.get("DEBUG", "true").strip().lower() in OFF:
        raise StackError("DEBUG is off: this stack is for development only.")


def port_of(text: str) -> int:
    if not (text.isdecimal() and 0 < int(text) < 2**16):
        raise StackError(f"PORT is {text!r}, not a number from 1 to 65535.")
    return int(text)


def refuse_busy_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as exc:
            raise StackError(f"Port {port} cannot be used ({exc.strerror}). Set PORT to another.") from exc


class Stack:
    """One run of the stack; servers whose address is set in the environment are somebody else's."""

    def __init__(self, place: Place, url: str, waiting: Waiting) -> None:
        self.place = place
        self.url = url
        self.waiting = waiting
        self.cluster = (
            None if os.environ.get("DATABASE_URL") else Cluster.at(place.home, sockets=place.postgres_sockets)
        )
        self.valkey = None if os.environ.get("REDIS_URL") else Valkey.at(place.home, sockets=place.sockets)
        self.environment = environment(place, url)

    def run(self) -> None:
        tell(f"Starting in {self.place.run_dir} ...")
        kept = credentials.keep(self.place.credentials, self.make_servers())
        ours, later = servers(self.cluster, self.valkey), processes()
        with Supervision(self.place, [ours, later], self.environment, self.waiting) as supervision:
            supervision.start(ours)
            self.wait_for_servers(supervision)
            first = self.first_run(kept)
            tokens = {"AUTH_TOKEN": first["token"], "HOOD_TOKEN": first["hood_token"]}
            credentials.store(self.place.credentials, {**kept, **tokens})
            supervision.start(later)
            supervision.until(lambda: is_ready(self.url), f"{self.url}/health/ready", seconds=120)
            shown = login(kept["ADMIN_PASSWORD"], is_kept=first["password_is_kept"])
            tell(str(Banner(self.url, first["token"], first["hood_token"], shown, self.place.logs)))
            supervision.wait()

    def make_servers(self) -> dict[str, str]:
        """Make the folders of our own servers and return the addresses."""
        addresses = {}
        if self.cluster:
            self.cluster.create()
            addresses["DATABASE_URL"] = self.cluster.url()
        if self.valkey:
            self.valkey.create()
            addresses["REDIS_URL"] = self.valkey.url()
        return addresses

    def first_run(self, kept: dict[str, str]) -> dict[str, Any]:
        """Migrate and make what opens the service; what the shell may have under the same names is not meant."""
        known = {name: kept.get(name, "") for name in ("ADMIN_PASSWORD", "AUTH_TOKEN", "HOOD_TOKEN")}
        printed = self.waiting.run(["-m", "connector.stack.first_run"], {**self.environment, **known})
        result: dict[str, Any] = json.loads(printed)
        return result

    def wait_for_servers(self, supervision: Supervision) -> None:
        if self.cluster:
            supervision.until(self.cluster.is_up, "PostgreSQL")
        if self.valkey:
            supervision.until(self.valkey.is_up, "Valkey")


def environment(place: Place, url: str) -> dict[str, str]:
    """Return the environment of every process of the stack; the settings find the rest in the credentials."""
    inherited = {name: value for name, value in os.environ.items() if name != "CONNECTOR_ROLE"}
    return {
        **inherited,
        MARK: str(place.run_dir),
        "RUN_DIR": str(place.run_dir),
        "PORT": url.rpartition(":")[2],
        "WEB_BIND": "127.0.0.1",
        "PYTHONUNBUFFERED": "1",
    }


def tell(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
