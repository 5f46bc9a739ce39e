"""Evidence of length."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from aligner.similarity.evidence import Evidence, confident, sums

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aligner.model import Link
    from aligner.similarity.evidence import Floats, Spans


#: The variance of Gale and Church counts as that of so many links, beside those of the text itself.
BEFOREHAND = 20


@dataclass(frozen=True, slots=True)
class Lengths:
    """How well lengths in characters agree, after Gale and Church (1993): 0 at best, and never under `-worst`.

    Their `variance` is 6.8 a character, squared; texts that follow each other closely have a third of it, and each
    pair of texts shows its own in `rounds` of links.
    """

    variance: float = 6.8
    worst: float = 4.0
    rounds: int = 2

    def __call__(self, source: Sequence[str], target: Sequence[str]) -> Evidence:
        """Prepare two texts; the expected ratio of their lengths is that of the whole texts, then of their links."""
        near, far = (sums([len(text) for text in texts]) for texts in (source, target))
        # Where a side lacks a passage, the ratio of the whole texts says little about a sentence.
        whole = min(max(far[-1] / max(near[-1], 1.0), 2 / 3), 3 / 2)
        return self._evidence(near, far, (whole, self.variance), self.rounds)

    def _evidence(self, near: Floats, far: Floats, shape: tuple[float, float], rounds: int) -> Evidence:
        def learnt(links: Sequence[Link]) -> Evidence:
            sure = confident(links)
            ours = np.array([near[link.source[-1] + 1] - near[link.source[0]] for link in sure])
            theirs = np.array([far[link.target[-1] + 1] - far[link.target[0]] for link in sure])
            ratio = float(theirs.sum() / ours.sum()) if ours.sum() and theirs.sum() else shape[0]
            squares = (theirs - ratio * ours) ** 2 / np.maximum((theirs + ratio * ours) / 2, 1)
            variance = float((squares.sum() + BEFOREHAND * self.variance) / (len(sure) + BEFOREHAND))
            return self._evidence(near, far, (ratio, variance), rounds - 1)

        return Evidence(self._spans(near, far, *shape), learnt=learnt if rounds else None)

    def _spans(self, near: Floats, far: Floats, ratio: float, variance: float) -> Spans:
        def spans(segments: range, size: int, stops: range) -> Floats:
            expected = ratio * (near[segments.stop] - near[segments.start])
            length = far[stops.start : stops.stop] - far[stops.start - size : stops.stop - size]
            # A few characters more, so that short segments may differ by a word.
            deviance = (length - expected) ** 2 / (variance * (length + expected) + 20)
            evidence: Floats = self.worst * np.expm1(-deviance / self.worst)
            return evidence

        return spans
