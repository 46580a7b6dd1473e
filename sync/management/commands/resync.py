from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from entities.schema import schemas
from sync.models.delivery import State
from sync.replaying import NoSuchJob, Replay, Selection


class Command(BaseCommand):
    help = "Have past deliveries applied again: `resync replay ENTITY`."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        replay = actions.add_parser("replay", help="Replay deliveries: dead ones in their place, others as copies.")
        replay.add_argument("entity", help="The entity's name, such as product.")
        states = replay.add_mutually_exclusive_group()
        for state in (State.DEAD, State.REJECTED, State.APPLIED):
            states.add_argument(f"--{state}", dest="state", action="store_const", const=state, help=str(state.label))
        replay.set_defaults(state=State.DEAD)
        replay.add_argument("--process", default="", metavar="ID", help="Only those of a Process-Id.")
        replay.add_argument(
            "--job", default="", metavar="ID", help="Only those since a job was linked, until the next."
        )
        replay.add_argument("--since", type=moment, metavar="T", help="Only those accepted from then on (ISO 8601).")
        replay.add_argument("--until", type=moment, metavar="T", help="Only those accepted before then.")
        replay.add_argument("--dry-run", action="store_true", help="Count, and change nothing.")
        replay.add_argument("--force", action="store_true", help="Also where a newer write was applied since.")
        replay.add_argument("--json", action="store_true", help="Print the counts as JSON, without a progress bar.")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["entity"] not in schemas():
            raise CommandError(f"There is no entity {options['entity']!r}; there are {', '.join(schemas())}.")
        selection = Selection(
            options["entity"], options["state"], options["process"], options["job"], options["since"], options["until"]
        )
        replay = Replay(selection, is_forced=options["force"], is_dry=options["dry_run"])
        try:
            total = selection.deliveries().count()
        except NoSuchJob as exc:
            raise CommandError(f"No job {exc} is linked with {options['entity']}.") from exc
        self.follow(replay, total, quiet=options["json"])
        self.tell(replay, as_json=options["json"])
        if replay.report.failed:
            raise SystemExit(1)

    def follow(self, replay: Replay, total: int, *, quiet: bool) -> None:
        columns = (*Progress.get_default_columns()[:2], MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("left"))
        with Progress(*columns, disable=quiet) as progress:
            task = progress.add_task("Replaying", total=total)
            for count in replay.run():
                progress.advance(task, count)

    def tell(self, replay: Replay, *, as_json: bool) -> None:
        report = replay.report
        if as_json:
            self.stdout.write(json.dumps({**asdict(report), "dry_run": replay.is_dry}))
            return
        verb = "would be replayed" if replay.is_dry else "replayed"
        self.stdout.write(f"{report.replayed} deliveries {verb}.")
        if report.overtaken:
            self.stdout.write(
                f"{report.overtaken} left out: their records have a newer write (--force takes them too)."
            )
        if report.cut:
            self.stdout.write(f"{report.cut} left out: of a refused body only the first 4 KiB are kept.")


def moment(text: str) -> datetime:
    value = datetime.fromisoformat(text)
    return value if value.tzinfo else value.replace(tzinfo=UTC)
