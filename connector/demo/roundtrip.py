"""A catalogue pushed into the connector, walked back and compared."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import httpx
from rich.console import Console
from rich.text import Text

from . import catalogue, contract, layout
from .catalogue import Catalogue
from .comparison import compare
from .exchange import CONNECTIONS, Connector, Request, no_answer
from .layout import Entity
from .push import Push, Pushed
from .report import print_faults, progress
from .walk import Walk, walk

ENTITY = "product"


def roundtrip(connector: Connector, token: str, path: Path, console: Console) -> int:
    """Push a catalogue, walk it back, print what came of it; return how much went wrong."""
    try:
        entity = _entity(connector, token)
        read = catalogue.read(path, entity)
        _print_catalogue(console, read)
        return _there_and_back(Roundtrip(connector, token, entity, console), read)
    except httpx.TransportError as exc:
        print_faults(console, [no_answer(exc)])
        return 1


@dataclass(frozen=True, slots=True)
class Roundtrip:
    """The two ways, each with its progress bar."""

    connector: Connector
    token: str
    entity: Entity
    console: Console

    def push(self, read: Catalogue) -> list[Pushed]:
        self.console.print(f"Pushing {len(read.records):,} products over {CONNECTIONS} connections.")
        done = []
        with progress(self.console) as bar:
            task = bar.add_task("Pushing", total=len(read.records))
            for pushed in Push(self.connector, self.token, self.entity).every(read.records.values()):
                done.append(pushed)
                bar.advance(task)
        return done

    def walk(self) -> Walk:
        headers = {"Auth-Token": self.token, "Entity-Token": self.entity.entity_token}
        with progress(self.console) as bar:
            task = bar.add_task("Walking back", total=None)

            def turned(walked: Walk) -> None:
                bar.update(task, total=walked.total, completed=len(walked.records))

            return walk(self.connector, headers, key=self.entity.key, turned=turned)


def _entity(connector: Connector, token: str) -> Entity:
    answer = connector.send(Request("GET", "//datalayout", {"Auth-Token": token}))
    faults = [*contract.faults(answer, 200), *layout.faults(answer.data)]
    if faults or ENTITY not in layout.entities(answer.data):
        raise catalogue.CatalogueError(f"The data layout is unusable: {'; '.join(faults) or 'no ' + ENTITY}")
    return layout.entities(answer.data)[ENTITY]


def _print_catalogue(console: Console, read: Catalogue) -> None:
    console.print(
        f"{read.rows:,} rows: {len(read.records):,} products, {read.superseded:,} superseded by a later row "
        f"of the same key, {len(read.unreadable):,} unreadable."
    )
    console.print(f"{len(read.mapped)} columns fill a field, {len(read.unmapped)} have none and are not compared:")
    console.print(Text(", ".join(read.unmapped) or "none", style="dim"))


def _there_and_back(trip: Roundtrip, read: Catalogue) -> int:
    pushed = trip.push(read)
    walked = trip.walk()
    compared, differences = compare(read.records, walked.records, trip.entity.children)
    faults = [f"{one.key}: {fault}" for one in pushed for fault in one.faults]
    missing = [f"{key} was not walked back" for key in read.records if key not in walked.records]
    wrong = read.unreadable + faults + walked.faults + missing + differences
    print_faults(trip.console, wrong)
    trip.console.print(f"{sum(one.replaced for one in pushed):,} products existed: deleted, then created anew.")
    trip.console.print(
        f"{sum(not one.faults for one in pushed):,} products pushed, {len(read.records) - len(missing):,} walked back, "
        f"{compared:,} values compared, {len(differences):,} differ",
        style="bold",
    )
    return len(wrong)
