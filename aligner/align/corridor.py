"""Where to search: a corridor along anchors, so that time and memory grow with the texts and not with their product."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from aligner.align.search import Corridor, Step

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

#: Target segments on each side of the way from anchor to anchor.
HALF = 40
#: The same where two anchors are so far apart that not all between them can be searched.
BAND = 200
#: Cells between two anchors that are searched in full; a thousand segments on each side.
CELLS = 1_000_000


def chain(sources: Integers, targets: Integers, weights: Floats) -> list[tuple[int, int]]:
    """Find the heaviest run of pairs that rises on both sides, without those that no other pair near them supports.

    A longest increasing subsequence, with weights; time is proportional to the pairs and the logarithm of the targets.
    """
    # Of one source segment the last target first, so that none follows another.
    order = np.lexsort((-targets, sources))
    size = int(targets.max(initial=0)) + 2
    heaviest, tip = [0.0] * size, [-1] * size
    pairs = list(zip(sources[order].tolist(), targets[order].tolist(), weights[order].tolist(), strict=True))
    previous = []
    for number, (_, j, weight) in enumerate(pairs):
        # A Fenwick tree of maxima: the heaviest chain that ends before target j.
        total, last, k = 0.0, -1, j
        while k > 0:
            if heaviest[k] > total:
                total, last = heaviest[k], tip[k]
            k &= k - 1
        previous.append(last)
        total, k = total + weight, j + 1
        while k < size:
            if total > heaviest[k]:
                heaviest[k], tip[k] = total, number
            k += k & -k
    best, number, k = 0.0, -1, size - 1
    while k > 0:
        if heaviest[k] > best:
            best, number = heaviest[k], tip[k]
        k &= k - 1
    found = []
    while number >= 0:
        found.append(pairs[number][:2])
        number = previous[number]
    return _supported(found[::-1])


def _supported(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Keep pairs that have another among the two before or after them, at about the same distance on both sides."""

    def support(one: tuple[int, int], other: tuple[int, int]) -> bool:
        near, far = sorted((abs(one[0] - other[0]), abs(one[1] - other[1])))
        return far <= 2 * near + 3 and far <= BAND

    return [
        pair
        for k, pair in enumerate(pairs)
        if any(support(pair, other) for other in (*pairs[max(0, k - 2) : k], *pairs[k + 1 : k + 3]))
    ]


def corridor(anchors: list[tuple[int, int]], source: int, target: int) -> Corridor:
    """Lead from the beginning of both texts to their ends, through the anchors (pairs of segments)."""
    lows, highs = np.full(source + 1, target), np.zeros(source + 1, dtype=np.int64)
    points = [(0, 0), *anchors, (source, target)]
    for (i, j), (k, m) in pairwise(points):
        rows = np.arange(i, k + 1)
        if (k - i) * (m - j) <= CELLS:
            low, high = np.full(len(rows), j - HALF), np.full(len(rows), m + HALF)
        else:
            middle = j + (rows - i) * (m - j) // (k - i)
            # Neighbouring rows must overlap, however steep the way.
            half = max(BAND, 2 * (m - j) // (k - i))
            low, high = np.maximum(middle - half, j - HALF), np.minimum(middle + half, m + HALF)
        lows[i : k + 1] = np.minimum(lows[i : k + 1], low)
        highs[i : k + 1] = np.maximum(highs[i : k + 1], high)
    return _ranges(lows, highs, target)


def narrow(path: list[Step], source: int, target: int, half: int) -> Corridor:
    """Keep close to a path."""
    lows, highs = np.full(source + 1, target), np.zeros(source + 1, dtype=np.int64)
    for i, j, kind in path:
        rows = slice(i - kind.source, i + 1)
        lows[rows] = np.minimum(lows[rows], j - kind.target - half)
        highs[rows] = np.maximum(highs[rows], j + half)
    return _ranges(lows, highs, target)


def widened(found: Corridor, path: list[Step], margin: int) -> Corridor | None:
    """Widen a corridor where a path comes near its edge, or give None where it keeps away from it."""
    target = found[-1].stop - 1
    lows, highs = (np.array(ends) for ends in zip(*((row.start, row.stop - 1) for row in found), strict=True))
    near = [
        i
        for i, j, _ in path
        if (found[i].start > 0 and j - found[i].start < margin)
        or (found[i].stop <= target and found[i].stop - 1 - j < margin)
    ]
    if not near:
        return None
    for i in near:
        reach = len(found[i])
        rows = slice(max(0, i - reach), i + reach + 1)
        lows[rows] = np.minimum(lows[rows], found[i].start - reach // 2)
        highs[rows] = np.maximum(highs[rows], found[i].stop + reach // 2)
    return _ranges(lows, highs, target)


def _ranges(lows: Integers, highs: Integers, target: int) -> Corridor:
    """Make rows that begin with the first cell, end with the last, and never turn back."""
    lows, highs = lows.clip(0, target), highs.clip(0, target)
    lows = np.minimum.accumulate(lows[::-1])[::-1]
    highs = np.maximum.accumulate(highs)
    lows[0], highs[-1] = 0, target
    return [range(low, high + 1) for low, high in zip(lows.tolist(), highs.tolist(), strict=True)]
