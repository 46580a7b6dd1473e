"""Creating products over HTTP: ours, DRF's and the limit of the server, in turns."""

from __future__ import annotations

from benchmarks.bench import Bench
from benchmarks.load import Load, Target
from benchmarks.rounds import Samples, interleaved

UNIT = "requests/s"
DRF = "DRF ModelViewSet"
LIMIT = "empty Django view"
STORED = "SELECT count(*) FROM catalogue_product"


def rates(bench: Bench, *, status: int, stored: str, **headers: str) -> dict[str, Samples]:
    """Return the requests per second of each side; `stored` counts in our database what was answered `status`."""
    bench.clean()
    seconds = bench.size(4, quick=1)
    with bench.ours.web() as web, bench.theirs.web("drf") as drf, bench.theirs.web("empty") as empty:
        ours = Load(Target(web, "//entity/product", {**bench.ours.headers, **headers}, status), seconds=seconds)
        theirs = Load(Target(drf, "/products/", bench.theirs.headers), seconds=seconds)
        limit = Load(Target(empty, "/products/", bench.theirs.headers), seconds=seconds / 2)
        sides = {"ours": ours.rate, DRF: theirs.rate, LIMIT: limit.rate}
        measured = interleaved(bench, sides, rounds=bench.size(5, quick=2))
    ours.must_be_stored(bench.ours.count(stored))
    theirs.must_be_stored(bench.theirs.count(STORED))
    return measured
