"""Sparse tables of numbers, in compressed rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]


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
        return table(self.columns, self.rows, self.values, (self.width, self.height))

    def sums(self) -> Floats:
        """Sum each row."""
        return _added(self.rows, self.values, self.height)

    def scaled(self, factors: Floats) -> Table:
        """Multiply each row by a factor."""
        return Table(self.starts, self.columns, self.values * factors[self.rows], self.width)

    def times(self, other: Table) -> Table:
        """Multiply as matrices are."""
        places, found = expand(other.starts[self.columns], other.starts[self.columns + 1])
        values = other.values[found] * self.values[places]
        return table(self.rows[places], other.columns[found], values, (self.height, other.width))


def table(rows: Integers, columns: Integers, values: Floats, shape: tuple[int, int]) -> Table:
    """Build a table of `shape` from values in any order; those of one place are added up."""
    height, width = shape
    keys, inverse = np.unique(rows * width + columns, return_inverse=True)
    starts = np.searchsorted(keys, np.arange(height + 1) * width)
    return Table(starts, keys % width if width else keys, _added(inverse, values, len(keys)), width)


def stacked(first: Table, second: Table) -> Table:
    """Add two tables of one shape."""
    rows = np.concatenate((first.rows, second.rows))
    columns = np.concatenate((first.columns, second.columns))
    values = np.concatenate((first.values, second.values))
    return table(rows, columns, values, (first.height, first.width))


def expand(first: Integers, last: Integers) -> tuple[Integers, Integers]:
    """List the members of ranges `first[k]:last[k]` one after the other: of which range each is, and itself."""
    sizes = np.maximum(last - first, 0)
    places = np.repeat(np.arange(len(first)), sizes)
    offsets = np.arange(len(places)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return places, first[places] + offsets


def _added(places: Integers, values: Floats, size: int) -> Floats:
    # Without any values, numpy counts in integers.
    return np.bincount(places, values, minlength=size).astype(np.float64, copy=False)
