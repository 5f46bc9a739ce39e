"""How often a word is drawn by chance: how freely two texts translate each other, as links show it."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from aligner.similarity.lexicon import fallen_back, learn
from aligner.similarity.sparse import every

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from aligner.similarity.sparse import Table

    Floats = NDArray[np.float64]

#: Until links show it.
CHANCE = 0.3
#: Fewer links show nothing; of more, so many are looked at.
FEWEST, MOST = 20, 10_000
ITERATIONS = 20
#: Of a text that is all foretold, so much is drawn by chance all the same.
LEAST = 0.25


def chances(links: tuple[Table, Table], spelt: tuple[Table, Table], frequencies: tuple[Floats, Floats]) -> list[float]:
    """Say how often a word of the target, and one of the source, is drawn by chance although the other side is known.

    Row `k` of both `links` has the words of link `k`; `spelt` are the lexicons of spelling, both ways, `frequencies`
    those of the words of both sides. A lexicon foretells too well what it was learnt from, so one half of the links
    says how much a lexicon of the other foretells of it. Squared, since what the whole lexicon cannot foretell is what
    neither half's could.
    """
    if links[0].height < FEWEST:
        return [CHANCE, CHANCE]
    step = 2 * -(-links[0].height // MOST)
    learnt, other = ([every(side, step, first) for side in links] for first in (0, step // 2))
    lexicons = [fallen_back(*both) for both in zip(learn(*learnt), spelt, strict=True)]
    source, target = other
    return [
        _share(source, lexicons[0], target, frequencies[1]) ** 2,
        _share(target, lexicons[1], source, frequencies[0]) ** 2,
    ]


def _share(given: Table, lexicon: Table, drawn: Table, frequencies: Floats) -> float:
    """Estimate, by expectation and maximisation, what share of the words drawn was not foretold by those given.

    Words that the lexicon foretells from none are left out.
    """
    foretold = given.times(lexicon)
    places = foretold.rows * foretold.width + foretold.columns
    wanted = drawn.rows * drawn.width + drawn.columns
    known = np.isin(drawn.columns, lexicon.columns)
    if not len(places) or not known.any():
        return sqrt(CHANCE)
    at = np.minimum(np.searchsorted(places, wanted), len(places) - 1)
    mass = np.where(places[at] == wanted, foretold.values[at], 0.0) / np.maximum(given.sums()[drawn.rows], 1.0)
    ratio = (mass / np.maximum(frequencies[drawn.columns], 1e-12))[known]
    weights = drawn.values[known]
    share = sqrt(CHANCE)
    for _ in range(ITERATIONS):
        share = float((weights * share / (share + (1 - share) * ratio)).sum() / weights.sum())
    return max(share, LEAST)
