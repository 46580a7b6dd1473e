"""The parts of a run, each a process with its children: what they hold, and which of them is at its limit."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import psutil

MIB = 1024 * 1024
LOAD, OTHERS = "load", "others on the machine"
WEB, WORKERS = "web", "workers"
WORDS = {
    "gunicorn": WEB,
    "postgres": "PostgreSQL",
    "valkey-server": "Valkey",
    "dispatch": "dispatcher",
    "beat": "beat",
    "worker": WORKERS,
}
FULL = 0.85  # of a core, or of all: what is left is lost between one piece of work and the next.


def parts() -> Iterator[tuple[str, psutil.Process]]:
    """Yield the first process of each part that runs now."""
    for process in psutil.Process().children():
        words = {os.path.basename(word) for word in process.cmdline()}  # noqa: PTH119 (of any word, not of a path)
        yield from ((name, process) for word, name in WORDS.items() if word in words)


def resident(part: str) -> float:
    """Return the MiB of the processes that do the work of a part: the children of its first."""
    (first,) = (process for name, process in parts() if name == part)
    return sum(float(process.memory_info().rss) for process in first.children()) / MIB


@dataclass
class Usage:
    """The CPU that each process takes from `begin` on."""

    started: float = 0
    before: Mapping[tuple[str, int], float] = field(default_factory=dict)

    def begin(self) -> None:
        self.started, self.before = time.perf_counter(), seconds()

    def limit(self) -> str:
        """Name what was at its limit, and tell the cores that each part took."""
        took = time.perf_counter() - self.started
        cores = {key: (value - self.before.get(key, 0)) / took for key, value in seconds().items()}
        by_part: Counter[str] = Counter()
        for (part, _), value in cores.items():
            by_part[part] += value
        by_part[OTHERS] = max(0, 2 * by_part[OTHERS] - by_part.total())  # It had all that the machine did.
        told = ", ".join(f"{part} {value:.2f}" for part, value in by_part.most_common() if value >= 0.01)
        return f"{named(cores, by_part)} (cores: {told})"


def named(cores: Mapping[tuple[str, int], float], by_part: Counter[str]) -> str:
    """Say where the limit was: in all cores, in a process that had one for itself, or between the parts."""
    if by_part.total() >= FULL * (os.cpu_count() or 1):
        return f"the machine's cores, taken most by {by_part.most_common(1)[0][0]}"
    processes = {key: value for key, value in cores.items() if key[0] != OTHERS}
    (part, _), most = max(processes.items(), key=lambda item: item[1])
    return f"a process of {part}" if most >= FULL else "no part; they wait for each other or for the disk"


def seconds() -> dict[tuple[str, int], float]:
    """Return the CPU seconds so far of each process by its part; what has ended counts with who started it."""
    taken = {(name, process.pid): spent(process) for name, first in parts() for process in tree(first)}
    own, machine = os.times(), psutil.cpu_times()
    idle = machine.idle + getattr(machine, "iowait", 0)
    return {**taken, (LOAD, 0): own.children_user + own.children_system, (OTHERS, 0): sum(machine) - idle}


def tree(first: psutil.Process) -> list[psutil.Process]:
    return [first, *first.children(recursive=True)]


def spent(process: psutil.Process) -> float:
    try:
        return sum(process.cpu_times()[:4])  # Its own, and of its children that have ended.
    except psutil.NoSuchProcess:
        return 0
