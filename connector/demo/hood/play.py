"""The Hood side's play against one connector."""

from __future__ import annotations

from contextlib import suppress

from rich.console import Console

from ..exchange import Connector
from ..report import print_results, progress
from ..scenes import Result
from .script import script
from .side import NotPlayed, Script, Side


def play_hood(connector: Connector, token: str, console: Console, *, other_token: str) -> int:
    """Play a partner application's side and print what came of it; return how many scenes went wrong."""
    results: list[Result] = []
    try:
        _perform(connector, script(Side(token), other_token=other_token), console, results)
    except NotPlayed as exc:
        results.append(Result("the later requests", "", 200, faults=[f"not played: {exc}"]))
    print_results(console, results)
    return sum(bool(result.faults) for result in results)


def _perform(connector: Connector, played: Script[None], console: Console, results: list[Result]) -> None:
    with progress(console) as bar:
        task = bar.add_task("", total=None)
        with suppress(StopIteration):  # The end of the script.
            scene = next(played)
            while True:
                bar.update(task, description=scene.purpose)
                results.append(scene.perform(connector))
                bar.advance(task)
                scene = played.send(results[-1])
