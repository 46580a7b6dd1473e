"""supervisord as a child process: it starts the programs, restarts what dies and stops them in order."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self
from xmlrpc.client import Fault, ServerProxy  # It is our own supervisord, over a socket that is ours alone. # nosec B411

from supervisor.xmlrpc import SupervisorTransport

from connector.stack.errors import StackError
from connector.stack.place import Place
from connector.stack.programs import Program, configuration
from connector.stack.waiting import Waiting


class Supervision:
    """Runs the programs of a place for as long as the block lasts."""

    def __init__(
        self, place: Place, groups: list[list[Program]], environment: Mapping[str, str], waiting: Waiting
    ) -> None:
        self.place = place
        self.groups = groups
        self.environment = environment
        self.waiting = waiting
        self.socket = place.sockets / "supervisor.sock"

    def __enter__(self) -> Self:
        config = self.place.run_dir / "supervisord.conf"
        config.write_text(configuration(self.socket, self.groups))
        self.socket.unlink(missing_ok=True)  # Nobody listens there: whoever did was stopped.
        with (self.place.logs / "supervisord.out").open("wb") as output:
            self.daemon = subprocess.Popen(
                [sys.executable, "-m", "supervisor.supervisord", "-c", config.name],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self.place.run_dir,
                env=self.environment,
                start_new_session=True,  # Ctrl-C is ours to pass on, in order.
            )
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _exc: BaseException | None, _tb: TracebackType | None
    ) -> None:
        """Stop every program, the servers last, and wait for the end of all."""
        self.daemon.terminate()
        self.daemon.wait()

    def start(self, group: list[Program]) -> None:
        """Start a group without waiting for it."""
        self.waiting.until(self.answers, "supervisord")
        if group:
            self.rpc.startProcessGroup(str(self.groups.index(group)), False)  # noqa: FBT003 (XML-RPC has no keywords)

    def answers(self) -> bool:
        """Tell whether supervisord takes commands; raise StackError when it has ended."""
        if self.daemon.poll() is not None:
            raise StackError(f"supervisord ended; {self.place.logs / 'supervisord.out'} says why.")
        try:
            self.rpc.getState()
        except (OSError, Fault):
            return False
        return True

    def until(self, ready: Callable[[], bool], what: str, *, seconds: float = 60) -> None:
        """Wait until it is ready; raise StackError after the time or when a program was given up."""

        def ready_and_alive() -> bool:
            self.check()
            return ready()

        self.waiting.until(ready_and_alive, what, seconds=seconds)

    def check(self) -> None:
        """Raise StackError when a program was given up."""
        for info in self.rpc.getAllProcessInfo():
            if info["statename"] == "FATAL":
                raise StackError(f"{info['name']} does not stay up; {info['stdout_logfile']} says why.")

    def wait(self) -> None:
        """Return when the stack is told to stop; raise StackError if supervisord ends by itself."""
        self.waiting.until(lambda: self.daemon.poll() is not None, "the end", seconds=None)
        raise StackError(f"supervisord ended; {self.place.logs / 'supervisord.log'} says why.")

    @property
    def rpc(self) -> Any:
        transport = SupervisorTransport(None, None, f"unix://{self.socket}")
        return ServerProxy("http://127.0.0.1", transport=transport).supervisor
