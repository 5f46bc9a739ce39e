"""How alike segments are: pure scorers for alignment, each preparing the scores, in 0..1, of every link of two texts.

All score a link of several segments as if each side were one text, yet build none: what they count adds up.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]
    #: Source segments, a number of target segments, and where these may end: a score for each end.
    Spans = Callable[[range, int, range], Floats]
    Scorer = Callable[[Sequence[str], Sequence[str]], Spans]

#: Words, and marks each for itself.
_TOKEN = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class CharacterNgrams:
    """Cosine of the words, and of the character n-grams inside words, that two texts of one language share, by tf-idf.

    Thanks to the n-grams, half-translated and misspelt words match too. What all segments have in common (their mean)
    is projected out, after Arora, Liang and Ma (2017), so that unrelated texts score about 0 however long they are.
    """

    size: int = 4

    def __call__(self, source: Sequence[str], target: Sequence[str]) -> Spans:
        """Prepare two texts; memory is proportional to their length, however many links there are."""
        near, far = _vectors(source, target, self.size)
        near_norms, far_norms = _norms(near), _norms(far)
        products = _products(near, far)

        def spans(segments: range, size: int, stops: range) -> Floats:
            ends, starts = _ends(size, stops)
            product = np.zeros(len(stops))
            for i in segments:
                product += products(i)[ends] - products(i)[starts]
            common = near.common[segments.stop] - near.common[segments.start]
            product -= common * (far.common[ends] - far.common[starts])
            norms = near_norms(len(segments))[segments.stop] * far_norms(size)[ends]
            np.divide(product, norms, out=product, where=norms > 0)
            return product.clip(0.0, 1.0)

        return spans


@dataclass(frozen=True, slots=True)
class Lengths:
    """How well the lengths in characters agree, after Gale and Church (1993): 1 for a translation of expected length.

    Of their normal density only the shape is kept. Their variance of 6.8 a character is for human translations; what
    a weak model makes of a sentence varies more.
    """

    variance: float = 20.0

    def __call__(self, source: Sequence[str], target: Sequence[str]) -> Spans:
        """Prepare two texts; the expected ratio of their lengths is that of the whole texts, within reason."""
        near, far = (_sums([len(text) for text in texts]) for texts in (source, target))
        # Where a side lacks a passage, the ratio of the whole texts says little about a sentence.
        ratio = min(max(far[-1] / max(near[-1], 1.0), 2 / 3), 3 / 2)

        def spans(segments: range, size: int, stops: range) -> Floats:
            ends, starts = _ends(size, stops)
            expected = ratio * (near[segments.stop] - near[segments.start])
            length = far[ends] - far[starts]
            # One more, so that two empty texts agree.
            score: Floats = np.exp(-((length - expected) ** 2) / (self.variance * (length + expected) + 1))
            return score

        return spans


@dataclass(frozen=True, slots=True)
class Blend:
    """A weighted sum of scorers; with weights that sum to 1 it is in 0..1 as they are."""

    parts: tuple[tuple[Scorer, float], ...]

    def __call__(self, source: Sequence[str], target: Sequence[str]) -> Spans:
        """Prepare two texts for every part."""
        prepared = [(scorer(source, target), weight) for scorer, weight in self.parts]

        def spans(segments: range, size: int, stops: range) -> Floats:
            score = np.zeros(len(stops))
            for part, weight in prepared:
                score += weight * part(segments, size, stops)
            return score

        return spans


#: Aligns a machine translation with a human one. Content says which sentences belong together as far as the model is
#: good enough, length the rest; from 0.3 to 0.45 of length, links came out equally right.
PIVOT = Blend(((CharacterNgrams(), 0.65), (Lengths(), 0.35)))


@dataclass(frozen=True, slots=True)
class _Vectors:
    """The sparse tf-idf vectors of a text's segments: entries sorted by segment, then by n-gram.

    `common` sums, over the first 0, 1, 2… segments, how much of what all segments have in common is in them.
    """

    segments: Integers
    grams: Integers
    values: Floats
    common: Floats

    @property
    def count(self) -> int:
        return len(self.common) - 1


def _vectors(source: Sequence[str], target: Sequence[str], size: int) -> tuple[_Vectors, _Vectors]:
    vocabulary: dict[str, int] = {}
    counted = [_entries(texts, vocabulary, size) for texts in (source, target)]
    frequencies, mean = np.zeros(len(vocabulary)), np.zeros(len(vocabulary))
    for _, grams, counts in counted:
        frequencies += np.bincount(grams, minlength=len(vocabulary))
        mean += np.bincount(grams, counts, minlength=len(vocabulary))
    idf = np.log1p((len(source) + len(target)) / frequencies)
    mean *= idf
    # The fewer the segments, the more their mean is what they say; of a single one it would leave nothing.
    mean *= np.sqrt(1 - 1 / min(len(source), len(target))) / max(np.sqrt(mean @ mean), 1e-9)

    def vectors(texts: Sequence[str], segments: Integers, grams: Integers, counts: Floats) -> _Vectors:
        values = counts * idf[grams]
        common = _sums(np.bincount(segments, values * mean[grams], minlength=len(texts)))
        return _Vectors(segments, grams, values, common)

    return vectors(source, *counted[0]), vectors(target, *counted[1])


def _entries(texts: Sequence[str], vocabulary: dict[str, int], size: int) -> tuple[Integers, Integers, Floats]:
    """Count n-grams: for each segment and each of its n-grams the segment, the n-gram's number and the count."""
    entries = [
        (i, gram, count)
        for i, text in enumerate(texts)
        for gram, count in sorted(
            Counter(vocabulary.setdefault(g, len(vocabulary)) for g in _grams(text, size)).items()
        )
    ]
    table = np.array(entries, dtype=np.int64).reshape(-1, 3)
    return table[:, 0], table[:, 1], table[:, 2].astype(np.float64)


def _grams(text: str, size: int) -> Iterator[str]:
    """Yield each word between spaces, and its n-grams; none reaches across words, so those of segments add up."""
    for word in _TOKEN.findall(text.casefold()):
        spaced = f" {word} "
        yield spaced
        if len(spaced) > size:
            yield from (spaced[k : k + size] for k in range(len(spaced) - size + 1))


def _products(near: _Vectors, far: _Vectors) -> Callable[[int], Floats]:
    """Give the scalar products of a segment with all of the other side's, summed over the first 0, 1, 2… of these."""
    order = np.argsort(far.grams, kind="stable")
    segments, grams, values = far.segments[order], far.grams[order], far.values[order]
    # Where the n-gram of each of the near entries has its far ones.
    first, last = np.searchsorted(grams, near.grams, "left"), np.searchsorted(grams, near.grams, "right")
    rows = np.searchsorted(near.segments, np.arange(near.count + 1))

    @lru_cache(maxsize=8)  # neighbouring links ask for the same few segments
    def products(segment: int) -> Floats:
        row = slice(rows[segment], rows[segment + 1])
        counts = last[row] - first[row]
        before = np.cumsum(counts) - counts
        found = np.arange(counts.sum()) + np.repeat(first[row] - before, counts)
        terms = values[found] * np.repeat(near.values[row], counts)
        return _sums(np.bincount(segments[found], terms, minlength=far.count))

    return products


def _norms(side: _Vectors) -> Callable[[int], Floats]:
    """Give the norms of the sums of so many consecutive vectors, by where they end; 0 where there are too few."""
    width = int(side.grams.max(initial=0)) + 1
    keys = side.segments * width + side.grams

    @lru_cache
    def products(lag: int) -> Floats:
        """Sum, over the first 0, 1, 2… segments, the scalar product of each with the one `lag` further on."""
        wanted = keys + lag * width
        found = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        same = keys[found] == wanted
        terms = side.values[same] * side.values[found[same]]
        return _sums(np.bincount(side.segments[same], terms, minlength=side.count))

    @lru_cache
    def norms(size: int) -> Floats:
        squares = np.zeros(side.count + 1)
        squares[size:] = -((side.common[size:] - side.common[:-size]) ** 2)
        for lag in range(size):
            sums = products(lag)
            squares[size:] += (2 if lag else 1) * (sums[size - lag : len(sums) - lag] - sums[:-size])
        return np.sqrt(np.maximum(squares, 0))

    return norms


def _ends(size: int, stops: range) -> tuple[slice, slice]:
    """Give where, in sums over the first 0, 1, 2… segments, those of `size` segments before each stop end and start."""
    return slice(stops.start, stops.stop), slice(stops.start - size, stops.stop - size)


def _sums(values: ArrayLike) -> Floats:
    return np.concatenate(([0.0], np.cumsum(values, dtype=np.float64)))
