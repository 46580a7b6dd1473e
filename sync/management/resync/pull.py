from __future__ import annotations

import json
from typing import Any

from django.core.management.base import CommandError, CommandParser

from entities.schema import EntitySchema
from sync.accepting.sets import Fate
from sync.management.resync.action import Action
from sync.management.resync.following import Order, add_order_arguments, carry_out
from sync.pulling.run import Run


class PullAction(Action):
    help = "Pull records from another connector; a pull that was ended goes on where it stopped."

    @classmethod
    def add_arguments(cls, parser: CommandParser) -> None:
        add_order_arguments(parser)
        what = parser.add_mutually_exclusive_group()
        what.add_argument(
            "--changed-since",
            default="",
            metavar="T",
            help="Pull what changed and was deleted since: the Changes-Cursor of an earlier pull, or an ISO 8601 time.",
        )
        what.add_argument("--generation", action="store_true", help="Then remove what the source no longer has.")
        parser.add_argument("--dry-run", action="store_true", help="Tell what would become of it; change nothing.")

    def run(self, schema: EntitySchema, options: dict[str, Any]) -> None:
        if options["allow_deletes"] is not None and not options["generation"]:
            raise CommandError("--allow-deletes is for --generation: nothing else removes what is not there.")
        order = Order.of(
            schema,
            options,
            allowed=options["allow_deletes"],
            changed_since=options["changed_since"],
            is_generation=options["generation"],
            is_dry=options["dry_run"],
        )
        run = carry_out(order)
        self.tell(run, as_json=options["json"])
        if run.doubts or run.tally[Fate.REJECTED]:
            raise SystemExit(1)

    def tell(self, run: Run, *, as_json: bool) -> None:
        counts = {fate.value: run.tally[fate] for fate in Fate}
        pull = run.pull
        if as_json:
            told = {"pull": pull.pk, **counts, "doubts": run.doubts, "changes_cursor": pull.changes_cursor}
            self.stdout.write(json.dumps({**told, "dry_run": pull.is_dry}))
            return
        parts = ", ".join(f"{count} {name}" for name, count in counts.items() if count) or "none"
        undone = " All of it was undone: this was a dry run." if pull.is_dry else ""
        self.stdout.write(f"{run.tally.total()} records: {parts}.{undone}")
        for doubt in run.doubts:
            self.stdout.write(doubt)
        if run.doubts and pull.is_generation:
            self.stdout.write("Nothing was removed.")
        if pull.changes_cursor:
            self.stdout.write(f"For the next --changed-since:\n{pull.changes_cursor}")
