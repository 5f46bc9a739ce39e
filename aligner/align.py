"""Sentence alignment: the best monotone m-n links between two texts, by dynamic programming over any scorer."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from aligner.model import Link

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


class Spans(Protocol):
    """Scores of links between two texts that a scorer has prepared."""

    def __call__(self, source: range, size: int, stops: range, /) -> Floats:
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
SKIP = 0.05
#: A segment counts in proportion to this power of its length. Were all worth the same (0), a line that one side lacks,
#: such as "Top of page", would gladly join its neighbour, whose score it hardly lowers.
LENGTH_POWER = 0.3
#: Segments on each side of the diagonal that are compared at first; shorter texts are compared in full.
BAND = 200

_TARGET_NULL = LINK_TYPES.index(LinkType(0, 1))
_LONGEST = max(kind.source for kind in LINK_TYPES)


def align(source: Sequence[str], target: Sequence[str], scorer: Scorer, *, band: int = BAND) -> tuple[Link, ...]:
    """Link every segment of both sides, in order, each exactly once; a null link has an empty side and scores 0.

    The links maximise the sum of `weight * (score - SKIP) - penalty`, where a link's weight is half the sum of its
    segments' (1 for one of average length). Segments that changed places share a link if they are neighbours.

    Only segments within `band` of the diagonal are compared; when the best path comes near the band's edge, the band
    is doubled and the search starts again. Time and memory (a byte a cell) are proportional to the band's area. A
    passage longer than `band` that one side lacks can go unnoticed.
    """
    if not source or not target:
        return (*(Link((i,), (), 0.0) for i in range(len(source))), *(Link((), (j,), 0.0) for j in range(len(target))))
    spans = scorer(source, target)
    gains = _gains(spans, _weights(source), _weights(target))
    # Neighbouring rows must overlap, however steep the diagonal.
    half = max(band, 2 * len(target) // len(source))
    while True:
        corridor = _corridor(len(source), len(target), half)
        path = _path(_search(gains, corridor), corridor)
        if not _near_edge(path, corridor, half // 10):
            return tuple(_link(spans, i, j, kind) for i, j, kind in path)
        half *= 2


def _weights(texts: Sequence[str]) -> Floats:
    """Sum the weights of the first 0, 1, 2… segments."""
    # One more, so that an empty segment weighs something too.
    lengths = np.array([len(text) + 1 for text in texts])
    return np.concatenate(([0.0], np.cumsum((lengths / lengths.mean()) ** LENGTH_POWER)))


def _gains(spans: Spans, near: Floats, far: Floats) -> Callable[[LinkType, int, range], Floats]:
    """Give what links of a type gain that end at a source segment and at each of a range of target segments."""

    def gains(kind: LinkType, i: int, ends: range) -> Floats:
        if kind.target == 0:
            return np.zeros(len(ends))
        m, n, penalty = kind
        theirs = far[ends.start : ends.stop] - far[ends.start - n : ends.stop - n]
        weights = (near[i] - near[i - m] + theirs) / 2
        gain: Floats = weights * (spans(range(i - m, i), n, ends) - SKIP) - penalty
        return gain

    return gains


def _corridor(source: int, target: int, half: int) -> list[range]:
    """List, for each number of source segments, the numbers of target segments that may be linked by then."""
    centres = (target * i // source for i in range(source + 1))
    return [range(max(0, centre - half), min(target, centre + half) + 1) for centre in centres]


def _search(gains: Callable[[LinkType, int, range], Floats], corridor: list[range]) -> list[NDArray[np.int8]]:
    """Find, for every cell of the corridor, the type of the last link on the best path to it."""
    # All rows have all columns, so that they can be added; what is outside the corridor stays unreachable.
    columns = corridor[-1].stop
    rows: deque[Floats] = deque(maxlen=_LONGEST)
    chosen = []
    for i, stops in enumerate(corridor):
        best = np.full(columns, -np.inf)
        kinds = np.full(columns, _TARGET_NULL, dtype=np.int8)
        if i == 0:
            best[0] = 0.0
        for number, kind in enumerate(LINK_TYPES):
            ends = range(max(stops.start, kind.target), stops.stop)
            if not 0 < kind.source <= i or not ends:
                continue
            total = rows[-kind.source][ends.start - kind.target : ends.stop - kind.target] + gains(kind, i, ends)
            kinds[ends.start : ends.stop][total > best[ends.start : ends.stop]] = number
            np.maximum(best[ends.start : ends.stop], total, out=best[ends.start : ends.stop])
        # 0-1 links gain nothing, so the best of a row is carried to its right.
        inside = slice(stops.start, stops.stop)
        carried = np.maximum.accumulate(best[inside])
        kinds[inside][carried > best[inside]] = _TARGET_NULL
        best[inside] = carried
        rows.append(best)
        chosen.append(kinds[inside].copy())
    return chosen


def _path(chosen: list[NDArray[np.int8]], corridor: list[range]) -> list[tuple[int, int, LinkType]]:
    """List the links of the best path to the end, each with where it ends on both sides."""
    i, j = len(corridor) - 1, corridor[-1].stop - 1
    path = []
    while i or j:
        kind = LINK_TYPES[chosen[i][j - corridor[i].start]]
        path.append((i, j, kind))
        i, j = i - kind.source, j - kind.target
    return path[::-1]


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
