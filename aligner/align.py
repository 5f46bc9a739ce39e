"""Sentence alignment: the best monotone m-n links between two texts, by dynamic programming over any scorer."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from aligner.model import Link

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray


class Spans(Protocol):
    """Scores of links between two texts that a scorer has prepared."""

    def __call__(self, source: range, size: int, stops: range, /) -> NDArray[np.float64]:
        """Score, in 0..1, source segments taken together against the `size` target segments before each stop."""
        ...


class Scorer(Protocol):
    """Prepares the scores of every link between two non-empty texts; a score is 0 for what has nothing in common."""

    def __call__(self, source: Sequence[str], target: Sequence[str], /) -> Spans: ...


class LinkType(NamedTuple):
    """How many segments a link takes on each side, and what that costs."""

    source: int
    target: int
    penalty: float = 0.0


#: Ties go to the first. A merge has to gain more than its penalty over the links it replaces; without one, everything
#: merges, since a longer text resembles any other text more. Each segment that a link takes beyond a pair costs 0.2,
#: the middle of a range in which links of novels and of perturbed texts were equally right.
LINK_TYPES = (
    LinkType(1, 1),
    LinkType(1, 0),  # nulls cost nothing: what costs is a link worth less than SKIP
    LinkType(0, 1),
    LinkType(1, 2, 0.2),
    LinkType(2, 1, 0.2),
    LinkType(2, 2, 0.4),  # two sentences reordered, or cut at another place
    LinkType(1, 3, 0.4),
    LinkType(3, 1, 0.4),
    LinkType(2, 3, 0.7),  # from here on a little more: five segments can mostly be cut into links that say more
    LinkType(3, 2, 0.7),
    LinkType(1, 4, 0.7),
    LinkType(4, 1, 0.7),
    LinkType(3, 3, 1.0),
    LinkType(2, 4, 1.0),
    LinkType(4, 2, 1.0),
    LinkType(1, 5, 1.0),
    LinkType(5, 1, 1.0),
)
#: A link that scores less is worth less than leaving its segments without one.
SKIP = 0.1
#: Segments on each side of the diagonal that are searched at first: texts no longer than this are searched in full.
BAND = 1000

_SOURCE_NULL, _TARGET_NULL = LINK_TYPES.index(LinkType(1, 0)), LINK_TYPES.index(LinkType(0, 1))
_LONGEST = max(kind.source for kind in LINK_TYPES)


def align(source: Sequence[str], target: Sequence[str], scorer: Scorer, *, band: int = BAND) -> tuple[Link, ...]:
    """Link every segment of both sides, in order, each exactly once; a null link has an empty side and scores 0.

    The links maximise the sum of `(m + n) / 2 * (score - SKIP) - penalty` over m-n links. Segments that changed
    places can share a link only as neighbours. Only segments within `band` of the diagonal are compared; when the
    best path comes near the band's edge, the band is doubled and the search starts again. Time and memory (a byte
    a cell) are proportional to the band's area. A passage longer than `band` that one side lacks can go unnoticed.
    """
    if not source or not target:
        return (*(Link((i,), (), 0.0) for i in range(len(source))), *(Link((), (j,), 0.0) for j in range(len(target))))
    spans = scorer(source, target)
    # Neighbouring rows must overlap, however steep the diagonal.
    half = max(band, 2 * len(target) // len(source))
    while True:
        corridor = _corridor(len(source), len(target), half)
        path = list(_backtrack(_search(spans, corridor), corridor))[::-1]
        if not _near_edge(path, corridor, half // 10):
            return tuple(_link(spans, i, j, kind) for i, j, kind in path)
        half *= 2


def _corridor(source: int, target: int, half: int) -> list[range]:
    """List, for each number of source segments, the numbers of target segments that may be linked by then."""
    centres = (target * i // source for i in range(source + 1))
    return [range(max(0, centre - half), min(target, centre + half) + 1) for centre in centres]


def _search(spans: Spans, corridor: list[range]) -> list[NDArray[np.int8]]:
    """Find the type of the last link of the best path to every cell of the corridor."""
    # One more than all target segments, so that every row has the same columns; what is outside stays unreachable.
    columns = corridor[-1].stop
    rows: deque[NDArray[np.float64]] = deque(maxlen=_LONGEST)
    chosen = []
    for i, stops in enumerate(corridor):
        best = np.full(columns, -np.inf)
        kinds = np.full(columns, _TARGET_NULL, dtype=np.int8)
        if i == 0:
            best[0] = 0.0
        for number, (m, n, penalty) in enumerate(LINK_TYPES):
            if not 0 < m <= i:
                continue
            ends = range(max(stops.start, n), stops.stop)
            if not ends:
                continue
            gain = 0.0 if n == 0 else (m + n) / 2 * (spans(range(i - m, i), n, ends) - SKIP) - penalty
            total = rows[-m][ends.start - n : ends.stop - n] + gain
            here = best[ends.start : ends.stop]
            kinds[ends.start : ends.stop][total > here] = number
            np.maximum(here, total, out=here)
        # 0-1 links gain nothing, so the best of a row is carried to its right.
        inside = best[stops.start : stops.stop]
        carried = np.maximum.accumulate(inside)
        kinds[stops.start : stops.stop][carried > inside] = _TARGET_NULL
        best[stops.start : stops.stop] = carried
        rows.append(best)
        chosen.append(kinds[stops.start : stops.stop].copy())
    return chosen


def _backtrack(chosen: list[NDArray[np.int8]], corridor: list[range]) -> Iterator[tuple[int, int, LinkType]]:
    """Yield the best path's links from the last to the first, each with where it ends on both sides."""
    i, j = len(corridor) - 1, corridor[-1].stop - 1
    while i or j:
        kind = LINK_TYPES[chosen[i][j - corridor[i].start]]
        yield i, j, kind
        i, j = i - kind.source, j - kind.target


def _near_edge(path: list[tuple[int, int, LinkType]], corridor: list[range], margin: int) -> bool:
    last = corridor[-1].stop
    return any(
        (corridor[i].start > 0 and j - corridor[i].start <= margin)
        or (corridor[i].stop < last and corridor[i].stop - 1 - j <= margin)
        for i, j, _ in path
    )


def _link(spans: Spans, i: int, j: int, kind: LinkType) -> Link:
    source, target = range(i - kind.source, i), range(j - kind.target, j)
    score = float(spans(source, kind.target, range(j, j + 1))[0]) if source and target else 0.0
    return Link(tuple(source), tuple(target), round(score, 4))
