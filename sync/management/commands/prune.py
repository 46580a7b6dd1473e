from __future__ import annotations

import json
from itertools import chain
from typing import Any

from django.core.management.base import CommandParser

from connector.edge.audited_command import AuditedCommand
from sync.keeping.pruning import KINDS, Kind
from sync.management.resync.action import progress_bar
from sync.management.resync.following import between
from sync.watching import traffic


class Command(AuditedCommand):
    help = (
        "Remove finished deliveries that are older than CONNECTOR_DELIVERY_DAYS, of which the ledger keeps the counts,"
        " and what else goes by age, each kind by its own setting."
    )
    told = ("days", "dry_run")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--days", type=between(0, 36500), help="Another age than those of the settings; 0 keeps all."
        )
        parser.add_argument("--dry-run", action="store_true", help="Count, and remove nothing.")
        parser.add_argument("--json", action="store_true", help="Print the counts as JSON, without a progress bar.")

    def handle(self, *_args: Any, **options: Any) -> None:
        told = {}
        if not options["dry_run"]:
            traffic.catch_up()
        for kind in KINDS:
            found = kind.countable(options["days"])
            removed = 0 if options["dry_run"] else remove(kind, found, options["days"], quiet=options["json"])
            told[kind.noun] = {"found": found, "removed": removed}
        if options["json"]:
            self.stdout.write(json.dumps(told))
        else:
            for noun, counts in told.items():
                self.stdout.write(f"{counts['found']} {noun} are old enough; {counts['removed']} were removed.")


def remove(kind: Kind, found: int, days: int | None, *, quiet: bool) -> int:
    removed = 0
    with progress_bar(quiet=quiet) as progress:
        task = progress.add_task(f"Pruning {kind.noun}", total=found)
        for count in chain(kind.drop(days), kind.prune(days)):
            removed += count
            progress.advance(task, count)
    return removed
