"""Which words of a translation stand for a term, and how a target is written over them."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from aligner.inflect import article
from aligner.matching import words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from aligner.enforce.attention import Span
    from aligner.matching import Word
    from aligner.model import Focus, TermHit

#: What stands between words of a line.
_BLANKS = frozenset((" ", "\xa0", "\u202f"))
#: How alike words of the draft must be to a term to be taken for a failed attempt at it, in letters or in words (0..1).
ALIKE = 0.72
#: A token is taken to stand for a term from this share of the model's attention (0..1) on the term's source.
FOCUSED = 0.3
#: By how much, in all, the tokens of a place must exceed that share.
SURE = 0.1

#: Signs that part what stands for a term from the rest.
_PARTING = re.compile(r"[(),;:/\[\]]")
ARTICLES = frozenset(("a", "an", "the"))
#: Words that no attempt at a term begins or ends with.
LITTLE_WORDS = frozenset(
    "a an and as at by for from in into of on or that the to which who will with , is are was".split()
)


def aligned_place(text: str, focus: Focus, source: str, hit: TermHit, taken: Sequence[Span]) -> Span | None:
    """Find the words that the model said while it looked at a hit in the source (`focus`).

    They are the run of tokens with most attention in all over FOCUSED, in whole words, without the little words at its
    ends. It has no word that stands for something else: in `taken`, beyond a bracket or comma, or copied from
    elsewhere in the source.
    """
    found = source[hit.start : hit.end]
    barred = [*taken, *_elsewhere(text, source[: hit.start] + "\n" + source[hit.end :])]
    barred += [(sign.start(), sign.end()) for sign in _PARTING.finditer(text) if sign[0] not in found]
    best, place = SURE, None
    total, first = 0.0, 0
    for start, end, share in focus:
        if not is_free(start, end, barred):
            total = 0.0
            continue
        if total <= 0:
            if text[start:end].lower() in LITTLE_WORDS:
                continue
            total, first = 0.0, start
        total += share - FOCUSED
        if total > best:
            best, place = total, (first, end)
    return None if place is None else _in_words(text, *place, barred)


def _elsewhere(text: str, rest: str) -> list[Span]:
    """Where a text has names and numbers that the rest of the source has too."""
    copied = {word.exact for word in words(rest, "fr") if word.exact[0].isdigit() or word.exact[0].isupper()}
    return [(word.start, word.end) for word in words(text, "en") if word.exact in copied or word.exact.isdigit()]


def _in_words(text: str, start: int, end: int, barred: Sequence[Span]) -> Span | None:
    inside = _without_little([word for word in words(text, "en") if word.start < end and word.end > start])
    if not inside or not is_free(inside[0].start, inside[-1].end, barred):
        return None
    return inside[0].start, inside[-1].end


def bare(text: str) -> str:
    """Leave out the signs and little words around an English phrase.

    >>> bare("The Secretary General.")
    'Secretary General'
    """
    inside = _without_little(words(text, "en"))
    return text[inside[0].start : inside[-1].end] if inside else ""


def _without_little(read: Sequence[Word]) -> Sequence[Word]:
    strong = [at for at, word in enumerate(read) if word.lower not in LITTLE_WORDS]
    return read[strong[0] : strong[-1] + 1] if strong else ()


def alike_place(text: str, models: Sequence[str], taken: Sequence[Span]) -> Span | None:
    """Find the run of words that is most like one of the models: the target, or the French that was meant."""
    longest = max(len(model.split()) for model in models) + 1
    best, place = ALIKE, None
    for model in models:
        letters = SequenceMatcher(None, b=model.lower(), autojunk=False)
        meant = {word.lemma for word in words(model.lower(), "en")}
        for run in _runs(words(text, "en"), longest):
            start, end = run[0].start, run[-1].end
            if not is_free(start, end, taken):
                continue
            letters.set_seq1(text[start:end].lower())
            said = {word.lemma for word in run}
            alike = 2 * len(said & meant) / (len(said) + len(meant))  # by words (Dice), for reordered terms
            if letters.real_quick_ratio() > best and letters.quick_ratio() > best:
                alike = max(alike, letters.ratio())  # by letters (Ratcliff-Obershelp), for misspelt ones
            if alike > best:
                best, place = alike, (start, end)
    return place


def _runs(read: Sequence[Word], longest: int) -> Iterator[Sequence[Word]]:
    for first in range(len(read)):
        for last in range(first, min(first + longest, len(read))):
            yield read[first : last + 1]


def is_free(start: int, end: int, taken: Sequence[Span]) -> bool:
    """Tell whether a span overlaps none of the taken ones."""
    return all(end <= other_start or other_end <= start for other_start, other_end in taken)


def beside(text: str, start: int, end: int, span: Span) -> Span | None:
    """Join text[start:end], with the brackets around it, and a span if nothing but a blank is between them.

    >>> beside("(FIAS) ISAF", 1, 5, (7, 11)), beside("ISAF (FIAS)", 6, 10, (0, 4)), beside("ISAF, FIAS", 6, 10, (0, 4))
    ((0, 11), (0, 11), None)
    """
    if text[start - 1 : start] == "(" and text[end : end + 1] == ")":
        start, end = start - 1, end + 1
    between = text[end : span[0]] or text[span[1] : start]
    return (min(start, span[0]), max(end, span[1])) if between in _BLANKS else None


def put(text: str, start: int, end: int, target: str, taken: Sequence[Span]) -> tuple[int, int, str]:
    """Say what to replace by what so that a target stands at text[start:end]: (start, end, replacement).

    What stands around it is mended: words that the target says again go, unless they are `taken`, and the article is
    chosen by what it stands before now, or goes where the target has its own ("The Hague").
    """
    before = [word for word in words(text, "en") if word.end <= start]
    after = [word for word in words(text, "en") if word.start >= end]
    own = {word.lower for word in words(target, "en")} - LITTLE_WORDS
    while after and _again(text, end, after[0], own, taken):
        end = after.pop(0).end
    while before and _again(text, start, before[-1], own, taken):
        start = before.pop().start
    if before and before[-1].lower in ARTICLES and not text[before[-1].end : start].strip():
        own_article = target.split(" ", maxsplit=1)[0].lower() in ARTICLES
        if own_article or before[-1].lower != "the":
            start = before[-1].start
            target = target if own_article else f"{article(target)} {target}"
            target = target if before[-1].exact.islower() else target[0].upper() + target[1:]
    return start, end, target


def _again(text: str, edge: int, word: Word, own: AbstractSet[str], taken: Sequence[Span]) -> bool:
    """Tell whether a word next to an edge, or before its possessive, says what the target says."""
    between = text[word.end : edge] if word.end <= edge else text[edge : word.start]
    return word.lower in own and between.strip() in {"", "’s", "'s"} and is_free(word.start, word.end, taken)
