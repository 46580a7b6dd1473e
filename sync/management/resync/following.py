"""A pull on a terminal: its options, its bar, and its end at a signal."""

from __future__ import annotations

import argparse
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import DatabaseError, InterfaceError
from rich.progress import Progress, TaskID

from connector.edge.envelope import is_outage
from connector.edge.errors import Unavailable
from entities.schema import EntitySchema
from sync.management.resync.access import access_of, add_access_arguments
from sync.management.resync.action import progress_bar
from sync.pulling.errors import PullError
from sync.pulling.opening import LARGEST, Kind, alone, open_pull
from sync.pulling.report import write_report
from sync.pulling.run import Run
from sync.pulling.source import Access, opened

MOST_THREADS = 6  # Each locks up to 1,000 records; PostgreSQL has memory for about 6,400 locks as it comes.


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be pulled, from where, and how."""

    kind: Kind
    schema: EntitySchema
    access: Access
    options: dict[str, Any]
    allowed: int | None

    @classmethod
    def of(cls, schema: EntitySchema, options: dict[str, Any], *, allowed: int | None, **kind: Any) -> Order:
        access = access_of(options)
        return cls(Kind(access.url, schema.name, **kind), schema, access, options, allowed)


def add_order_arguments(parser: CommandParser) -> None:
    add_access_arguments(parser)
    parser.add_argument(
        "--parallel", type=between(1, MOST_THREADS), default=4, metavar="N", help="Pages at once (%(default)s)."
    )
    parser.add_argument(
        "--per-page",
        type=between(1, LARGEST),
        default=LARGEST,
        metavar="N",
        help="Records of a page, at most (%(default)s).",
    )
    parser.add_argument(
        "--allow-deletes", type=between(0, 10**12), metavar="N", help="Remove up to so many records, not a tenth."
    )
    parser.add_argument("--report", type=writable, metavar="CSV", help="Write what became of every record to a file.")
    parser.add_argument("--restart", action="store_true", help="Begin anew instead of where an earlier run stopped.")
    parser.add_argument("--json", action="store_true", help="Print the counts as JSON, without a progress bar.")


def between(low: int, high: int) -> Any:
    def whole(text: str) -> int:
        if not (text.isascii() and text.isdigit() and low <= int(text) <= high):
            raise argparse.ArgumentTypeError(f"{text!r} is no whole number from {low} to {high}")
        return int(text)

    return whole


def writable(text: str) -> Path:
    """Return a path that can be written: told before the first page, because a pull may take hours."""
    path = Path(text)
    try:
        path.open("a").close()
    except (OSError, ValueError) as exc:
        reason = getattr(exc, "strerror", None) or exc
        raise argparse.ArgumentTypeError(f"{text!r} cannot be written: {reason}") from exc
    return path


def carry_out(order: Order) -> Run:
    """Run a pull to its end and write its report.

    Raises:
        CommandError: it ended before; the message says why, and whether the same command goes on.
    """
    options = order.options
    with signalled() as stop, opened(order.access, stop) as source, told(), alone(order.kind):
        pull = open_pull(order.kind, largest=options["per_page"], is_anew=options["restart"])
        run = Run(pull, order.schema, source, stop, options["parallel"], order.allowed)
        with progress_bar(quiet=options["json"]) as progress:
            follow(run, progress)
    if options["report"]:
        write_report(pull, options["report"])
    return run


@contextmanager
def told() -> Iterator[None]:
    """Tell a person why a pull ended before its end; what the database says may quote a record."""
    goes_on = "What is done stays; the same command goes on."
    try:
        yield
    except PullError as exc:
        raise CommandError(f"{exc} {goes_on}" if exc.passes else str(exc)) from exc
    except Unavailable as exc:
        raise CommandError(f"{exc.sentence} {goes_on}") from exc
    except (DatabaseError, InterfaceError) as exc:
        if not is_outage(exc):
            raise
        raise CommandError(f"The database is away or too busy. {goes_on}") from exc


def follow(run: Run, progress: Progress) -> None:
    task = progress.add_task("", total=None)
    show(run, progress, task)
    for _ in run.steps():
        show(run, progress, task)
    show(run, progress, task)


def show(run: Run, progress: Progress, task: TaskID) -> None:
    done, total = run.tally.total(), run.pull.total
    if total is not None:
        total = max(total, done)  # What is removed here was none of the source's.
    progress.update(task, completed=done, total=total, description=run.pull.stage.capitalize())


@contextmanager
def signalled() -> Iterator[Event]:
    """Have SIGTERM and Ctrl-C set an event instead of ending the process, as long as the block lasts."""
    stop = Event()
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
