"""Which words of one text stand for which of the other: by their spelling, and learnt from links."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import numpy as np

from aligner.similarity.sparse import Table, expand, picked, stacked, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

#: Length of the character n-grams by which spellings are compared; words without one must be equal.
NGRAM = 4
#: Words are cognates from this Dice coefficient of their n-grams on.
COGNATE = 0.5
#: N-grams that more words have than this are endings, which make no cognates.
COMMON_NGRAM = 300
#: A lexicon is learnt from so many links at most: more make it slower, and hardly better.
LEARNT_LINKS = 20_000
ITERATIONS = 4
#: Translations less probable than this are dropped.
LEAST = 0.005


def cognates(source: Sequence[str], target: Sequence[str]) -> Table:
    """Compare words by spelling, whatever their accents: for each source word its similar target words, summing to 1.

    The probability of equal words is 1, or shared among all that are equal but for accents; else the Dice coefficient
    of character n-grams, squared, is what similar words get of 1.
    """
    bare = [[plain(word) for word in words] for words in (source, target)]
    numbers: dict[str, int] = {}
    grams = [_ngrams(words, numbers) for words in bare]
    width = max(len(numbers), 1)
    near, far = (
        table(rows, columns, np.ones(len(rows)), (len(words), width))
        for (rows, columns), words in zip(grams, bare, strict=True)
    )
    postings = far.transposed()
    frequent = np.diff(postings.starts) > COMMON_NGRAM
    kept = ~frequent[near.columns]
    near = table(near.rows[kept], near.columns[kept], near.values[kept], (near.height, width))
    shared = near.times(postings)
    sizes = [np.bincount(rows, minlength=len(words)) for (rows, _), words in zip(grams, bare, strict=True)]
    rows = shared.rows
    dice = 2 * shared.values / np.maximum(sizes[0][rows] + sizes[1][shared.columns], 1)
    good = dice >= COGNATE
    similar = table(rows[good], shared.columns[good], dice[good] ** 2, (len(source), len(target)))
    equal = _equal(bare[0], bare[1])
    has_equal = np.diff(equal.starts) > 0
    # What has its like needs no cognate.
    similar = similar.scaled(np.where(has_equal, 0.0, 1.0 / np.maximum(similar.sums(), 1.0)))
    return stacked(equal.scaled(1 / np.maximum(equal.sums(), 1)), similar)


def _equal(source: Sequence[str], target: Sequence[str]) -> Table:
    places: dict[str, list[int]] = {}
    for j, word in enumerate(target):
        places.setdefault(word, []).append(j)
    found = [(i, j) for i, word in enumerate(source) for j in places.get(word, ())]
    pairs = np.array(found, dtype=np.int64).reshape(-1, 2)
    return table(pairs[:, 0], pairs[:, 1], np.ones(len(pairs)), (len(source), len(target)))


def plain(word: str) -> str:
    """Take the accents off."""
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))


def _ngrams(words: Sequence[str], numbers: dict[str, int]) -> tuple[Integers, Integers]:
    found = [
        (i, numbers.setdefault(gram, len(numbers)))
        for i, word in enumerate(words)
        if len(word) >= NGRAM and word.isalpha()
        for gram in sorted({f" {word} "[k : k + NGRAM] for k in range(len(word) + 3 - NGRAM)})
    ]
    pairs = np.array(found, dtype=np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def learn(source: Table, target: Table) -> tuple[Table, Table]:
    """Learn p(target word | source word), and the reverse; row `k` of both tables has the words of link `k`.

    IBM model 1 (Brown et al. 1993) on the different words of each link; its empty word draws words as often as they
    are. What was seen rarely sums to less than 1.
    """
    step = -(-source.height // LEARNT_LINKS)
    source, target = (
        (picked(one, np.arange(0, one.height, step)) for one in (source, target)) if step > 1 else (source, target)
    )
    # All pairs of a source and a target word of one link.
    places, near = expand(source.starts[:-1], source.starts[1:])
    pair, far = expand(target.starts[places], target.starts[places + 1])
    near = near[pair]
    cells, inverse = np.unique(source.columns[near] * target.width + target.columns[far], return_inverse=True)
    words = cells // target.width, cells % target.width
    shape = (source.width, target.width)
    forward = _expected(inverse, far, target, words[0], shape[0])
    backward = _expected(inverse, near, source, words[1], shape[1])
    keep = forward >= LEAST
    there = table(words[0][keep], words[1][keep], forward[keep], shape)
    keep = backward >= LEAST
    return there, table(words[1][keep], words[0][keep], backward[keep], (shape[1], shape[0]))


def _expected(cells: Integers, drawn: Integers, side: Table, given: Integers, givens: int) -> Floats:
    """Give the probability of each cell, given one of its words; `drawn` is the entry of `side` that a pair draws."""
    frequency = np.bincount(side.columns, minlength=side.width) / max(len(side.columns), 1)
    empty = frequency[side.columns]
    probability = np.full(len(given), 1 / max(side.width, 1))
    for iteration in range(ITERATIONS):
        shares = probability[cells]
        whole: Floats = np.bincount(drawn, shares, minlength=len(side.columns)).astype(np.float64)
        # At first, when all words are alike to it, the empty word would take everything.
        if iteration:
            whole = whole + empty
        counts = np.bincount(cells, shares / np.maximum(whole[drawn], 1e-300), minlength=len(given))
        # One count more, so that what was seen once is not certain: it may have been seen in a link that is wrong.
        probability = counts / (np.bincount(given, counts, minlength=givens)[given] + 1.0)
    return probability


def fallen_back(learnt: Table, spelt: Table) -> Table:
    """Fill up the rows of a learnt lexicon with what spelling says."""
    return stacked(learnt, spelt.scaled(np.maximum(1 - learnt.sums(), 0)))
