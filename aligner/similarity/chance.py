"""How often a word is drawn by chance: how freely two texts translate each other, as links show it."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from aligner.similarity.lexicon import fallen_back, learn
from aligner.similarity.sparse import picked

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from aligner.similarity.sparse import Table

    Floats = NDArray[np.float64]

#: Until links show it.
CHANCE = 0.3
#: Fewer links of a half show nothing; of more, so many are looked at.
FEWEST, MOST = 10, 10_000
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
    step = 2 * max(1, -(-links[0].height // MOST))
    halves = [np.arange(first, links[0].height, step) for first in (0, step // 2)]
    # What stands in both halves, as formulas and passages that return do, would be foretold too well again.
    kinds = _fingerprints(links[0])
    halves[1] = halves[1][~np.isin(kinds[halves[1]], kinds[halves[0]])]
    if len(halves[1]) < FEWEST:
        return [CHANCE, CHANCE]
    lexicons = [
        fallen_back(*both) for both in zip(learn(*(picked(side, halves[0]) for side in links)), spelt, strict=True)
    ]
    source, target = (picked(side, halves[1]) for side in links)
    return [
        _share(source, lexicons[0], target, frequencies[1]) ** 2,
        _share(target, lexicons[1], source, frequencies[0]) ** 2,
    ]


def _fingerprints(links: Table) -> Floats:
    """Give rows of the same words the same number."""
    numbers = np.random.default_rng(0).random(links.width)
    found: Floats = replace(links, values=links.values * numbers[links.columns]).sums().round(9)
    return found


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
