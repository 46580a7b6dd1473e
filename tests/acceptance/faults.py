"""Doing harm to the processes of a stack, and finding them again."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from xmlrpc.client import ServerProxy

import psutil
from supervisor.xmlrpc import SupervisorTransport

from connector.stack.errors import StackError
from connector.stack.place import Place
from connector.stack.readiness import is_ready
from connector.stack.waiting import Waiting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.acceptance.local_stack import LocalStack

PATIENCE = 120.0


class Programs:
    """The supervised programs of a stack, by name."""

    def __init__(self, stack: LocalStack) -> None:
        self.stack = stack
        self.address = f"unix://{Place.of(stack.run_dir).sockets / 'supervisor.sock'}"

    @contextmanager
    def rpc(self) -> Iterator[Any]:
        with ServerProxy("http://127.0.0.1", transport=SupervisorTransport(None, None, self.address)) as proxy:
            yield proxy.supervisor

    def infos(self) -> dict[str, dict[str, Any]]:
        with self.rpc() as rpc:
            return {info["name"]: info for info in rpc.getAllProcessInfo()}

    def named(self, name: str) -> psutil.Process:
        """Return the first process of a program, waiting for it where it was killed just now."""
        Waiting().until(lambda: self.infos()[name]["statename"] == "RUNNING", name, seconds=PATIENCE)
        return psutil.Process(self.infos()[name]["pid"])

    def children(self, name: str) -> list[psutil.Process]:
        """Return the processes that a program has forked, at least one."""
        found: list[psutil.Process] = []

        def are_there() -> bool:
            found[:] = children_of(self.named(name))
            return bool(found)

        Waiting().until(are_there, f"the processes of {name}", seconds=PATIENCE)
        return found

    def stop(self, *names: str) -> None:
        for name in names:
            with self.rpc() as rpc:
                rpc.stopProcess(self.full(name))

    def start(self, *names: str) -> None:
        for name in names:
            with self.rpc() as rpc:
                rpc.startProcess(self.full(name))

    def full(self, name: str) -> str:
        return f"{self.infos()[name]['group']}:{name}"

    @contextmanager
    def without(self, *names: str) -> Iterator[None]:
        """Have programs stopped for as long as the block lasts."""
        self.stop(*names)
        try:
            yield
        finally:
            self.start(*reversed(names))

    def heal(self) -> None:
        """Wait until nothing is away; raise AssertionError with what still is."""
        try:
            Waiting().until(lambda: is_ready(self.stack.url), "a healthy stack", seconds=PATIENCE)
        except StackError as exc:
            states = {name: info["statename"] for name, info in self.infos().items()}
            raise AssertionError(f"{exc} {self.stack.get('/health/ready')} {states}") from exc


def children_of(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children()
    except psutil.NoSuchProcess:
        return []


def kill(process: psutil.Process) -> bool:
    """Kill a process with SIGKILL; tell whether it lived."""
    return send_signal(process, signal.SIGKILL)


def send_signal(process: psutil.Process, number: int) -> bool:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return False
    return True


@contextmanager
def frozen(process: psutil.Process) -> Iterator[None]:
    """Have a process stand still for as long as the block lasts."""
    process.suspend()
    try:
        yield
    finally:
        process.resume()
