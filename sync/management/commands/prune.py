from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from rich.progress import Progress

from sync import traffic
from sync.management.resync.following import between
from sync.pruning import countable, prune


class Command(BaseCommand):
    help = "Remove finished deliveries that are older than CONNECTOR_DELIVERY_DAYS; the ledger keeps their counts."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--days", type=between(0, 36500), help="Another age than CONNECTOR_DELIVERY_DAYS; 0 keeps all."
        )
        parser.add_argument("--dry-run", action="store_true", help="Count, and remove nothing.")
        parser.add_argument("--json", action="store_true", help="Print the count as JSON, without a progress bar.")

    def handle(self, *_args: Any, **options: Any) -> None:
        found = countable(options["days"])
        removed = 0 if options["dry_run"] else self.remove(found, options["days"], quiet=options["json"])
        if options["json"]:
            self.stdout.write(json.dumps({"found": found, "removed": removed}))
        else:
            self.stdout.write(f"{found} deliveries are old enough; {removed} were removed.")

    def remove(self, found: int, days: int | None, *, quiet: bool) -> int:
        removed = 0
        traffic.catch_up()
        with Progress(disable=quiet) as progress:
            task = progress.add_task("Pruning", total=found)
            for count in prune(days):
                removed += count
                progress.advance(task, count)
        return removed
