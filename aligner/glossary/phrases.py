"""Phrases that recur on one side of a bitext, and might be terms.

There is no tagger here: a phrase is a run of words that begins and ends with a content word, with no sign between
them, and only with function words inside that terms have. Words are counted by their lemma.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from aligner.glossary.word_kinds import BARRIER, CONTENT, kind_of, parted, verbs_in
from aligner.matching import is_acronym, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from aligner.matching import Language, Word

    Ints: TypeAlias = NDArray[np.int64]
    Bools: TypeAlias = NDArray[np.bool_]

#: The longest phrase, in words and in content words; longer ones are looked at so that no end of one is proposed.
MAX_WORDS, MAX_CONTENT, BEYOND = 10, 6, 4
#: A phrase that is nearly always part of the same longer one is not proposed on its own.
MIN_ALONE = 0.15
#: Nor is one that mostly has a content word right before or after it: it is a part of several longer ones, as an
#: adjective without its noun.
MAX_BOUND = 0.7
_JOINTS = frozenset({"", " ", "\u00a0", "\u202f", "-", "‑", "’s ", "'s ", "' ", "’ ", "/"})
#: How many occurrences are looked at to choose a phrase's spelling.
_SPELLINGS = 25


@dataclass(frozen=True, slots=True)
class Phrases:
    """The recurrent phrases of one side: `forms` is how each is spelt, `lengths` its content words.

    The phrase `ids[k]` occurs in the text `texts[k]`, at the words `firsts[k]` up to `lasts[k]` of all texts; the
    occurrences are in the order of the texts.
    """

    forms: tuple[str, ...]
    lengths: Ints
    ids: Ints
    texts: Ints
    firsts: Ints
    lasts: Ints


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of all texts, one after another: the number of their spelling, their text, and where they stand in it.

    `close` tells that nothing parts a word from the one before.
    """

    spellings: tuple[Word, ...]
    spelt: Ints
    owners: Ints
    starts: Ints
    ends: Ints
    close: Bools


def recurrent_phrases(texts: Sequence[str], language: Language, min_count: int) -> Phrases:
    """Find the phrases that occur `min_count` times or more, an acronym or a single word among them."""
    read = _read(texts, language)
    keys, kinds = _keys_and_kinds(read, language)
    joined = _joined(read, kinds)
    levels = _levels(keys, kinds, joined, min_count)
    counts = [np.bincount(level[level >= 0]) for level in levels]
    longest = _longest_around(levels, counts, kinds)
    ids, starts, sizes, forms = [], [], [], 0
    content = np.concatenate(([0], np.cumsum(kinds == CONTENT)))
    beside = np.append(joined & (kinds == CONTENT) & (np.roll(kinds, 1) == CONTENT), False)
    for size, (level, count, longer) in enumerate(zip(levels[:MAX_WORDS], counts, longest, strict=False), 1):
        at = np.flatnonzero(level >= 0)
        at = at[kinds[at + size - 1] == CONTENT]
        at = at[content[at + size] - content[at] <= MAX_CONTENT]
        alone = count - longer >= np.maximum(MIN_ALONE * count, np.minimum(min_count, count))
        bound = [np.bincount(level[at], weights=beside[places], minlength=len(count)) for places in (at, at + size)]
        free = np.maximum(*bound) <= MAX_BOUND * count
        at = at[(alone & free)[level[at]]]
        kept, numbers = np.unique(level[at], return_inverse=True)
        ids.append(numbers + forms)
        starts.append(at)
        sizes.append(np.full(len(at), size))
        forms += len(kept)
    return _phrases(texts, read, content, *map(np.concatenate, (ids, starts, sizes)))


def _read(texts: Sequence[str], language: Language) -> _Words:
    """Read texts chunk by chunk, since no word reaches over a space and most chunks recur."""
    numbers: dict[str, int] = {}
    spellings: list[Word] = []
    chunks: dict[str, list[tuple[int, int, int]]] = {}
    spelt: list[int] = []
    owners: list[int] = []
    starts: list[int] = []
    ends: list[int] = []
    close: list[bool] = []
    for owner, text in enumerate(texts):
        base, end = 0, -1
        for chunk in text.split(" "):
            if chunk not in chunks:
                chunks[chunk] = read = []
                for word in words(chunk, language):
                    if word.exact not in numbers:
                        numbers[word.exact] = len(spellings)
                        spellings.append(word)
                    read.append((numbers[word.exact], word.start, word.end))
            for number, start, stop in chunks[chunk]:
                spelt.append(number)
                owners.append(owner)
                starts.append(base + start)
                ends.append(base + stop)
                close.append(end >= 0 and text[end : base + start] in _JOINTS)
                end = base + stop
            base += len(chunk) + 1
    return _Words(tuple(spellings), _ints(spelt), _ints(owners), _ints(starts), _ints(ends), np.array(close, bool))


def _ints(numbers: list[int]) -> Ints:
    return np.array(numbers, dtype=np.int64)


def _keys_and_kinds(read: _Words, language: Language) -> tuple[Ints, Ints]:
    """For each word, a number that its inflections share, and what it may be in a term."""
    verbs = verbs_in(read.spellings) if language == "fr" else frozenset()
    # What a heading shouts is no acronym; short words in lower case are too often something else than their acronym.
    ordinary = {word.exact for word in read.spellings if len(word.exact) > 5}
    vocabulary: dict[str, int] = {}
    keys, kinds = [], []
    for word in read.spellings:
        key = word.exact if is_acronym(word.exact) and word.lower not in ordinary else word.lemma
        keys.append(vocabulary.setdefault(key, len(vocabulary)))
        kinds.append(kind_of(word, language, verbs))
    return _ints(keys)[read.spelt], _ints(kinds)[read.spelt]


def _joined(read: _Words, kinds: Ints) -> Bools:
    """Whether each word may continue a term that has the word before it."""
    lower = [word.lower for word in read.spellings]
    together = read.close.copy()
    at = np.flatnonzero(together)
    neighbours = zip(read.spelt[at - 1].tolist(), kinds[at - 1].tolist(), read.spelt[at].tolist(), strict=True)
    together[at] = [not parted(lower[before], kind, lower[word]) for before, kind, word in neighbours]
    return together


def _levels(keys: Ints, kinds: Ints, joined: Bools, min_count: int) -> list[Ints]:
    """For each length, the number of the phrase that begins at each word, or -1.

    A phrase can only recur if it recurs without its last word, so that each length is counted on what the one before
    has left. Phrases that end in a link are kept, since longer ones begin with them.
    """
    levels: list[Ints] = []
    at = np.flatnonzero(kinds == CONTENT)
    codes = keys[at]
    vocabulary = int(keys.max(initial=0)) + 1
    for size in range(1, MAX_WORDS + BEYOND + 1):
        level = np.full(len(keys), -1, dtype=np.int64)
        level[at] = _recurrent(codes, min_count)
        levels.append(level)
        at = at[(level[at] >= 0) & (at + size < len(keys))]
        at = at[joined[at + size] & (kinds[at + size] != BARRIER)]
        codes = level[at] * vocabulary + keys[at + size]
    return levels


def _recurrent(codes: Ints, min_count: int) -> Ints:
    """Number the codes that occur often enough from 0; the others become -1."""
    _, inverse, counts = np.unique(codes, return_inverse=True, return_counts=True)
    often = counts >= min_count
    return np.where(often, np.cumsum(often) - 1, -1)[inverse]


def _longest_around(levels: Sequence[Ints], counts: Sequence[Ints], kinds: Ints) -> list[Ints]:
    """For each phrase, how often the most frequent longer phrase that contains it occurs."""
    most = [np.zeros_like(count) for count in counts]
    for size in range(2, len(levels) + 1):
        # All occurrences of a phrase contain the same shorter ones: one of them is enough.
        found, at = np.unique(levels[size - 1], return_index=True)
        whole = (found >= 0) & (kinds[np.minimum(at + size, len(kinds)) - 1] == CONTENT)
        at, found = at[whole], found[whole]
        for shorter in range(1, size):
            for offset in range(size - shorter + 1):
                inner = levels[shorter - 1][at + offset]
                np.maximum.at(most[shorter - 1], inner[inner >= 0], counts[size - 1][found[inner >= 0]])
    return most


def _phrases(texts: Sequence[str], read: _Words, content: Ints, ids: Ints, starts: Ints, sizes: Ints) -> Phrases:
    order = np.lexsort((-sizes, starts))
    ids, starts, sizes = ids[order], starts[order], sizes[order]
    owners, lasts = read.owners[starts], starts + sizes
    spellings: list[Counter[str]] = [Counter() for _ in range(int(ids.max(initial=-1)) + 1)]
    lengths = np.zeros(len(spellings), dtype=np.int64)
    lengths[ids] = content[lasts] - content[starts]
    keeps_capital = _keeps_capital(read)[starts].tolist()
    places = (ids, owners, read.starts[starts], read.ends[lasts - 1])
    for at, (number, text, start, end) in enumerate(zip(*(column.tolist() for column in places), strict=True)):
        seen = spellings[number]
        if seen.total() < _SPELLINGS:
            form = " ".join(texts[text][start:end].split())
            seen[form if keeps_capital[at] else form[0].lower() + form[1:]] += 1
    forms = tuple(max(seen, key=lambda form: (seen[form], form)) for seen in spellings)
    return Phrases(forms, lengths, ids, owners, starts, lasts)


def _keeps_capital(read: _Words) -> Bools:
    """Whether each word's capital is its own: it does not begin a text, or it mostly has a capital elsewhere too."""
    begins: Bools = np.diff(read.owners, prepend=-1) > 0
    inside = np.bincount(read.spelt[~begins], minlength=len(read.spellings)).tolist()
    capitals: Counter[str] = Counter()
    for word, count in zip(read.spellings, inside, strict=True):
        capitals[word.lower] += -count if word.exact == word.lower else count
    named = [capitals[word.lower] > 0 or word.exact.isupper() for word in read.spellings]
    kept: Bools = ~begins | np.array(named, bool)[read.spelt]
    return kept
