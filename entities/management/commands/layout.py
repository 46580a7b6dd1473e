from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error

from entities.data_layout import data_layout
from entities.layout_lock import Change, Lock, changes, token_changes
from entities.tokens import entity_tokens


class Command(BaseCommand):
    """Print, lock or check the data layout.

    `--check` fails on a compatible change too: what the lock has never seen could later be taken away unseen.
    Only `--database` and plain printing ask the database; tokens are fingerprinted (`entities.layout_lock`).
    """

    help = "Prints the data layout, or compares it with a lock file: a change that would break Dsync's mappings fails."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_mutually_exclusive_group()
        actions.add_argument("--check", type=Path, metavar="FILE", help="Name every change since the lock; exit 1.")
        actions.add_argument("--lock", type=Path, metavar="FILE", help="Write the lock.")
        parser.add_argument(
            "--database",
            action="store_true",
            help="Ask the database for the tokens, and fail without it: they are printed, locked or checked too.",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if path := options["lock"]:
            path.write_text(Lock.of(self.layout(ask=options["database"])).written())
        elif path := options["check"]:
            self.check_lock(path, ask=options["database"])
        else:
            self.print_layout(must_answer=options["database"])

    def layout(self, *, ask: bool) -> list[dict[str, Any]]:
        try:
            return data_layout(entity_tokens() if ask else {})
        except (Error, ImproperlyConfigured) as exc:
            raise CommandError(f"The database does not tell the tokens: {exc}") from exc

    def print_layout(self, *, must_answer: bool) -> None:
        try:
            layout = self.layout(ask=True)
        except CommandError as exc:
            if must_answer:
                raise
            self.stderr.write(f"{exc}\nThe layout is printed without them.")
            layout = self.layout(ask=False)
        printed = msgspec.json.format(msgspec.json.encode({"data_layout": layout}), indent=2)
        self.stdout.write(printed.decode())

    def check_lock(self, path: Path, *, ask: bool) -> None:
        locked, current = self.read(path), Lock.of(self.layout(ask=ask))
        found = list(changes(locked, current))
        if ask:
            if not locked.token_fingerprints:
                raise CommandError(f"{path} remembers no tokens; {relock(path, ask=True)} writes them.")
            found += token_changes(locked, current)
        for change in found:
            self.stdout.write(str(change))
        if found:
            raise CommandError(verdict(found, relock(path, ask=ask)))

    def read(self, path: Path) -> Lock:
        try:
            return Lock.read(path.read_bytes())
        except FileNotFoundError as exc:
            raise CommandError(f"There is no {path}; {relock(path)} writes it.") from exc
        except msgspec.MsgspecError as exc:
            raise CommandError(f"{path} is no layout lock: {exc}") from exc


def relock(path: Path, *, ask: bool = False) -> str:
    return f"`manage.py layout --lock {path}{' --database' if ask else ''}`"


def verdict(found: list[Change], command: str) -> str:
    breaking = sum(change.is_breaking for change in found)
    if breaking:
        return f"{breaking} of these would break Dsync's mappings. If that is agreed, run {command} and commit it."
    return f"The lock is behind: nothing breaks. Run {command} and commit it."
