"""One run: the servers up, each work in turn, the results written after each, everything down."""

from __future__ import annotations

import importlib
import os
import shutil
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import parser
from benchmarks.bench import Bench
from benchmarks.ours import Ours
from benchmarks.results import Report
from benchmarks.servers import Servers
from benchmarks.surroundings import surroundings
from benchmarks.theirs import Theirs
from connector.stack.errors import StoppedError
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
    "workers",
    "web",
    "walk",
    "opening",
    "growth",
    "pull",
    "imports",
)
OUT = Path(__file__).parent / "out"


def run(names: Sequence[str], *, quick: bool, growth: bool) -> list[str]:
    """Measure the works of these names, write what came out to `out/`, and return which of them failed."""
    parser.in_use()  # Before anything is started.
    with started(OUT / "run", quick=quick, growth=growth) as bench:
        report = Report(OUT, about=surroundings(bench), notes=bench.notes)
        report.write()  # Nothing of an earlier run is taken for one of this.
        failed = [name for name in names if not measured(bench, report, name)]
    sys.stdout.write(report.table())
    return failed


def measured(bench: Bench, report: Report, name: str) -> bool:
    bench.tell(f"{name}, at {datetime.now(UTC):%H:%M:%S}")
    try:
        work = importlib.import_module(f"benchmarks.works.{name}")  # Only now: its models need a set-up Django.
        report.add(name, work.run(bench))
    except StoppedError:
        raise
    except Exception as exc:  # noqa: BLE001 (what the other works measure is not lost for one that fails)
        bench.tell(traceback.format_exc())
        bench.note(f"{name} was not measured to its end: {type(exc).__name__}")
        report.write()
        return False
    return True


@contextmanager
def started(run_dir: Path, *, quick: bool, growth: bool) -> Iterator[Bench]:
    """Have PostgreSQL and Valkey, with nothing of an earlier run, for as long as the block lasts."""
    place = Place.of(run_dir)
    with place.lock("as a benchmark"):
        stop_leftovers(run_dir)
        os.environ[MARK] = str(run_dir)
        servers = Servers.at(place)
        try:
            with servers.running():
                yield Bench(Ours.prepared(servers), Theirs.prepared(servers), quick=quick, growth=growth)
        finally:
            shutil.rmtree(servers.cluster.data, ignore_errors=True)
