"""Creating products over HTTP: ours, the peers' and the limit of the server, in turns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager

from benchmarks.bench import Bench
from benchmarks.load import Load, Target
from benchmarks.rounds import Samples, Side, interleaved

UNIT = "requests/s"
DRF = "DRF ModelViewSet"
NINJA = "django-ninja"
FASTAPI = "FastAPI, pydantic, asyncpg"
LIMIT = "empty Django view"
MODULES = {DRF: "drf", NINJA: "ninja_api", LIMIT: "empty"}
STORED = "SELECT count(*) FROM catalogue_product"


def rates(
    bench: Bench, *, status: int, stored: str, further: Mapping[str, Side] | None = None, **headers: str
) -> dict[str, Samples]:
    """Return the requests per second of each side; `stored` counts in our database what was answered `status`."""
    bench.clean()
    seconds = bench.size(3, quick=1)
    with bench.ours.web() as web, peers(bench) as ports:
        ours = Load(Target(web, "//entity/product", {**bench.ours.headers, **headers}, status), seconds=seconds)
        loads = {name: load(bench, port, seconds if name == DRF else seconds / 2) for name, port in ports.items()}
        sides = {"ours": ours.rate, **{name: each.rate for name, each in loads.items()}, **(further or {})}
        measured = interleaved(bench, sides, rounds=bench.size(5, quick=2))
    ours.must_be_stored(bench.ours.count(stored))
    created = sum(each.done for name, each in loads.items() if name != LIMIT)
    if (found := bench.theirs.count(STORED)) != created:
        raise AssertionError(f"The peers created {created} products, and {found} are stored.")
    return measured


@contextmanager
def peers(bench: Bench) -> Iterator[dict[str, int]]:
    """Serve every peer and yield their ports by name."""
    with ExitStack() as stack:
        ports = {name: stack.enter_context(bench.theirs.web(module)) for name, module in MODULES.items()}
        yield {**ports, FASTAPI: stack.enter_context(bench.theirs.asgi("fast"))}


def load(bench: Bench, port: int, seconds: float) -> Load:
    return Load(Target(port, "/products/", bench.theirs.headers), seconds=seconds)
