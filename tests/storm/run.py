"""The command line of the storm, and how it runs its cases."""

from __future__ import annotations

import argparse
import signal
import time
import traceback
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from tests.acceptance.hostile.stack import HostileStack, hostile_stack
from tests.storm import clients, postgres, proxied, valkey, web, workers  # noqa: F401 (they register their cases)
from tests.storm.case import CASES, Case, Storm, counted, tell

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

LONGEST = 300  # seconds for one case


class TooLong(Exception):
    """A case took more time than any needs."""


class Stacks:
    """The stack in use: shared by cases that ask for no changes, fresh after a failure."""

    def __init__(self) -> None:
        self.exits = ExitStack()
        self.changes: dict[str, str] | None = None

    def fit(self, changes: dict[str, str]) -> HostileStack:
        if changes != self.changes:
            self.end()
            self.stack = self.exits.enter_context(hostile_stack(**changes))
            self.changes = changes
        self.stack.programs.heal()
        return self.stack

    def end(self) -> None:
        self.exits.close()
        self.changes = None


def main() -> int:
    """Run what the command line names; the last line is `N passed, N failed`."""
    arguments = parsed()
    chosen = [CASES[name] for name in arguments.names or CASES]
    deadline = time.monotonic() + arguments.minutes * 60
    stacks = Stacks()
    try:
        errors = {case.name: run(case, arguments.seed, stacks, deadline) for case in chosen}
    finally:
        stacks.end()
    failed = {name: error for name, error in errors.items() if error}
    for name, error in failed.items():
        tell(f"{name} failed: {error}")
    tell(f"{len(errors) - len(failed)} passed, {len(failed)} failed")
    return int(bool(failed))


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.storm", description="Long faults with a load.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"all, or some of: {', '.join(CASES)}")
    parser.add_argument("--seed", default="1", help="of the load and of the moments of the faults")
    parser.add_argument("--minutes", type=float, default=35, help="after which no case is begun")
    arguments = parser.parse_args()
    unknown = set(arguments.names) - set(CASES)
    if unknown:
        parser.error(f"there is no case {', '.join(sorted(unknown))}")
    return arguments


def run(case: Case, seed: str, stacks: Stacks, deadline: float) -> str | None:
    """Run a case, tell its verdict and return what went wrong; one that cannot begin in time has failed."""
    tell(f"{case.name} (seed {seed}): {case.sentence}")
    began = time.monotonic()
    error = attempt(case, seed, stacks) if began <= deadline else "not begun, the time was up"
    tell(f"  {'FAILED' if error else 'passed'} in {time.monotonic() - began:.0f} s{f': {error}' if error else ''}")
    return error


def attempt(case: Case, seed: str, stacks: Stacks) -> str | None:
    """Return what went wrong, None when nothing did."""
    try:
        stack = stacks.fit(case.changes)
        storm = Storm(case.name, seed, stack)
        try:
            with time_limit():
                case.function(storm)
        finally:
            tell(f"  faults: {counted(storm.faults)}")
    except Exception as exc:  # noqa: BLE001 (a process boundary: the next case gets a stack of its own)
        traceback.print_exc()
        tell_logs(stacks)
        stacks.end()
        return f"{type(exc).__name__}: {exc}"
    return None


def tell_logs(stacks: Stacks) -> None:
    """Tell the last lines of every process, which go with the stack."""
    if stacks.changes is not None:
        tell("\n".join(stacks.stack.last_lines()))


@contextmanager
def time_limit() -> Iterator[None]:
    """Raise TooLong in the middle of a case that hangs."""

    def end(_number: int, _frame: FrameType | None) -> None:
        raise TooLong(f"over {LONGEST} s")

    signal.signal(signal.SIGALRM, end)
    signal.alarm(LONGEST)
    try:
        yield
    finally:
        signal.alarm(0)
