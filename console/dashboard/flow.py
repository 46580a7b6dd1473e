"""What came and what became of it, by step of time and entity: read from the counts alone, never from deliveries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import DateTimeField, F, Func, Sum, Value
from django.utils import timezone

from console.dashboard.spans import EPOCH, Span
from sync.models import State, Traffic
from sync.models.delivery import PENDING

# What each figure counts; together they are all states, so received is their sum.
FIGURES: dict[str, tuple[State, ...]] = {
    "applied": (State.APPLIED,),
    "rejected": (State.REJECTED,),
    "dead": (State.DEAD,),
    "pending": PENDING,
    "skipped": (State.SKIPPED,),
}
FIGURE_OF: dict[str, str] = {state.value: figure for figure, states in FIGURES.items() for state in states}


@dataclass(frozen=True)
class Flow:
    """Deliveries by step, entity and figure, and by how long it took to apply them."""

    starts: Sequence[datetime]
    counts: Counter[tuple[datetime, str, str]] = field(default_factory=Counter)
    speeds: dict[tuple[datetime, str], Counter[int]] = field(default_factory=dict)

    def of(self, figure: str, entities: Iterable[str]) -> list[int]:
        """Return a figure of these entities by step."""
        names = list(entities)
        return [sum(self.counts[start, name, figure] for name in names) for start in self.starts]

    def totals(self, entities: Iterable[str]) -> dict[str, int]:
        """Return every figure of these entities for all steps, and what they received."""
        names = list(entities)
        figures = {figure: sum(self.of(figure, names)) for figure in FIGURES}
        return {"received": sum(figures.values()), **figures}

    def speed(self, entities: Iterable[str], starts: Iterable[datetime]) -> Counter[int]:
        """Return how many were applied under which bound."""
        names = list(entities)
        return sum((self.speeds.get((start, name), Counter()) for start in starts for name in names), Counter())


def read(span: Span, entities: Sequence[str]) -> Flow:
    """Return the flow up to now, in one statement whose rows grow with steps and entities alone."""
    flow = Flow(span.starts(timezone.now()))
    step = Func(Value(span.step), F("start"), Value(EPOCH), function="date_bin", output_field=DateTimeField())
    rows = Traffic.objects.filter(minutes=span.minutes, entity__in=entities, start__gte=flow.starts[0])
    grouped = rows.annotate(step=step).values_list("step", "entity", "state", "under_ms")
    for start, entity, state, under_ms, deliveries in grouped.annotate(deliveries=Sum("deliveries")):
        flow.counts[start, entity, FIGURE_OF[state]] += int(deliveries)
        if under_ms:
            flow.speeds.setdefault((start, entity), Counter())[under_ms] += int(deliveries)
    return flow
