"""What the demo prints, in a terminal and in a pipe."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from .scenes import Result

PIPE_WIDTH = 120
WIDE = 110
SHOWN = 20


def console() -> Console:
    """Return the console; a pipe has no width of its own and gets no colours."""
    width = None if sys.stdout.isatty() else PIPE_WIDTH
    return Console(width=width, highlight=False, soft_wrap=False)


class Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f}/s" if speed else "", style="progress.data.speed")


def progress(console: Console) -> Progress:
    """Return a progress bar that leaves nothing behind, and is silent in a pipe."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Rate(), TimeRemainingColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def print_results(console: Console, results: list[Result]) -> None:
    """Print the table, each fault, and the sum."""
    console.print(_table(results, is_wide=console.width >= WIDE))
    for result in results:
        print_faults(console, [f"{result.request} ({result.purpose}): {fault}" for fault in result.faults])
    good = sum(not result.faults for result in results)
    console.print(f"{len(results)} requests, {good} as the contract says, {len(results) - good} not", style="bold")


def print_faults(console: Console, faults: list[str]) -> None:
    """Print the first faults, one a line, and how many more there are."""
    for fault in faults[:SHOWN]:
        # As Text, because a server's words may hold what rich would take for markup.
        console.print(Text.assemble(("fault ", "red"), fault), soft_wrap=True)
    if len(faults) > SHOWN:
        console.print(f"and {len(faults) - SHOWN:,} more")


def _table(results: list[Result], *, is_wide: bool) -> Table:
    # In 80 columns one line for each request is worth more than what it is for.
    table = Table("Request", *(["What"] if is_wide else []))
    for heading in ("Status", "Expected", "ms"):
        table.add_column(heading, justify="right")
    table.add_column("Verdict")
    for result in results:
        request, purpose, *rest = _row(result)
        table.add_row(request, *([purpose] if is_wide else []), *rest)
    return table


def _row(result: Result) -> tuple[Text, ...]:
    verdict = Text("wrong", style="bold red") if result.faults else Text("ok", style="green")
    status = str(result.status) if result.status else "none"
    milliseconds = f"{result.milliseconds:.1f}" if result.milliseconds is not None else ""
    cells = (result.request, result.purpose, status, str(result.expected), milliseconds)
    return (*(Text(cell) for cell in cells), verdict)
