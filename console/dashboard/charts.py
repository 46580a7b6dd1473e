"""What the page's script draws: plain data, in the order in which it is stacked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from console.dashboard.flow import FIGURES, Flow
from console.dashboard.latency import bound_of
from console.dashboard.lines import SHARES
from console.dashboard.spans import Span


def received(flow: Flow, span: Span, entities: Sequence[str]) -> dict[str, Any]:
    """Return what came by step, told apart by what became of it; a figure that is nought throughout is left out."""
    series = [{"label": figure, "values": flow.of(figure, entities)} for figure in FIGURES]
    return {
        "kind": "bars",
        "labels": span.labels(list(flow.starts)),
        "series": [each for each in series if any(each["values"])],
    }


def latency(flow: Flow, span: Span, entities: Sequence[str]) -> dict[str, Any]:
    """Return the bounds under which shares of each step were applied; a step without any has none."""
    speeds = [flow.speed(entities, [start]) for start in flow.starts]
    series = [
        {"label": label, "values": [bound_of(share, speed) for speed in speeds]} for label, share in SHARES.items()
    ]
    return {"kind": "times", "labels": span.labels(list(flow.starts)), "series": series}
