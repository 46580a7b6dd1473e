from __future__ import annotations

import time
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db.models import Sum

from connector.edge.audited_command import AuditedCommand
from datasources import runs
from datasources.errors import AlreadyRunning
from datasources.models import DataSource, Run

COUNTS = ("rows", "rows_ok", "rows_with_errors", "rows_skipped")


class Command(AuditedCommand):
    help = "Look at a data source, or at all that are due to be, and import what is new or changed."
    told = ("source", "all")

    def add_arguments(self, parser: CommandParser) -> None:
        chosen = parser.add_mutually_exclusive_group(required=True)
        chosen.add_argument("source", nargs="?", type=int, help="The number of a data source.")
        chosen.add_argument(
            "--all", action="store_true", help="All that are active, not paused, and of active partners."
        )

    def handle(self, *_args: Any, source: int | None, **_options: Any) -> None:
        known = DataSource.objects.without_secrets()
        sources = known.due() if source is None else known.filter(pk=source)
        if source is not None and not sources.exists():
            raise CommandError(f"There is no data source {source}.")
        failed = [chosen.pk for chosen in sources.order_by("pk") if not self.pull(chosen)]
        if failed:
            raise SystemExit(1)

    def pull(self, source: DataSource) -> bool:
        """Work at a run of the source to its end, print what came of it, and tell whether it did not fail."""
        try:
            run = runs.ask_run(source)
        except AlreadyRunning:
            run = source.runs.open().get()
        while not runs.work_at(run):
            time.sleep(0.2)  # It waits after a cut, or a worker is at it.
        self.stdout.write(f"{source.pk} {source}: {told(run)}")
        return not run.failure


def told(run: Run) -> str:
    """Return what came of a run in a line."""
    if run.failure:
        return f"failed: {run.failure}"
    total = run.imports.aggregate(**{name: Sum(name, default=0) for name in COUNTS})
    return (
        f"{run.imports.count()} of {run.found} files, {total['rows']} rows: {total['rows_ok']} stored,"
        f" {total['rows_with_errors']} with errors, {total['rows_skipped']} skipped"
    )
