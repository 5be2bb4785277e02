"""Charts as SVG: lines on logarithmic axes, on a light or a dark page."""

from __future__ import annotations

import math
from html import escape

from bench.measure import Chart, number

WIDTH, HEIGHT = 760, 400
LEFT, RIGHT, TOP, BOTTOM = 70, 210, 44, 52

# Okabe and Ito: told apart by colour-blind readers too, and on both backgrounds.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c8c8c")

# The card has a background of its own, in case the page does not follow the reader's choice.
STYLE = """
    .card { fill: #ffffff; } text { fill: #24292f; font: 12px system-ui, sans-serif; }
    .grid { stroke: #d0d7de; } .title { font-weight: 600; font-size: 14px; }
    @media (prefers-color-scheme: dark) {
        .card { fill: #0d1117; } text { fill: #e6edf3; } .grid { stroke: #30363d; }
    }
"""


class Axis:
    """A logarithmic axis from a power of ten to another, on a stretch of the picture."""

    def __init__(self, values: list[float], start: float, end: float) -> None:
        self._low = math.floor(math.log10(min(values)) + 1e-9)
        self._high = max(self._low + 1, math.ceil(math.log10(max(values)) - 1e-9))
        self._start, self._end = start, end

    def at(self, value: float) -> float:
        """Where a value is."""
        part = (math.log10(value) - self._low) / (self._high - self._low)
        return self._start + part * (self._end - self._start)

    def ticks(self) -> list[float]:
        """The powers of ten."""
        return [10.0**power for power in range(self._low, self._high + 1)]


def apart(places: list[float], distance: float) -> list[float]:
    """The places moved as little as needed to be so far from one another, in their order."""
    moved: dict[int, float] = {}
    last = -math.inf
    for i in sorted(range(len(places)), key=lambda i: places[i]):
        last = moved[i] = max(places[i], last + distance)
    # What was pushed below the picture pushes the others up again.
    limit = HEIGHT - BOTTOM + 4.0
    for i in sorted(moved, key=lambda i: -moved[i]):
        moved[i] = min(moved[i], limit)
        limit = moved[i] - distance
    return [moved[i] for i in range(len(places))]


def text(x: float, y: float, content: str, *, anchor: str = "start", kind: str = "") -> str:
    """A line of text."""
    chosen = f' class="{kind}"' if kind else ""
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}"{chosen}>{escape(content)}</text>'


def svg(chart: Chart) -> str:
    """The chart as a document of its own."""
    points = [point for line in chart.lines for point in line.points]
    x_axis = Axis([x for x, _ in points], LEFT, WIDTH - RIGHT)
    y_axis = Axis([y for _, y in points], HEIGHT - BOTTOM, TOP)
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        f"<title>{escape(chart.title)}</title>",
        f"<style>{STYLE}</style>",
        f'<rect class="card" width="{WIDTH}" height="{HEIGHT}" rx="6"/>',
        text(LEFT, 24, chart.title, kind="title"),
        text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, chart.x_label, anchor="middle"),
    ]
    for tick in x_axis.ticks():
        x = x_axis.at(tick)
        drawn.append(
            f'<path class="grid" d="M{x:.1f} {TOP}V{HEIGHT - BOTTOM}"/>'
            + text(x, HEIGHT - BOTTOM + 18, number(tick), anchor="middle")
        )
    for tick in y_axis.ticks():
        y = y_axis.at(tick)
        drawn.append(
            f'<path class="grid" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>'
            + text(LEFT - 8, y + 4, number(tick), anchor="end")
        )
    labels = apart([y_axis.at(line.points[-1][1]) for line in chart.lines], 16)
    for line, colour, label in zip(chart.lines, COLOURS, labels, strict=False):
        places = [(x_axis.at(x), y_axis.at(y)) for x, y in line.points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        drawn.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        drawn += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places]
        right = WIDTH - RIGHT
        drawn.append(
            f'<path d="M{places[-1][0] + 5:.1f} {places[-1][1]:.1f}L{right + 12} {label:.1f}"'
            f' stroke="{colour}" fill="none" stroke-dasharray="2 2"/>'
        )
        drawn.append(text(right + 16, label + 4, line.name.replace("`", "")))
    return "\n".join([*drawn, "</svg>", ""])
