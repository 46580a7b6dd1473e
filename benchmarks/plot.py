"""The ratios of a run as a picture: `out/plot.svg`, a bar for each goal, as long as the ratio is of the goal.

Its colours follow the reader's choice of light or dark.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.results import Comparison

ROW, HEAD, NAMES, GOAL, WIDTH = 22, 56, 390, 110, 960
LONGEST = 4.0  # times the goal
TITLE = "Beside its peers: each bar is a ratio, as long as it is of its goal"
LEGEND = "The line is the goal; beyond it, the goal is met. In brackets the goal: at least, or at most."
STYLE = """
<style>
  svg { font: 12px system-ui, sans-serif; }
  .page { fill: #ffffff; } text { fill: #1f2328; } .quiet { fill: #59636e; } .title { font-weight: 600; }
  .met { fill: #2da44e; } .missed { fill: #cf222e; } .goal { stroke: #59636e; stroke-dasharray: 4; }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117; } text { fill: #f0f6fc; } .quiet { fill: #9198a1; }
    .met { fill: #3fb950; } .missed { fill: #f85149; } .goal { stroke: #9198a1; }
  }
</style>
""".strip()


def plot(rows: Sequence[Comparison]) -> str:
    """Return the picture of all comparisons that have a goal."""
    judged = [row for row in rows if row.goal]
    height = HEAD + ROW * len(judged) + 8
    line = f'<line class="goal" x1="{NAMES + GOAL}" x2="{NAMES + GOAL}" y1="{HEAD}" y2="{height - 8}"/>'
    size = f'width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}"'
    head = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" {size}>',
        f"<title>{TITLE}</title>",
        STYLE,
        '<rect class="page" width="100%" height="100%" rx="6"/>',
        f'<text class="title" x="12" y="22">{TITLE}</text>',
        f'<text class="quiet" x="12" y="42">{LEGEND}</text>',
    ]
    bars = [bar(row, HEAD + ROW * number) for number, row in enumerate(judged)]
    return "\n".join([*head, *bars, line, "</svg>", ""])


def bar(row: Comparison, top: int) -> str:
    assert row.goal  # noqa: S101 (those alone are drawn)
    share = row.goal.ratio / row.ratio if row.goal.at_most else row.ratio / row.goal.ratio
    length = round(GOAL * min(share, LONGEST))
    name, met = escape(f"{row.work}: {row.peer}"[:60]), "met" if row.met else "missed"
    told = f'{row.times} <tspan class="quiet">({row.goal})</tspan>'
    return (
        f'<text x="12" y="{top + 16}">{name}</text>'
        f'<rect class="{met}" x="{NAMES}" y="{top + 4}" width="{length}" height="14" rx="2"/>'
        f'<text x="{NAMES + length + 6}" y="{top + 16}">{told}</text>'
    )
