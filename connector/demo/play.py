"""The play: every request of the script against one connector."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from . import layout, script
from .exchange import Connector
from .report import print_results, progress
from .scenes import Result, Scene

NO_PRODUCT = Result("the later requests", "", 200, faults=["not played: no readable layout with a product"])


def play(connector: Connector, token: str, console: Console) -> int:
    """Play Dsync's side and print what came of it; return how many scenes went wrong."""
    signed = {"Auth-Token": token}
    results = _perform(connector, script.opening(signed), console)
    # Everything after the opening stands on the Entity-Token that the layout told.
    product = _product(results)
    if product:
        headers = signed | {"Entity-Token": product.entity_token}
        rest = [*script.record(headers), *script.messages(signed), *script.refusals(signed, headers)]
        results += _perform(connector, rest, console)
    else:
        results.append(NO_PRODUCT)
    print_results(console, results)
    return sum(bool(result.faults) for result in results)


def _perform(connector: Connector, scenes: Sequence[Scene], console: Console) -> list[Result]:
    results = []
    with progress(console) as bar:
        task = bar.add_task("", total=len(scenes))
        for scene in scenes:
            bar.update(task, description=scene.purpose)
            results.append(scene.perform(connector))
            bar.advance(task)
    return results


def _product(results: list[Result]) -> layout.Entity | None:
    answers = [result.answer for result in results if result.status == 200 and result.answer]
    return layout.entities(answers[0].data).get("product") if answers else None
