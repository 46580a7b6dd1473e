"""The ratios of a run as a picture: `out/plot.svg`, a bar for each goal, as long as the ratio is of the goal."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from benchmarks.results import Comparison

ROW, NAMES, GOAL, WIDTH = 22, 330, 120, 900
LONGEST = 4.0  # times the goal
TEXT = 'font-family="sans-serif" font-size="12"'


def plot(rows: Sequence[Comparison]) -> str:
    """Return the picture of all comparisons that have a goal; the line is where a goal is met."""
    judged = [row for row in rows if row.goal]
    height = ROW * (len(judged) + 1)
    line = f'<line x1="{NAMES + GOAL}" x2="{NAMES + GOAL}" y1="0" y2="{height}" stroke="#555" stroke-dasharray="4"/>'
    bars = [bar(row, ROW * number) for number, row in enumerate(judged)]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" {TEXT}>'
    return "\n".join([head, '<rect width="100%" height="100%" fill="white"/>', *bars, line, "</svg>", ""])


def bar(row: Comparison, top: int) -> str:
    assert row.goal  # noqa: S101 (those alone are drawn)
    share = row.goal.ratio / row.ratio if row.goal.at_most else row.ratio / row.goal.ratio
    length = round(GOAL * min(share, LONGEST))
    told = escape(f"{row.ratio:.2f} ({row.goal})")
    return (
        f'<text x="4" y="{top + 16}">{escape(f"{row.work}: {row.peer}"[:52])}</text>'
        f'<rect x="{NAMES}" y="{top + 4}" width="{length}" height="14" fill="{"#3a7" if row.met else "#c54"}"/>'
        f'<text x="{NAMES + length + 6}" y="{top + 16}">{told}</text>'
    )
