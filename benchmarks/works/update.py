"""Update one product by the published body, against DRF's PATCH with the same fields."""

from __future__ import annotations

import json
from collections.abc import Iterator

from benchmarks.bench import Bench
from benchmarks.changing import Change, rates
from benchmarks.creation import DRF, UNIT
from benchmarks.load import UPDATE
from benchmarks.results import Comparison, Goal

FIELDS = json.dumps({name: value for name, value in json.loads(UPDATE).items() if name != "sku"}).encode()
CHANGED = "SELECT count(*) FROM {} WHERE color = 'White' AND status = 'Disabled'"


def run(bench: Bench) -> Iterator[Comparison]:
    ours = Change("PUT", UPDATE, 200, CHANGED.format("entities_product"))
    drf = Change("PATCH", FIELDS, 200, CHANGED.format("catalogue_product"))
    measured = rates(bench, ours, drf)
    yield Comparison("update", DRF, measured["ours"], measured[DRF], UNIT, Goal(3.5))
