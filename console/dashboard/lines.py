"""The figures of a span, of all entities and of each, with the list that each of them counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from connector.edge.admin.index import Figure
from console.dashboard.flow import FIGURES, Flow
from console.dashboard.latency import bound_of, told
from console.dashboard.silence import Heard
from console.dashboard.spans import Span

RECEIVED = "received"
NAMES = (RECEIVED, *FIGURES)
SHARES = {"half": 0.5, "95 %": 0.95}
ALARMING = "dead"


@dataclass(frozen=True, slots=True)
class Line:
    entity: str
    received: int
    figures: Sequence[Figure]
    heard: Heard


def by_entity(flow: Flow, span: Span, heard: Mapping[str, Heard]) -> list[Line]:
    """Return a line for each entity, the busiest first."""
    lines = [
        Line(name, flow.totals([name])[RECEIVED], figures(flow, span, [name]), last) for name, last in heard.items()
    ]
    return sorted(lines, key=lambda line: (-line.received, line.entity))


def figures(flow: Flow, span: Span, entities: Sequence[str]) -> list[Figure]:
    """Return what became of the deliveries of these entities, and within what time shares of them were applied."""
    entity, speeds = entities[0] if len(entities) == 1 else "", flow.speed(entities, flow.starts)
    counts = [
        Figure(name, f"{number:,}", url_of(span, name, entity), alarming=name == ALARMING and number > 0)
        for name, number in flow.totals(entities).items()
    ]
    times = [Figure(f"{label} within", told(bound_of(share, speeds)), "") for label, share in SHARES.items()]
    return counts + times


def url_of(span: Span, figure: str, entity: str) -> str:
    """Return the list of a figure's deliveries; empty where they are in several states."""
    states = FIGURES.get(figure, ())
    if len(states) > 1:
        return ""
    query = {"since": span.name, "state": "".join(states), "entity": entity}
    given = urlencode({name: value for name, value in query.items() if value})
    return f"{reverse('admin:sync_delivery_changelist')}?{given}"
