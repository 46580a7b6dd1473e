from __future__ import annotations

import json
from typing import Any

from django.core.management.base import CommandParser

from connector.edge.audited_command import AuditedCommand
from entities import reading
from entities.management.named import entity_named
from entities.schema import EntitySchema
from sync.accepting.sets import Fate
from sync.management.resync.following import Order, add_order_arguments, carry_out
from sync.pulling.run import Run

# What a pull would make of a record tells how it differs.
DRIFT = {
    "missing_here": Fate.CREATED,
    "different": Fate.UPDATED,
    "missing_there": Fate.DELETED,
    "refused": Fate.REJECTED,
    "unsettled": Fate.QUEUED,
}
ANY = 10**12


class Command(AuditedCommand):
    help = "Compare an entity's records, one by one, with those of another connector; exit 1 where drift is left."
    told = ("entity", "repair")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("entity", help="The entity's name, such as product.")
        add_order_arguments(parser)
        parser.add_argument("--repair", action="store_true", help="Make them equal: the source is right.")

    def handle(self, *_args: Any, entity: str, **options: Any) -> None:
        schema, is_dry = entity_named(entity), not options["repair"]
        allowed = ANY if is_dry else options["allow_deletes"]
        run = carry_out(Order.of(schema, options, allowed=allowed, is_generation=True, is_dry=is_dry))
        drift = {name: run.tally[fate] for name, fate in DRIFT.items()}
        self.tell(schema, run, drift, as_json=options["json"])
        left = sum(drift.values()) if is_dry else drift["refused"] + drift["unsettled"]
        if left or run.doubts:
            raise SystemExit(1)

    def tell(self, schema: EntitySchema, run: Run, drift: dict[str, int], *, as_json: bool) -> None:
        counts = {"here": reading.count(schema), "there": run.pull.total, "equal": run.tally[Fate.UNCHANGED]}
        if as_json:
            told = {**counts, **drift, "doubts": run.doubts, "repaired": not run.pull.is_dry}
            self.stdout.write(json.dumps(told))
            return
        self.stdout.write(", ".join(f"{count} {name.replace('_', ' ')}" for name, count in (counts | drift).items()))
        for doubt in run.doubts:
            self.stdout.write(doubt)
