"""Dynamic programming over the links of two texts, inside a corridor."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from aligner.model import Link

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]
    #: For each number of source segments, the numbers of target segments that may be linked by then.
    Corridor = list[range]


class Evidence(Protocol):
    """What speaks for the links between two texts."""

    @property
    def spans(self) -> Callable[[range, int, range], Floats]:
        """Weigh source segments taken together against the `size` target segments before each of `stops`.

        In nats: 0 for segments that have nothing to do with each other or too little to tell.
        """

    @property
    def anchors(self) -> Callable[[], tuple[Integers, Integers, Floats]]:
        """Propose pairs of segments from anywhere in the texts, as source segments, target segments and weights."""

    @property
    def learnt(self) -> Callable[[Sequence[Link]], Evidence] | None:
        """Learn better evidence from links; None for evidence that learns nothing more."""


class Scorer(Protocol):
    """Prepares the evidence for every link between two non-empty texts."""

    def __call__(self, source: Sequence[str], target: Sequence[str], /) -> Evidence: ...


class LinkType(NamedTuple):
    """How many segments a link takes on each side, and how probable that is beforehand, as a logarithm."""

    source: int
    target: int
    prior: float


class Step(NamedTuple):
    """A link of a path by where it ends: the numbers of source and target segments linked by then."""

    source: int
    target: int
    kind: LinkType


#: A segment without a link; less probable than in a tidy text, since what else it could be linked with is bad evidence.
NULL = -3.0
#: Until a text shows how often it has which; ties go to the first. That larger links are rare keeps segments from
#: joining their neighbours for a shared word.
LINK_TYPES = (
    LinkType(1, 1, -0.3),
    LinkType(1, 0, NULL),
    LinkType(0, 1, NULL),
    LinkType(1, 2, -2.5),
    LinkType(2, 1, -2.5),
    LinkType(2, 2, -4.5),  # two sentences reordered, or cut at another place
    LinkType(1, 3, -4.0),
    LinkType(3, 1, -4.0),
    LinkType(2, 3, -5.0),
    LinkType(3, 2, -5.0),
    LinkType(1, 4, -5.0),
    LinkType(4, 1, -5.0),
    LinkType(3, 3, -6.0),
    LinkType(2, 4, -6.0),
    LinkType(4, 2, -6.0),
    LinkType(1, 5, -6.0),
    LinkType(5, 1, -6.0),
)
#: The place among the types of a target segment without a link, which `search` follows along rows.
TARGET_NULL = LINK_TYPES.index(LinkType(0, 1, NULL))
_LONGEST = max(kind.source for kind in LINK_TYPES)


def gain(evidence: Evidence, kind: LinkType, i: int, ends: range) -> Floats:
    """Give how probable links of a type are that end at a source segment and at each of a range of target segments."""
    if kind.source == 0 or kind.target == 0:
        return np.full(len(ends), kind.prior)
    return evidence.spans(range(i - kind.source, i), kind.target, ends) + kind.prior


def search(evidence: Evidence, corridor: Corridor, kinds: Sequence[LinkType] = LINK_TYPES) -> list[Step]:
    """Find the most probable path through the corridor, from nothing linked to all; a byte of memory a cell."""
    rows: deque[Floats] = deque(maxlen=_LONGEST)
    null = kinds[TARGET_NULL].prior
    chosen: list[NDArray[np.int8]] = []
    for i, stops in enumerate(corridor):
        best = np.full(len(stops), -np.inf)
        last = np.full(len(stops), TARGET_NULL, dtype=np.int8)
        if i == 0:
            best[0] = 0.0
        for number, kind in enumerate(kinds):
            if not 0 < kind.source <= i:
                continue
            ends = reached(corridor, i, kind)
            if not ends:
                continue
            before = corridor[i - kind.source].start + kind.target
            total = rows[-kind.source][ends.start - before : ends.stop - before] + gain(evidence, kind, i, ends)
            here = slice(ends.start - stops.start, ends.stop - stops.start)
            last[here][total > best[here]] = number
            np.maximum(best[here], total, out=best[here])
        # The best of a row is carried to its right by links 0-1, each for the price of a null.
        level = best - np.arange(len(stops)) * null
        carried = np.maximum.accumulate(level)
        right = carried > level
        last[right] = TARGET_NULL
        best[right] = (carried + np.arange(len(stops)) * null)[right]
        rows.append(best)
        chosen.append(last)
    return _path(chosen, corridor, kinds)


def reached(corridor: Corridor, i: int, kind: LinkType) -> range:
    """List where links of a type can end in a row, that began inside the corridor too."""
    before = corridor[i - kind.source]
    return range(max(corridor[i].start, before.start + kind.target), min(corridor[i].stop, before.stop + kind.target))


def _path(chosen: list[NDArray[np.int8]], corridor: Corridor, kinds: Sequence[LinkType]) -> list[Step]:
    i, j = len(corridor) - 1, corridor[-1].stop - 1
    path = []
    while i or j:
        kind = kinds[chosen[i][j - corridor[i].start]]
        path.append(Step(i, j, kind))
        i, j = i - kind.source, j - kind.target
    return path[::-1]
