"""`Action`: one thing that `resync` does with an entity; each is a module here and a line in the command."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import Any, ClassVar

from django.core.management.base import CommandParser, OutputWrapper
from rich.progress import MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from entities.schema import EntitySchema


class Action:
    """What the options of an action are, and what it does with them; SystemExit(1) tells that something failed."""

    help: ClassVar[str]

    def __init__(self, stdout: OutputWrapper) -> None:
        self.stdout = stdout

    @classmethod
    def add_arguments(cls, parser: CommandParser) -> None:
        raise NotImplementedError

    def run(self, schema: EntitySchema, options: dict[str, Any]) -> None:
        raise NotImplementedError


class RateColumn(ProgressColumn):
    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f}/s" if speed else "")


def progress_bar(*, quiet: bool) -> Progress:
    """Return a bar with how many of how many are done, how many a second, and the time that is left."""
    first, bar, *_ = Progress.get_default_columns()
    left = (TimeRemainingColumn(), TextColumn("left"))
    return Progress(first, bar, MofNCompleteColumn(), RateColumn(), *left, disable=quiet)


def moment(text: str) -> datetime:
    """Return a moment that came as ISO 8601; without an offset it is UTC."""
    try:
        value = datetime.fromisoformat(text)
    except ValueError as exc:
        raise argparse.ArgumentTypeError(f"{text!r} is no moment, such as 2026-01-31T23:59:59Z") from exc
    return value if value.tzinfo else value.replace(tzinfo=UTC)
