"""Changing products that are there, over HTTP: ours and DRF's, each product once."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.bench import Bench
from benchmarks.catalogues import PREFIX, fill
from benchmarks.client import KEY
from benchmarks.creation import DRF
from benchmarks.load import LoadOnStock, Target
from benchmarks.rounds import Samples, interleaved
from benchmarks.servers import Side

STOCK = 100_000  # products, more than a side changes in all rounds
RECORD = {"Entity-Id": KEY.decode()}
FIRST = "SELECT min(id) FROM catalogue_product"  # DRF's are addressed by number.


@dataclass(frozen=True)
class Change:
    """What is asked for each product, how that is answered, and what counts in the database how often it was done."""

    method: str
    body: bytes
    status: int
    done: str

    def on(self, port: int, path: str, headers: dict[str, str]) -> Target:
        return Target(port, path, headers, self.status, self.method, self.body)

    def must_be_stored(self, side: Side, load: LoadOnStock) -> None:
        load.must_be_stored(side.count(self.done))


def rates(bench: Bench, ours: Change, drf: Change) -> dict[str, Samples]:
    """Return the changes per second of both sides."""
    bench.clean()
    fill(bench, STOCK)
    seconds = bench.size(3, quick=1)
    with bench.ours.web() as web, bench.theirs.web("drf") as port:
        target = ours.on(web, "//entity/product", {**bench.ours.headers, **RECORD})
        stock = LoadOnStock(target, prefix=PREFIX, first=1, seconds=seconds)
        target = drf.on(port, f"/products/{KEY.decode()}/", bench.theirs.headers)
        stock_of_drf = LoadOnStock(target, prefix="", first=bench.theirs.count(FIRST), seconds=seconds)
        sides = {"ours": stock.rate, DRF: stock_of_drf.rate}
        measured = interleaved(bench, sides, rounds=bench.size(5, quick=2))
    ours.must_be_stored(bench.ours, stock)
    drf.must_be_stored(bench.theirs, stock_of_drf)
    bench.clean()  # The next work would take what is left for a full table.
    return measured
