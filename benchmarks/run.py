"""One run: the servers up, each work in turn, the results written after each, everything down."""

from __future__ import annotations

import importlib
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks import parser, results
from benchmarks.bench import Bench
from benchmarks.ours import Ours
from benchmarks.plot import plot
from benchmarks.servers import Servers
from benchmarks.theirs import Theirs
from connector.stack.leftovers import MARK, stop_leftovers
from connector.stack.place import Place

WORKS = (
    "create",
    "accept",
    "update",
    "delete",
    "validate",
    "backlog",
    "hot",
    "latency",
    "memory",
    "walk",
    "opening",
    "pull",
    "imports",
)
OUT = Path(__file__).parent / "out"


def run(names: Sequence[str], *, quick: bool) -> None:
    """Measure the works of these names and write what came out to `out/`."""
    report = results.Report(OUT, about={"quick": quick, "cores": os.cpu_count(), "parser": parser.in_use()})
    with started(OUT / "run", quick=quick) as bench:
        for name in names:
            bench.tell(name)
            work = importlib.import_module(f"benchmarks.works.{name}")  # Only now: its models need a set-up Django.
            report.add(work.run(bench))
    (OUT / "plot.svg").write_text(plot(report.rows))
    sys.stdout.write(report.table())


@contextmanager
def started(run_dir: Path, *, quick: bool) -> Iterator[Bench]:
    """Have PostgreSQL and Valkey, with nothing of an earlier run, for as long as the block lasts."""
    place = Place.of(run_dir)
    with place.lock("as a benchmark"):
        stop_leftovers(run_dir)
        os.environ[MARK] = str(run_dir)
        servers = Servers.at(place)
        try:
            with servers.running():
                yield Bench(Ours.prepared(servers), Theirs.prepared(servers), quick=quick)
        finally:
            shutil.rmtree(servers.cluster.data, ignore_errors=True)
