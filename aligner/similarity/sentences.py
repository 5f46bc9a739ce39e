"""Evidence of sentences: a link has as many on both sides, wherever its segments were cut."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from aligner.similarity.evidence import Evidence, confident

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aligner.model import Link
    from aligner.similarity.evidence import Floats, Integers

#: What ends a sentence, and the first letter or digit of what follows, behind few signs.
_END = re.compile(r"[.!?…][\"'”’»)\]]{0,9}\s\W{0,9}(\w)")
_FIRST = re.compile(r"\w")
#: So many links are taken to show that numbers of sentences agree as by chance, beside those that are looked at.
DOUBT = 10


@dataclass(frozen=True, slots=True)
class Sentences:
    """How much more often linked segments have equal numbers of sentences than others do, as links show it.

    Links of as many segments on both sides and links of more on one side are counted apart, each against segments
    taken at random. So this says nothing where every segment is a sentence, and the type of a link says all; where
    segments are parts of sentences or several, it tells what was cut in two from what has a stranger beside it.
    Nothing is known before links are seen.
    """

    rounds: int = 2

    def __call__(self, source: Sequence[str], target: Sequence[str]) -> Evidence:
        """Find where the sentences of two texts end."""
        return _evidence(_Side.read(source), _Side.read(target), np.zeros((2, 2)), self.rounds)


@dataclass(frozen=True, slots=True)
class _Side:
    """How many sentences of a text have begun once each of its segments has begun, and once it ends."""

    opened: Integers
    closed: Integers

    @staticmethod
    def read(segments: Sequence[str]) -> _Side:
        opens = np.array([not (first := _FIRST.search(text)) or not first[0].islower() for text in segments], np.int64)
        inside = [sum(found.isupper() for found in _END.findall(text)) for text in segments]
        closed = np.cumsum(opens + inside)
        return _Side(closed - inside, closed)

    def ends(self, first: Integers | slice, last: Integers | slice) -> Integers:
        """Count the sentences that end inside segments taken together, before the last one does."""
        ends: Integers = self.closed[last] - self.opened[first]
        return ends

    def shares(self, size: int) -> Floats:
        """Give what share of all neighbouring segments, `size` taken together, has 0, 1, 2… such ends."""
        found = self.ends(slice(max(len(self.opened) - size + 1, 0)), slice(size - 1, None))
        shares: Floats = np.bincount(found) / max(len(found), 1)
        return shares


def _evidence(near: _Side, far: _Side, odds: Floats, rounds: int) -> Evidence:
    known = odds.any()

    def spans(segments: range, size: int, stops: range) -> Floats:
        if not known:
            return np.zeros(len(stops))
        ours = near.closed[segments.stop - 1] - near.opened[segments.start]
        theirs = far.ends(slice(stops.start - size, stops.stop - size), slice(stops.start - 1, stops.stop - 1))
        unequal, equal = odds[int(len(segments) != size)]
        found: Floats = np.where(theirs == ours, equal, unequal)
        return found

    def learnt(links: Sequence[Link]) -> Evidence:
        sure = confident(links)
        if not sure:
            return _evidence(near, far, odds, rounds - 1)
        ours, theirs = (
            text.ends(np.array([ends[0] for ends in side]), np.array([ends[-1] for ends in side]))
            for text, side in ((near, [link.source for link in sure]), (far, [link.target for link in sure]))
        )
        uneven = np.array([len(link.source) != len(link.target) for link in sure])
        found = np.zeros((2, 2))
        np.add.at(found, (uneven.astype(int), (ours == theirs).astype(int)), 1.0)
        even = _together(near, far, 1, 1)
        either = (_together(near, far, 1, 2) + _together(near, far, 2, 1)) / 2
        chance = np.array([[1 - even, even], [1 - either, either]]).clip(1e-3)
        better = np.log((found + DOUBT * chance) / (found.sum(1, keepdims=True) + DOUBT) / chance)
        return _evidence(near, far, better, rounds - 1)

    return Evidence(spans, learnt=learnt if rounds else None)


def _together(near: _Side, far: _Side, size: int, other: int) -> float:
    """Give how often segments taken at random have equal numbers of ends, `size` of one text and `other` of another."""
    ours, theirs = near.shares(size), far.shares(other)
    shorter = min(len(ours), len(theirs))
    return float(ours[:shorter] @ theirs[:shorter])
