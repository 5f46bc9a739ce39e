"""Evidence of words: how much better the words of one side are foretold by the other side than by chance."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from aligner.similarity.chance import CHANCE, chances
from aligner.similarity.evidence import Evidence, confident, sums
from aligner.similarity.lexicon import cognates, fallen_back, learn
from aligner.similarity.sparse import Table, expand, table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from aligner.model import Link
    from aligner.similarity.evidence import Anchors, Floats, Integers

#: Words, and the marks that translators keep.
_TOKEN = re.compile(r"\w+|[?!]")
#: A text is a part of a longer one: its words are as rare as if it had so many more, of other kinds. In a short text,
#: every word would else seem frequent.
ELSEWHERE = 1000
#: For each word of a segment, so many segments of the other side that may have it are looked at, and so many of them
#: kept a segment.
POSTINGS, PROPOSED = 16, 3
#: Words in more than this share of the segments (and in more than two POSTINGS) propose nothing.
COMMON = 0.02
#: Only words foretold this surely propose something; so many source segments are looked at together.
PROBABLE, ROWS = 0.1, 2000
#: Segments further on than asked for that are computed along, since the next link asks for them.
AHEAD = 32


@dataclass(frozen=True, slots=True)
class Words:
    """Log-odds of the words of both sides, by a lexicon: spelling (names, numbers, cognates), then learnt from links.

    What is learnt too is how often a word is drawn by chance, more often in a free translation.

    After Moore (2002), with both directions of IBM model 1. `translate` makes drafts of the source in the target's
    language, whose words count along with the source's, and `back` drafts of the target in the source's. `forms`
    has what terms are in the target's language, such as acronyms. `rounds` says how often it learns. Where both
    texts are in `one_language`, a word that the other side lacks speaks against a link at once; else only once it
    is known what it would be there.
    """

    translate: Callable[[Sequence[str]], Sequence[str]] | None = None
    forms: Mapping[str, str] | None = None
    rounds: int = 2
    one_language: bool = False
    back: Callable[[Sequence[str]], Sequence[str]] | None = None

    def __call__(self, source: Sequence[str], target: Sequence[str]) -> Evidence:
        """Prepare two texts: read their words, translate them where there is a way to."""
        near, far = (
            _Side.read([_words(text) for text in texts], [_words(text) for text in draft(texts)] if draft else None)
            for texts, draft in ((source, self.translate), (target, self.back))
        )
        spelt = cognates(near.spellings, far.spellings), cognates(far.spellings, near.spellings)
        if self.forms:
            given = _given(self.forms, near, far)
            spelt = fallen_back(given, spelt[0]), fallen_back(given.transposed(), spelt[1])
        return _evidence(near, far, spelt, spelt, (CHANCE, CHANCE), self)


@dataclass(frozen=True, slots=True)
class _Side:
    """The words of a text: how often each segment has each.

    A draft's words are words of their own, with the same spelling. `weight` makes both together count as one text.
    """

    counts: Table
    spellings: tuple[str, ...]
    frequencies: Floats
    weight: float

    @staticmethod
    def read(segments: Sequence[Sequence[str]], drafts: Sequence[Sequence[str]] | None = None) -> _Side:
        numbers: dict[tuple[str, bool], int] = {}
        found = [
            (i, numbers.setdefault((word, drafted), len(numbers)))
            for drafted, texts in ((False, segments), (True, drafts or ()))
            for i, words in enumerate(texts)
            for word in words
        ]
        pairs = np.array(found, dtype=np.int64).reshape(-1, 2)
        counts = table(pairs[:, 0], pairs[:, 1], np.ones(len(pairs)), (len(segments), len(numbers)))
        frequencies = np.bincount(counts.columns, counts.values, minlength=len(numbers)) / (len(pairs) + ELSEWHERE)
        return _Side(counts, tuple(word for word, _ in numbers), frequencies, 1.0 if drafts is None else 0.5)


def _words(text: str) -> list[str]:
    return _TOKEN.findall(text.casefold())


def _given(forms: Mapping[str, str], near: _Side, far: _Side) -> Table:
    """Make a lexicon of terms: each word of a term may become each word of its target."""
    places = {word: j for j, word in enumerate(far.spellings)}
    theirs: dict[str, dict[int, float]] = {}
    for form, translation in forms.items():
        found = [places[word] for word in _words(translation) if word in places]
        for word in _words(form):
            theirs.setdefault(word, {}).update(dict.fromkeys(found, 1 / max(len(found), 1)))
    cells = [(i, j, p) for i, word in enumerate(near.spellings) for j, p in theirs.get(word, {}).items()]
    rows, columns, values = (np.array(column) for column in (zip(*cells, strict=True) if cells else ((), (), ())))
    made = table(rows.astype(np.int64), columns.astype(np.int64), values, (len(near.spellings), len(far.spellings)))
    return made.scaled(1 / np.maximum(made.sums(), 1))


def _evidence(
    near: _Side,
    far: _Side,
    spelt: tuple[Table, Table],
    lexicons: tuple[Table, Table],
    by_chance: Sequence[float],
    how: Words,
) -> Evidence:
    # What each segment foretells of the other side, by the words there.
    foretold = near.counts.times(lexicons[0])
    hindsight = far.counts.times(lexicons[1])
    known = [_known(lexicon, every=how.one_language) for lexicon in lexicons]
    theirs = _theirs(near, far, foretold, known[0], by_chance[0])
    ours = _ours(near, far, hindsight, known[1], by_chance[1])

    def spans(segments: range, size: int, stops: range) -> Floats:
        total = theirs(segments, size, stops)
        for i in segments:
            total += ours(i, size, stops)
        return total / 2

    def learnt(links: Sequence[Link]) -> Evidence:
        sure = confident(links)
        if not sure:
            return _evidence(near, far, spelt, lexicons, by_chance, replace(how, rounds=how.rounds - 1))
        sides = (
            _linked(near.counts, [link.source for link in sure]),
            _linked(far.counts, [link.target for link in sure]),
        )
        learned = learn(*sides)
        better = fallen_back(learned[0], spelt[0]), fallen_back(learned[1], spelt[1])
        seen = chances(sides, spelt, (near.frequencies, far.frequencies))
        return _evidence(near, far, spelt, better, seen, replace(how, rounds=how.rounds - 1))

    return Evidence(spans, lambda: _anchors(near, far, foretold), learnt if how.rounds else None)


def _linked(counts: Table, groups: Sequence[tuple[int, ...]]) -> Table:
    """Sum the rows of each group."""
    members = [(k, i) for k, group in enumerate(groups) for i in group]
    rows, segments = np.array(members, dtype=np.int64).reshape(-1, 2).T
    places, found = expand(counts.starts[segments], counts.starts[segments + 1])
    return table(rows[places], counts.columns[found], counts.values[found], (len(groups), counts.width))


def _known(lexicon: Table, *, every: bool) -> Floats:
    """Mark the words that the lexicon foretells from any: of others, that they were not foretold says nothing."""
    known: Floats = np.minimum(np.bincount(lexicon.columns, minlength=lexicon.width) + every, 1.0)
    return known


def _theirs(
    near: _Side, far: _Side, foretold: Table, known: Floats, by_chance: float
) -> Callable[[range, int, range], Floats]:
    """Give the log-odds of target words, given source segments taken together."""
    sizes = sums(near.counts.sums())
    chance = np.maximum(far.frequencies, 1e-12)
    mass = np.zeros(far.counts.width)
    starts, columns = far.counts.starts, far.counts.columns
    told = far.counts.values * known[columns]

    @lru_cache(maxsize=8)
    def window(segments: range, start: int, stop: int) -> Floats:
        row = slice(foretold.starts[segments.start], foretold.starts[segments.stop])
        words = foretold.columns[row]
        np.add.at(mass, words, foretold.values[row])
        there = slice(starts[start], starts[stop])
        drawn = columns[there]
        size = max(sizes[segments.stop] - sizes[segments.start], 1.0)
        odds = np.log((1 - by_chance) / size * mass[drawn] / chance[drawn] + by_chance) * told[there]
        mass[words] = 0.0
        summed: Floats = sums(odds)[starts[start : stop + 1] - starts[start]]
        return summed

    windows = _Windows(far.counts.height)

    def odds(segments: range, size: int, stops: range) -> Floats:
        start, stop = windows.around(stops.start - size, stops.stop - 1)
        summed = window(segments, start, stop)
        return (
            summed[stops.start - start : stops.stop - start]
            - summed[stops.start - size - start : stops.stop - size - start]
        )

    return odds


def _ours(
    near: _Side, far: _Side, hindsight: Table, known: Floats, by_chance: float
) -> Callable[[int, int, range], Floats]:
    """Give the log-odds of a source segment's words, given target segments taken together."""
    postings = hindsight.transposed()
    told = near.counts.values * known[near.counts.columns]
    sizes = sums(far.counts.sums())
    chance = np.maximum(near.frequencies, 1e-12)
    keys = postings.rows * postings.width + postings.columns

    @lru_cache(maxsize=8)
    def masses(segment: int, start: int, stop: int) -> Floats:
        row = slice(near.counts.starts[segment], near.counts.starts[segment + 1])
        words = near.counts.columns[row]
        first, last = (np.searchsorted(keys, words * postings.width + end) for end in (start, stop))
        places, found = expand(first, last)
        mass = np.zeros((len(words), stop - start + 1))
        mass[places, postings.columns[found] - start + 1] = postings.values[found] / chance[words][places]
        return np.cumsum(mass, axis=1)

    @lru_cache(maxsize=64)
    def window(segment: int, size: int, start: int, stop: int) -> Floats:
        row = slice(near.counts.starts[segment], near.counts.starts[segment + 1])
        mass = masses(segment, start, stop)
        lengths = np.maximum(sizes[start + size : stop + 1] - sizes[start : stop + 1 - size], 1.0)
        odds = np.log((1 - by_chance) * (mass[:, size:] - mass[:, :-size]) / lengths + by_chance)
        weighed: Floats = near.weight * (told[row] @ odds)
        return weighed

    windows = _Windows(far.counts.height)

    def odds(segment: int, size: int, stops: range) -> Floats:
        start, stop = windows.around(stops.start - size, stops.stop - 1)
        return window(segment, size, start, stop)[stops.start - size - start : stops.stop - size - start]

    return odds


class _Windows:
    """Rounds ranges of target segments up to a few that many links share, so that what was computed is used again."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._last = (0, 0)

    def around(self, start: int, stop: int) -> tuple[int, int]:
        """Give the last window if it holds the range and is not much longer, else a new one."""
        first, last = self._last
        if not (first <= start and stop <= last and last - first <= 2 * (stop - start) + 4 * AHEAD):
            self._last = max(0, start - AHEAD // 2), min(self._count, stop + AHEAD)
        return self._last


def _anchors(near: _Side, far: _Side, foretold: Table) -> Anchors:
    """Propose for each source segment the target segments that share its rarest words with it.

    Of the places of a word, those nearest to the diagonal are looked at: time is proportional to the number of words.
    """
    postings = far.counts.transposed()
    counts = np.diff(postings.starts)
    rare = counts <= max(2 * POSTINGS, COMMON * far.counts.height)
    kept = np.flatnonzero(rare[foretold.columns] & (foretold.values >= PROBABLE))
    rows = foretold.rows[kept]
    bounds = np.searchsorted(rows, range(0, near.counts.height + ROWS, ROWS))
    found = [
        _proposed(rows[a:b], foretold.columns[kept[a:b]], foretold.values[kept[a:b]], postings, near.counts.height)
        for a, b in pairwise(bounds)
    ]
    sources, targets, weights = (np.concatenate(column) for column in zip(*found, strict=True))
    return sources, targets, weights


def _proposed(rows: Integers, words: Integers, mass: Floats, postings: Table, height: int) -> Anchors:
    """Weigh the segments that have words which source segments, `rows`, foretell with a mass."""
    width = postings.width
    counts = np.diff(postings.starts)
    keys = postings.rows * width + postings.columns
    middle = np.searchsorted(keys, words * width + rows * width // height)
    first = np.maximum(middle - POSTINGS // 2, postings.starts[words])
    last = np.minimum(first + POSTINGS, postings.starts[words + 1])
    first = np.maximum(last - POSTINGS, postings.starts[words])
    places, found = expand(first, last)
    weights = np.minimum(mass, 1.0)[places] * np.log(width / counts[words[places]] + 1)
    both = table(rows[places], postings.columns[found], weights, (height, width))
    # The heaviest of each row, and of those with the same weight the one nearest to the diagonal.
    away = np.abs(both.columns / width - both.rows / height)
    order = np.lexsort((away, -both.values, both.rows))
    rank = np.arange(len(order)) - both.starts[both.rows[order]]
    best = np.sort(order[rank < PROPOSED])
    return both.rows[best], both.columns[best], both.values[best]
