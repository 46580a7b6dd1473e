"""Pull products from one connector into another, against reading its pages in turn and saving each by the ORM.

Both begin with an empty table and count from the start of a process to its end. The peer reads fewer pages, for it
would take minutes; what is compared is records per second.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from benchmarks.bench import Bench
from benchmarks.catalogues import fill
from benchmarks.mirror import Mirror
from benchmarks.results import Comparison, Goal
from benchmarks.rounds import interleaved

ORM = "pages in turn, ORM update_or_create"
PAGE = 1000


def run(bench: Bench) -> Iterator[Comparison]:
    count, pages = bench.size(50_000, quick=10_000), bench.size(3, quick=1)
    fill(bench, count)
    mirror = Mirror.prepared(bench.ours.servers, bench.ours.headers["Auth-Token"])
    with bench.ours.web() as port:
        sides = {
            "ours": lambda: mirror.pull(port, bench.ours.headers["Entity-Token"], count=count),
            ORM: lambda: saved_by_orm(bench, port, pages),
        }
        rates = interleaved(bench, sides, rounds=bench.size(3, quick=2), warm_up=False)
    yield Comparison("pull", ORM, rates["ours"], rates[ORM], "records/s", Goal(10))


def saved_by_orm(bench: Bench, port: int, pages: int) -> float:
    bench.theirs.clean()
    tokens = {"AUTH_TOKEN": bench.ours.headers["Auth-Token"], "ENTITY_TOKEN": bench.ours.headers["Entity-Token"]}
    started = time.perf_counter()
    arguments = ("page_rows", f"http://127.0.0.1:{port}", str(pages))
    with bench.theirs.program("page-rows", *arguments, **tokens) as running:
        failed = running.wait()
    took = time.perf_counter() - started
    saved = bench.theirs.count("SELECT count(*) FROM catalogue_product")
    if failed or saved != pages * PAGE:
        raise AssertionError(f"{saved} records were saved.")
    return saved / took
