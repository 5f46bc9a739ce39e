"""What every scorer of this room gives: evidence for links, and sums of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import ArrayLike, NDArray

    from aligner.model import Link

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]
    #: Source segments, a number of target segments, and where these may end: evidence for each end.
    Spans = Callable[[range, int, range], Floats]
    #: Source segments, target segments that may belong to them, and how much speaks for each of these pairs.
    Anchors = tuple[Integers, Integers, Floats]
    Scorer = Callable[[Sequence[str], Sequence[str]], "Evidence"]

#: A link that scores less is not learnt from: what is learnt from all is worse.
CONFIDENT = 0.5


def confident(links: Sequence[Link]) -> list[Link]:
    """Take the links that scorers learn from: with text on both sides, and probable."""
    return [link for link in links if link.source and link.target and link.score >= CONFIDENT]


def _no_anchors() -> Anchors:
    return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a scorer makes of two texts.

    `spans` gives log-odds, in nats, that segments are translations of each other rather than of something else;
    `anchors` proposes pairs of segments anywhere in the texts; `learnt` is what it makes of them once it was shown
    links; it is None where nothing more is learnt.
    """

    spans: Spans
    anchors: Callable[[], Anchors] = _no_anchors
    learnt: Callable[[Sequence[Link]], Evidence] | None = None


@dataclass(frozen=True, slots=True)
class Sum:
    """Evidence of several scorers, each with its weight; anchors are those of the first that has any."""

    parts: tuple[tuple[Scorer, float], ...]

    def __call__(self, source: Sequence[str], target: Sequence[str]) -> Evidence:
        """Prepare two texts for every part."""
        return _sum([(scorer(source, target), weight) for scorer, weight in self.parts])


def _sum(parts: Sequence[tuple[Evidence, float]]) -> Evidence:
    def spans(segments: range, size: int, stops: range) -> Floats:
        total = np.zeros(len(stops))
        for one, weight in parts:
            total += weight * one.spans(segments, size, stops)
        return total

    def anchors() -> Anchors:
        found = (one.anchors() for one, _ in parts)
        return next((one for one in found if len(one[0])), _no_anchors())

    def learnt(links: Sequence[Link]) -> Evidence:
        return _sum([(one.learnt(links) if one.learnt else one, weight) for one, weight in parts])

    return Evidence(spans, anchors, learnt if any(one.learnt for one, _ in parts) else None)


def sums(values: ArrayLike) -> Floats:
    """Sum the first 0, 1, 2… values."""
    return np.concatenate(([0.0], np.cumsum(values, dtype=np.float64)))
