"""Evidence of layout: blocks that begin in the same places of both texts, and links that keep inside a block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from aligner.similarity.evidence import Evidence, confident

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aligner.model import Link
    from aligner.similarity.evidence import Floats, Integers

#: So many links are taken to show that layouts have nothing to do with each other, beside those that are looked at.
DOUBT = 10


@dataclass(frozen=True, slots=True)
class Layout:
    """How much more often blocks of each kind begin together in linked segments than by chance, as links show it.

    For each segment of both sides, `source` and `target` say what kind of block it opens; an empty text where it
    opens none. Nothing is known before links are seen, so that layouts which do not agree say nothing.
    """

    source: tuple[str, ...]
    target: tuple[str, ...]
    rounds: int = 2

    def __call__(self, source: Sequence[str], target: Sequence[str]) -> Evidence:
        """Prepare two texts, which must have as many segments as were described."""
        near, far = _Side.read(self.source), _Side.read(self.target)
        return _evidence(near, far, np.zeros((near.kinds, far.kinds)), (0.0, 0.0), self.rounds)


@dataclass(frozen=True, slots=True)
class _Side:
    """A text's segments by the kind of block that they open, as a number; 0 for none.

    `before` says how many of the first 0, 1, 2… segments open a block.
    """

    opened: Integers
    before: Integers
    kinds: int

    @staticmethod
    def read(openings: Sequence[str]) -> _Side:
        numbers = {"": 0}
        opened = np.array([numbers.setdefault(kind, len(numbers)) for kind in openings], dtype=np.int64)
        return _Side(opened, np.concatenate(([0], np.cumsum(opened > 0))), len(numbers))

    def crossing(self, starts: Integers, stops: Integers) -> float:
        """Give the log-odds of a block that opens inside a link, against one that opens anywhere; never over 0."""
        inside = float((self.before[stops] - self.before[starts + 1]).sum())
        anywhere = self.before[-1] / len(self.opened)
        share = (inside + DOUBT * anywhere) / (float((stops - starts - 1).sum()) + DOUBT)
        return float(min(np.log(share / anywhere), 0.0)) if anywhere else 0.0


def _evidence(near: _Side, far: _Side, odds: Floats, crossing: tuple[float, float], rounds: int) -> Evidence:
    def spans(segments: range, size: int, stops: range) -> Floats:
        starts = slice(stops.start - size, stops.stop - size)
        found: Floats = odds[near.opened[segments.start], far.opened[starts]]
        if len(segments) > 1:
            found = found + crossing[0] * (near.before[segments.stop] - near.before[segments.start + 1])
        if size > 1:
            after = slice(starts.start + 1, starts.stop + 1)
            found = found + crossing[1] * (far.before[stops.start : stops.stop] - far.before[after])
        return found

    def learnt(links: Sequence[Link]) -> Evidence:
        sure = confident(links)
        ours, theirs = (
            (np.array([ends[0] for ends in side], np.int64), np.array([ends[-1] + 1 for ends in side], np.int64))
            for side in ([link.source for link in sure], [link.target for link in sure])
        )
        together = np.full(odds.shape, 1e-3)
        np.add.at(together, (near.opened[ours[0]], far.opened[theirs[0]]), 1.0)
        chance = together.sum(1, keepdims=True) * together.sum(0) / together.sum()
        better = np.log((together + chance * DOUBT / len(sure)) / (1 + DOUBT / len(sure)) / chance) if sure else odds
        return _evidence(near, far, better, (near.crossing(*ours), far.crossing(*theirs)), rounds - 1)

    return Evidence(spans, learnt=learnt if rounds else None)
