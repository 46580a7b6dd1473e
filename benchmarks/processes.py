"""Processes that live as long as a block."""

from __future__ import annotations

import signal
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from connector.stack.errors import StackError
from connector.stack.waiting import Waiting

CHECKOUT = Path(__file__).resolve().parent.parent
GUNICORN = ("-m", "gunicorn", "-c", str(CHECKOUT / "deploy" / "gunicorn.conf.py"))  # Of both sides.
PATIENCE = 90


@contextmanager
def process(
    command: Sequence[str], *, log: Path, stop: int = signal.SIGTERM, **options: Any
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process and end it politely with the block; `options` are those of `Popen`."""
    with log.open("ab") as output:
        options = {"cwd": CHECKOUT, "stdin": subprocess.DEVNULL, "stdout": output, "stderr": output, **options}
        # A session of its own: Ctrl-C is ours to pass on, in order.
        started = subprocess.Popen(command, start_new_session=True, **options)
    try:
        yield started
    finally:
        started.send_signal(stop)
        started.wait(PATIENCE)


@contextmanager
def web(command: Sequence[str], *, log: Path, env: Mapping[str, str], cwd: Path = CHECKOUT) -> Iterator[int]:
    """Run a web server that reads PORT and yield its port, once it takes connections."""
    port = free_port()
    with process(command, log=log, env={**env, "PORT": str(port), "WEB_BIND": "127.0.0.1"}, cwd=cwd) as server:

        def is_up() -> bool:
            if server.poll() is not None:
                raise StackError(f"{log.stem} does not stay up; {log} says why.")
            return accepts(port)

        Waiting().until(is_up, log.stem)
        yield port


def accepts(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
