"""Which words of a translation stand for what was tagged in its source."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING

from aligner.enforce.places import ARTICLES, LITTLE_WORDS, is_free
from aligner.matching import URL_OR_EMAIL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from aligner.enforce.attention import Span
    from aligner.inline_tags import Tag
    from aligner.model import Focus

#: What share of its attention (0..1) the model has on what was tagged as it says a word that stands for it; and one
#: beside such words, or a word alone where there are none. Of 55 spans of our own sentences, 42 come out to the word.
MOST, SOME = 0.5, 0.4
#: The share of a word that is known to stand for something else.
NEVER = -1.0
#: Words of a translation, without the s of a possessive.
_WORD = re.compile(r"(?:(?<!\w[’'])|(?!s\b))\w+(?:(?:[-‐‑.]|(?<=\d),(?=\d)|[’'](?!s\b))\w+)*")
#: Signs beyond which nothing stands for what was tagged, unless it has them itself.
_PARTING = re.compile(r"[(),;:/\[\]!?]|\.\s")
#: Words that nothing tagged begins or ends with in English, unless it does so in French with words of the second list.
_LITTLE = LITTLE_WORDS | set("be been had has have his its than their these this was were will".split())
_LITTLE_FRENCH = frozenset(
    "a ai ait à au aux avait avec avoir ce ces cette d dans de des du elle elles en est et été était eu être il ils l "
    "la le les leur leurs ne on ont ou par pour qu que qui s sa se sera ses son sont sur un une".split()
)
_FRENCH_ARTICLES = frozenset("l la le les un une".split())


@dataclass(frozen=True, slots=True)
class Source:
    """A text without its tags, these, and its words and signs."""

    text: str
    tags: tuple[Tag, ...]
    read: tuple[Span, ...]

    def words(self, start: int, end: int) -> list[Span]:
        """The words that a span touches."""
        first, last = bisect_right(self.read, start, key=itemgetter(1)), bisect_left(self.read, end, key=itemgetter(0))
        return [span for span in self.read[first:last] if self.text[span[0]].isalnum()]

    def is_little(self, start: int, end: int) -> bool:
        return self.text[start:end].rstrip("’'").lower() in _LITTLE_FRENCH

    def with_little(self, start: int, end: int) -> Span:
        """Go back over little words, which a model often looks at as it says the word after them."""
        edges = (edge for tag in self.tags for edge in (tag.start, tag.end) if edge < start)
        nearest, at = max(edges, default=0), bisect_right(self.read, start, key=itemgetter(1)) - 1
        while at >= 0 and self.read[at][0] >= nearest and self.is_little(*self.read[at]):
            start, at = self.read[at][0], at - 1
        return start, end

    def scope(self, at: int) -> Span:
        """What is inside the tag around a tag."""
        outer = self.tags[at].outer
        return (0, len(self.text)) if outer < 0 else (self.tags[outer].start, self.tags[outer].end)

    def anchor(self, at: int) -> Span:
        """What a tag tags, or the word that a point stands beside; empty where there is none."""
        tag, (start, end) = self.tags[at], self.scope(at)
        if not tag.is_point:
            return tag.start, tag.end
        before, after = self.words(start, tag.start), self.words(tag.start, end)
        if after and (tag.leads or not before):
            return tag.start, after[0][1]
        return (before[-1][0], tag.start) if before else (tag.start, tag.start)


@dataclass(frozen=True, slots=True)
class Said:
    """A translation: its words, of which terms, code and addresses are one each.

    `signs` has those before each word that part phrases, `shares` a row for each tag: how much the model looked at its
    anchor as it said each word (0..1).
    """

    text: str
    words: tuple[Span, ...]
    signs: tuple[str, ...]
    shares: tuple[tuple[float, ...], ...]

    def touched(self, start: int, end: int) -> range:
        """The words that a span touches, by their places."""
        return _touched(self.words, start, end)


def read(
    source: Source, text: str, known: Sequence[tuple[Span, Span]], anchors: Sequence[Span], focus: Sequence[Focus]
) -> Said:
    """Read a translation; `known` pairs spans of the source with what stands for them."""
    spans = [found.span() for pattern in (_WORD, URL_OR_EMAIL) for found in pattern.finditer(text)]
    words = tuple(_merged([*spans, *(span for _, span in known)]))
    gaps = zip((0, *(end for _, end in words)), words, strict=False)
    signs = ("".join(_PARTING.findall(text, end, start)).replace(" ", "") for end, (start, _) in gaps)
    known = [*known, *_copied(source, text)]
    facts = [(ours, _touched(words, *theirs)) for ours, theirs in known]
    seen = [_touched(words, start, end) for start, end, _ in focus[0]] if focus else []
    rows = (
        _shares(len(words), anchor, facts, () if _is_known(source, anchor, known) else zip(seen, of_one, strict=False))
        for anchor, of_one in zip(anchors, focus, strict=True)
    )
    return Said(text, words, tuple(signs), tuple(rows))


def _touched(words: Sequence[Span], start: int, end: int) -> range:
    return range(bisect_right(words, start, key=itemgetter(1)), bisect_left(words, end, key=itemgetter(0)))


def _is_known(source: Source, anchor: Span, known: Sequence[tuple[Span, Span]]) -> bool:
    """Tell whether it is known for all words of an anchor, but for little ones, what stands for them."""
    ours = [span for span, _ in known]
    unknown = [word for word in source.words(*anchor) if is_free(*word, ours)]
    return not is_free(*anchor, ours) and all(source.is_little(*word) for word in unknown)


def _merged(spans: Iterable[Span]) -> list[Span]:
    """Make one of spans that overlap."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], end)
        else:
            merged.append((start, end))
    return merged


def _copied(source: Source, text: str) -> Iterator[tuple[Span, Span]]:
    """Names, numbers and addresses that each text has once; the first word has a capital for another reason."""
    ours, theirs = (_once(one) for one in (source.text, text))
    first = _WORD.search(source.text)
    for word, span in ours.items():
        is_name = (
            any(map(str.isdigit, word)) or word.isupper() or (word[0].isupper() and first and span != first.span())
        )
        if word in theirs and ((is_name and len(word) > 1) or URL_OR_EMAIL.fullmatch(word)):
            yield span, theirs[word]


def _once(text: str) -> dict[str, Span]:
    """The words and addresses that a text has once."""
    spans = {found.span() for pattern in (_WORD, URL_OR_EMAIL) for found in pattern.finditer(text)}
    counts = Counter(text[slice(*span)] for span in spans)
    return {text[slice(*span)]: span for span in sorted(spans) if counts[text[slice(*span)]] == 1}


def _shares(
    words: int, anchor: Span, facts: Sequence[tuple[Span, range]], seen: Iterable[tuple[range, tuple[int, int, float]]]
) -> tuple[float, ...]:
    """How much the model looked at an anchor as it said each word: 1 if the word is known to stand for a part of it."""
    shares, tokens = [0.0] * words, [0] * words
    for places, (_, _, share) in seen:
        for word in places:
            shares[word] += share
            tokens[word] += 1
    row = [share / max(1, count) for share, count in zip(shares, tokens, strict=True)]
    for is_meant in (False, True):
        for (start, end), places in facts:
            if (start < anchor[1] and end > anchor[0]) == is_meant:
                for word in places:
                    row[word] = 1.0 if is_meant else NEVER
    return tuple(row)


def words_for(said: Said, row: Sequence[float], free: AbstractSet[int], within: range, tagged: str) -> range | None:
    """Find the words together that have most attention in all over MOST, and the next ones as far as they have SOME."""
    best, found = 0.0, None
    total, first = 0.0, 0
    for word in within:
        if word not in free or _is_parted(said, word, tagged):
            total = 0.0
        if word not in free:
            continue
        if total <= 0:
            total, first = 0.0, word
        total += row[word] - MOST
        if total > best:
            best, found = total, range(first, word + 1)
    if found is None:
        likely = [word for word in within if word in free and row[word] >= SOME]
        if not likely:
            return None
        most = max(likely, key=lambda word: row[word])
        found = range(most, most + 1)
    first, end = found.start, found.stop
    while first - 1 in free and row[first - 1] >= SOME and not _is_parted(said, first, tagged):
        first -= 1
    while end in free and row[end] >= SOME and not _is_parted(said, end, tagged):
        end += 1
    return range(first, end)


def _is_parted(said: Said, word: int, tagged: str) -> bool:
    """Tell whether a sign that what is tagged does not have stands before a word."""
    return any(sign not in tagged for sign in said.signs[word])


def fitted_to(source: Source, said: Said, tag: Tag, run: range, free: AbstractSet[int]) -> range:
    """Leave little words at the ends to those tags that have little words there; an article to those with one."""
    ours = source.words(tag.start, tag.end)
    article = bool(ours) and source.text[slice(*ours[0])].rstrip("’'").lower() in _FRENCH_ARTICLES
    theirs = {word: said.text[slice(*said.words[word])].lower() for word in (run.start - 1, *run) if word >= 0}
    first, last = run.start, run.stop - 1
    while last > first and theirs[last] in _LITTLE and not (ours and source.is_little(*ours[-1])):
        last -= 1
    while last > first and theirs[first] in _LITTLE and not (ours and source.is_little(*ours[0])):
        first += 1
    if first == run.start and first - 1 in free and article:
        first -= theirs[first - 1] in ARTICLES
    return range(first, last + 1)


def in_proportion(source: Source, at: int, within: range, free: AbstractSet[int]) -> range | None:
    """Take the words at the place that a tag has in what is around it, or the next that are free."""
    scope = source.scope(at)
    before = len(source.words(scope[0], source.anchor(at)[0]))
    size, of = len(source.words(*source.anchor(at))), max(1, len(source.words(*scope)))
    left = within.start + before * len(within) // of
    right = max(left + 1, within.start + (before + size) * len(within) // of)
    near = min((word for word in within if word in free), key=lambda word: (abs(word - left), word), default=None)
    if near is None:
        return None
    last = near
    while last + 1 < right and last + 1 in free:
        last += 1
    return range(near, last + 1)
