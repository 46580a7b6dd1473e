from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

from django.core.management.base import CommandError, CommandParser
from rich.markup import escape

from entities.schema import EntitySchema
from sync.management.resync.action import Action, moment, progress_bar
from sync.models import Switch
from sync.push.refill import Progress, Refill, progress
from sync.push.tokens import missing_for

PAUSE = 0.5


class PushAction(Action):
    help = "Send records to Dsync as they stand: all that live, or those that changed since a moment."

    @classmethod
    def add_arguments(cls, parser: CommandParser) -> None:
        parser.add_argument("--since", type=moment, metavar="T", help="Only those changed from then on (ISO 8601).")
        parser.add_argument("--dry-run", action="store_true", help="Count, and change nothing.")
        parser.add_argument("--wait", action="store_true", help="Follow until all is sent; exit 1 if any died.")
        parser.add_argument("--json", action="store_true", help="Print the counts as JSON, without a progress bar.")

    def run(self, schema: EntitySchema, options: dict[str, Any]) -> None:
        refill = Refill(schema, options["since"])
        total = refill.records().count()
        counts = {"noted": total, "dry_run": options["dry_run"]}
        if not options["dry_run"]:
            refuse_where_off(schema.name)
            counts["noted"] = self.note(refill, total, quiet=options["json"])
        if options["wait"] and not options["dry_run"]:
            self.wait(schema.name, quiet=options["json"])
        left = progress(schema.name)
        counts |= {"waiting": left.waiting, "dead": left.dead}
        self.tell(counts, as_json=options["json"])
        if options["wait"] and counts["dead"]:
            raise SystemExit(1)

    def note(self, refill: Refill, total: int, *, quiet: bool) -> int:
        """Put the records into the outbox, and return how many they were."""
        noted = 0
        with progress_bar(quiet=quiet) as shown:
            task = shown.add_task("Noting", total=total)
            for count in refill.run():
                noted += count
                shown.advance(task, count)
        return noted

    def wait(self, entity: str, *, quiet: bool) -> None:
        """Follow until nothing of the entity waits; the bar tells why, where it stands still."""
        with progress_bar(quiet=quiet) as shown:
            task = shown.add_task("Sending", total=progress(entity).waiting)
            for now in states_until_sent(entity):
                why = f" ({escape(now.reason)})" if now.reason else ""
                total = max(now.waiting, shown.tasks[task].total or 0)
                shown.update(task, total=total, completed=total - now.waiting, description=f"Sending{why}")

    def tell(self, counts: dict[str, Any], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(counts))
            return
        verb = "would be sent" if counts["dry_run"] else "are in the outbox"
        self.stdout.write(f"{counts['noted']} records {verb}; {counts['waiting']} wait, {counts['dead']} are dead.")


def refuse_where_off(entity: str) -> None:
    missing = missing_for(entity)
    if missing:
        raise CommandError(f"{entity} cannot be pushed: {' and '.join(missing)} not set (manage.py set_push_token).")
    if not Switch.objects.filter(entity=entity, is_pushed=True).exists():
        raise CommandError(f"{entity} is not pushed; an operator switches that on in the admin (Switches).")


def states_until_sent(entity: str) -> Iterator[Progress]:
    """Yield how it stands, again and again, the last time when none wait."""
    while (now := progress(entity)).waiting:
        yield now
        time.sleep(PAUSE)
    yield now
