from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandError, CommandParser

from entities.schema import EntitySchema
from sync.management.resync.action import Action, moment, progress_bar
from sync.models.delivery import State
from sync.operating.replaying import NoSuchJob, Replay, Selection


class ReplayAction(Action):
    help = "Replay deliveries: dead ones in their place, others as copies."

    @classmethod
    def add_arguments(cls, parser: CommandParser) -> None:
        states = parser.add_mutually_exclusive_group()
        for state in (State.DEAD, State.REJECTED, State.APPLIED):
            states.add_argument(f"--{state}", dest="state", action="store_const", const=state, help=str(state.label))
        parser.set_defaults(state=State.DEAD)
        parser.add_argument("--process", default="", metavar="ID", help="Only those of a Process-Id.")
        parser.add_argument(
            "--job", default="", metavar="ID", help="Only those since a job was linked, until the next."
        )
        parser.add_argument("--since", type=moment, metavar="T", help="Only those accepted from then on (ISO 8601).")
        parser.add_argument("--until", type=moment, metavar="T", help="Only those accepted before then.")
        parser.add_argument("--dry-run", action="store_true", help="Count, and change nothing.")
        parser.add_argument("--force", action="store_true", help="Also where a newer write was applied since.")
        parser.add_argument("--json", action="store_true", help="Print the counts as JSON, without a progress bar.")

    def run(self, schema: EntitySchema, options: dict[str, Any]) -> None:
        selection = Selection(
            schema.name, options["state"], options["process"], options["job"], options["since"], options["until"]
        )
        replay = Replay(selection, is_forced=options["force"], is_dry=options["dry_run"])
        try:
            total = selection.deliveries().count()
        except NoSuchJob as exc:
            raise CommandError(f"No job {exc} is linked with {schema.name}.") from exc
        self.follow(replay, total, quiet=options["json"])
        self.tell(replay, as_json=options["json"])
        if replay.report.failed:
            raise SystemExit(1)

    def follow(self, replay: Replay, total: int, *, quiet: bool) -> None:
        with progress_bar(quiet=quiet) as progress:
            task = progress.add_task("Replaying", total=total)
            for count in replay.run():
                progress.advance(task, count)

    def tell(self, replay: Replay, *, as_json: bool) -> None:
        report = replay.report
        if as_json:
            self.stdout.write(json.dumps({**asdict(report), "dry_run": replay.is_dry}))
            return
        verb = "would be replayed" if replay.is_dry else "replayed"
        self.stdout.write(f"{report.replayed} {'delivery' if report.replayed == 1 else 'deliveries'} {verb}.")
        if report.overtaken:
            self.stdout.write(
                f"{report.overtaken} left out: their records have a newer write (--force takes them too)."
            )
        if report.busy:
            self.stdout.write(f"{report.busy} left out: somebody has their records in hand.")
        if report.cut:
            self.stdout.write(f"{report.cut} left out: of a refused body only the first 4 KiB are kept.")
