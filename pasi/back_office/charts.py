"""Bar charts as plain HTML: an axis that starts at zero, a legend, and the same numbers as a table.

No script draws them, so they look the same on paper and without one; screen readers get the table.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

STEPS = (1, 2, 5)
MOST_TICKS = 5
COLOURS = 6  # of the style sheet: chart-1 to chart-6
LABELS_ACROSS = 3  # more would not fit beside one another on a phone


@dataclass(frozen=True)
class Series:
    """One kind of bar: its label, and for each column a value; `links` by column, where it has
    one.
    """

    label: Any
    values: Sequence[int]
    links: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Bar:
    colour: int
    percent: str
    title: str


@dataclass(frozen=True)
class Chart:
    """`columns`: what each group of bars is called. `stacked`: on top of one another, or side by
    side. `table`: the series of the table where it has more than the bars.
    """

    name: str
    title: Any
    of_columns: Any
    columns: Sequence[str]
    series: Sequence[Series]
    stacked: bool = True
    when_empty: Any = ""
    table: Sequence[Series] | None = None

    @property
    def is_empty(self) -> bool:
        return not any(any(each.values) for each in self.series)

    @property
    def top(self) -> int:
        """The end of the axis: a round number, no lower than the highest bar."""
        step = axis_step(self._highest)
        return step * -(-self._highest // step)

    @property
    def ticks(self) -> list[tuple[int, str]]:
        """(value, height in per cent) of the lines across, zero among them."""
        step = axis_step(self._highest)
        return [(value, _percent(value, self.top)) for value in range(0, self.top + 1, step)]

    @property
    def _highest(self) -> int:
        of_columns = zip(*(each.values for each in self.series), strict=True)
        heights = (sum(values) if self.stacked else max(values) for values in of_columns)
        return max(1, *heights)

    @property
    def legend(self) -> list[tuple[int, Any]]:
        return [(place % COLOURS + 1, each.label) for place, each in enumerate(self.series)]

    @property
    def groups(self) -> list[tuple[str, str, list[Bar]]]:
        """(column, its label below the axis or nothing, its bars)."""
        every = -(-len(self.columns) // LABELS_ACROSS)
        found = []
        for place, column in enumerate(self.columns):
            bars = [
                Bar(
                    colour,
                    _percent(each.values[place], self.top),
                    f"{column}, {each.label}: {each.values[place]:,}",
                )
                for (colour, _label), each in zip(self.legend, self.series, strict=True)
                if each.values[place]
            ]
            shown = (len(self.columns) - 1 - place) % every == 0  # the last always
            found.append((column, column if shown else "", bars))
        return found

    @property
    def rows(self) -> list[tuple[str, list[tuple[int, str]]]]:
        """(column, (value, link or nothing) of each series), the latest first: the table."""
        series = self.table_series
        return [
            (column, [(each.values[place], each.links.get(place, "")) for each in series])
            for place, column in reversed(list(enumerate(self.columns)))
        ]

    @property
    def table_series(self) -> Sequence[Series]:
        return self.series if self.table is None else self.table


def axis_step(highest: int) -> int:
    """The distance of the lines across: 1, 2 or 5 times a power of ten, so that few are enough."""
    power = 1
    while True:
        for step in STEPS:
            if step * power * MOST_TICKS >= highest:
                return step * power
        power *= 10


def _percent(value: int, of: int) -> str:
    return f"{100 * value / of:.2f}"
