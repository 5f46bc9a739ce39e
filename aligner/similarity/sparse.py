"""Sparse tables of numbers, in compressed rows."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

#: Rows that are multiplied at a time.
ROWS = 1000


@dataclass(frozen=True, slots=True)
class Table:
    """Values by row and column: those of row `i` are at `starts[i]:starts[i + 1]`, sorted by column."""

    starts: Integers
    columns: Integers
    values: Floats
    width: int

    @property
    def height(self) -> int:
        """The number of rows."""
        return len(self.starts) - 1

    @property
    def rows(self) -> Integers:
        """The row of each value."""
        return np.repeat(np.arange(self.height), np.diff(self.starts))

    def transposed(self) -> Table:
        """Exchange rows and columns."""
        order = np.argsort(self.columns, kind="stable")
        starts = np.concatenate(([0], np.cumsum(np.bincount(self.columns, minlength=self.width))))
        return Table(starts, self.rows[order], self.values[order], self.height)

    def sums(self) -> Floats:
        """Sum each row."""
        return _added(self.rows, self.values, self.height)

    def scaled(self, factors: Floats) -> Table:
        """Multiply each row by a factor."""
        return Table(self.starts, self.columns, self.values * factors[self.rows], self.width)

    def times(self, other: Table) -> Table:
        """Multiply as matrices are, some rows at a time: products are many more than their sums."""
        bounds = [*range(0, self.height, ROWS), self.height]
        return joined([self._some_times(slice(*ends), other) for ends in pairwise(bounds)], other.width)

    def _some_times(self, rows: slice, other: Table) -> Table:
        here = slice(self.starts[rows.start], self.starts[rows.stop])
        columns = self.columns[here]
        places, found = expand(other.starts[columns], other.starts[columns + 1])
        values = other.values[found] * self.values[here][places]
        own = np.repeat(np.arange(rows.stop - rows.start), np.diff(self.starts[rows.start : rows.stop + 1]))
        return table(own[places], other.columns[found], values, (rows.stop - rows.start, other.width))


def table(rows: Integers, columns: Integers, values: Floats, shape: tuple[int, int]) -> Table:
    """Build a table of `shape` from values in any order; those of one place are added up."""
    height, width = shape
    keys, inverse = np.unique(rows * width + columns, return_inverse=True)
    starts = np.searchsorted(keys, np.arange(height + 1) * width)
    return Table(starts, keys % width if width else keys, _added(inverse, values, len(keys)), width)


def joined(parts: Sequence[Table], width: int) -> Table:
    """Put tables of one width below each other."""
    sizes = np.concatenate([np.zeros(1, np.int64), *(np.diff(part.starts) for part in parts)])
    columns, values = (
        np.concatenate([np.zeros(0, kind), *(getattr(part, name) for part in parts)])
        for name, kind in (("columns", np.int64), ("values", np.float64))
    )
    return Table(np.cumsum(sizes), columns, values, width)


def stacked(first: Table, second: Table) -> Table:
    """Add two tables of one shape."""
    rows = np.concatenate((first.rows, second.rows))
    columns = np.concatenate((first.columns, second.columns))
    values = np.concatenate((first.values, second.values))
    return table(rows, columns, values, (first.height, first.width))


def picked(one: Table, rows: Integers) -> Table:
    """Take some rows of a table, in the order given."""
    places, found = expand(one.starts[rows], one.starts[rows + 1])
    return table(places, one.columns[found], one.values[found], (len(rows), one.width))


def expand(first: Integers, last: Integers) -> tuple[Integers, Integers]:
    """List the members of ranges `first[k]:last[k]` one after the other: of which range each is, and itself."""
    sizes = np.maximum(last - first, 0)
    places = np.repeat(np.arange(len(first)), sizes)
    offsets = np.arange(len(places)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return places, first[places] + offsets


def _added(places: Integers, values: Floats, size: int) -> Floats:
    # Without any values, numpy counts in integers.
    return np.bincount(places, values, minlength=size).astype(np.float64, copy=False)
