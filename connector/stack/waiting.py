"""Waiting for what starts, with an end, and with an ear for Ctrl-C and SIGTERM."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence

from connector.stack.errors import StackError, StoppedError
from connector.stack.place import CHECKOUT

INTERVAL = 0.1


class Waiting:
    """Remembers a signal to stop: it never interrupts a step, every wait ends at it."""

    def __init__(self) -> None:
        self.stopping = threading.Event()

    def listen(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.stop)

    def stop(self, *_args: object) -> None:
        self.stopping.set()

    def until(self, ready: Callable[[], bool], what: str, *, seconds: float | None = 60) -> None:
        """Wait until it is ready; raise StoppedError at a signal and StackError after the time."""
        deadline = time.monotonic() + seconds if seconds else None
        while not ready():
            if self.stopping.wait(INTERVAL):
                raise StoppedError("It was told to stop.")
            if deadline and time.monotonic() > deadline:
                raise StackError(f"Gave up on {what} after {seconds} seconds.")

    def run(self, arguments: Sequence[str], environment: Mapping[str, str]) -> str:
        """Run Python to its end and return what it printed; raise StackError with its last line if it fails."""
        with subprocess.Popen(
            [sys.executable, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=CHECKOUT,
            env=environment,
            start_new_session=True,
        ) as process:
            output, errors = process.communicate()
        if process.returncode:
            last = (errors.strip() or output.strip() or "it printed nothing").splitlines()[-1]
            raise StackError(f"`{' '.join(['python', *arguments])}` failed: {last}")
        return output
