"""A case of the storm, and what it is given."""

from __future__ import annotations

import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any

from tests.acceptance.checker import check
from tests.acceptance.load import Load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.acceptance.hostile.stack import HostileStack


@dataclass
class Storm:
    """One run of a case: its stack, its chance and what it has to tell."""

    name: str
    seed: str
    stack: HostileStack
    faults: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.random = Random(f"{self.seed} {self.name}")

    def load(self, **options: Any) -> Load:
        return Load(self.stack, options.pop("name", self.name), seed=self.seed, **options)

    def fault(self, name: str, *, times: int = 1) -> None:
        self.faults[name] += times

    def moments(self, seconds: float, shortest: float, longest: float) -> Iterator[None]:
        """Yield at random moments until the time is over."""
        until = time.monotonic() + seconds
        while (pause := self.random.uniform(shortest, longest)) < until - time.monotonic():
            time.sleep(pause)
            yield

    def settle(self, load: Load) -> None:
        """Compare what was written with what is there, and tell of it."""
        history = load.history
        tell(f"  {history.told()}")
        tell(f"  the client met: {counted(load.troubles)}")
        check(self.stack, history)
        assert not load.troubles["500"], f"{load.troubles['500']} answers were 500"


@dataclass(frozen=True)
class Case:
    """A case by its name; `changes` are of the stack's environment, and make it a stack of its own."""

    function: Callable[[Storm], None]
    changes: dict[str, str]

    @property
    def name(self) -> str:
        return self.function.__name__.replace("_", "-")

    @property
    def sentence(self) -> str:
        return (self.function.__doc__ or "").strip().splitlines()[0]


CASES: dict[str, Case] = {}


def case(**changes: str) -> Callable[[Callable[[Storm], None]], Callable[[Storm], None]]:
    """Register a case under its function's name."""

    def register(function: Callable[[Storm], None]) -> Callable[[Storm], None]:
        found = Case(function, changes)
        CASES[found.name] = found
        return function

    return register


def counted(counter: Counter[str]) -> str:
    return ", ".join(f"{count} x {name}" for name, count in sorted(counter.items())) or "nothing"


def tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
