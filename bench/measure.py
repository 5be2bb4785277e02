"""Alternating repetitions, what they say, and what was hoped for."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Contender = Callable[[], float]
"""Does its work once and returns what is compared, usually seconds."""


@dataclass(frozen=True)
class Spread:
    """What the repetitions measured, in their order."""

    values: tuple[float, ...]

    @property
    def minimum(self) -> float:
        """The smallest value."""
        return min(self.values)

    @property
    def median(self) -> float:
        """The value in the middle."""
        return statistics.median(self.values)

    @property
    def maximum(self) -> float:
        """The greatest value."""
        return max(self.values)

    def __truediv__(self, other: Spread) -> Spread:
        """The ratio of each repetition: what both met with at the same time cancels out."""
        return Spread(tuple(a / b for a, b in zip(self.values, other.values, strict=True)))

    def __add__(self, other: Spread) -> Spread:
        """The sum of each repetition."""
        return Spread(tuple(a + b for a, b in zip(self.values, other.values, strict=True)))

    def __mul__(self, factor: float) -> Spread:
        """Each value in another unit."""
        return Spread(tuple(value * factor for value in self.values))

    def per(self, amount: float) -> Spread:
        """A rate: the amount, divided by each value."""
        return Spread(tuple(amount / value for value in self.values))

    def __str__(self) -> str:
        """Median (minimum to maximum)."""
        if len(set(self.values)) == 1:
            return number(self.median)
        return f"{number(self.median)} ({number(self.minimum)} to {number(self.maximum)})"


def number(value: float) -> str:
    """A number with three significant digits, and thousands apart."""
    if value and abs(value) < 1000:
        return f"{value:.3g}"
    return f"{value:,.0f}"


def timed(work: Callable[[], Any]) -> Contender:
    """A contender that returns the seconds that the work took."""

    def measure() -> float:
        began = time.perf_counter()
        work()
        return time.perf_counter() - began

    return measure


def alternate(
    contenders: Mapping[str, Contender], repetitions: int, *, warm_up: bool = True
) -> dict[str, Spread]:
    """Lets the contenders work in turn, forwards and backwards.

    Args:
        contenders: By name.
        repetitions: How often each works.
        warm_up: Whether each works once before, uncounted.

    Returns:
        What each measured.
    """
    values: dict[str, list[float]] = {name: [] for name in contenders}
    if warm_up:
        for work in contenders.values():
            work()
    order = list(contenders)
    for _ in range(repetitions):
        for name in order:
            values[name].append(contenders[name]())
        order.reverse()
    return {name: Spread(tuple(measured)) for name, measured in values.items()}


@dataclass(frozen=True)
class Goal:
    """A ratio, and what it should be; the median decides."""

    what: str
    measured: Spread
    at_least: float | None = None
    at_most: float | None = None
    if_missed: str = ""
    """Why it is missed, if it is."""

    @property
    def bound(self) -> str:
        """What was hoped for."""
        if self.at_least is not None:
            return f"at least {self.at_least}"
        return f"at most {self.at_most}"

    @property
    def met(self) -> bool:
        """Whether the median is within the bound."""
        if self.at_least is not None:
            return self.measured.median >= self.at_least
        assert self.at_most is not None
        return self.measured.median <= self.at_most


@dataclass(frozen=True)
class Table:
    """A table of the page."""

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]]


@dataclass(frozen=True)
class Line:
    """One line of a chart: points (x, y)."""

    name: str
    points: list[tuple[float, float]]


@dataclass(frozen=True)
class Chart:
    """A chart with logarithmic axes."""

    name: str
    """Of its file, without the ending."""

    title: str
    x_label: str
    lines: list[Line]


@dataclass(frozen=True)
class Section:
    """What one part of the benchmark found."""

    title: str
    text: str
    tables: list[Table]
    goals: list[Goal] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)
    losses: list[str] = field(default_factory=list)
    """Where the new structure loses, with figures."""


def crossover(points: list[tuple[int, Spread]], what: str) -> str:
    """From where on a ratio of cost is above one, as far as measured."""
    above = [x for x, ratio in points if ratio.median > 1]
    if not above:
        return f"never, up to {points[-1][0]:,} {what}"
    below = [x for x, _ in points if x < above[0]]
    if not below:
        return f"from the first measurement on, {above[0]:,} {what}"
    return f"from somewhere between {below[-1]:,} and {above[0]:,} {what} on"
