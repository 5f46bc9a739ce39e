"""What does not belong in a corpus: a function a filter, and the table of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from aligner.checks.numbers import numbers as different_numbers
from aligner.checks.rule import Limits as CheckLimits
from aligner.corpus.duplicates import letters
from aligner.corpus.language import is_foreign
from aligner.glossary.damage import is_garbled
from aligner.matching import URL_OR_EMAIL
from aligner.model import Block, BlockKind, Pair, ReviewStatus, Segment

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from aligner.formats.units import TextPair
    from aligner.matching import Language


@dataclass(frozen=True, slots=True)
class Limits:
    """Thresholds of the filters. Lengths are in characters, or in words as blanks divide them.

    The longer side may have `max_ratio` times the characters of the shorter one and `ratio_slack` more.
    `min_letters` is the least share (0..1) of letters among a side's characters that are no blanks. Sides of fewer
    letters than `language_letters` are not asked for their language; `min_language` is the least probability (0..1)
    of the right one. Equal sides of fewer words than `copied_words` are taken for names. `min_score` is the least
    probability (0..1) of a link; pairs that have none pass (see `has_confidence`).
    """

    min_words: int = 1
    max_words: int = 200
    max_word_length: int = 60
    max_ratio: float = 2.0
    ratio_slack: int = 20
    min_letters: float = 0.3
    language_letters: int = 30
    min_language: float = 0.1
    copied_words: int = 3
    min_score: float | None = None
    reviewed_only: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """A reason to leave a pair out, and the function that tells such pairs."""

    name: str
    description: str
    rejects: Callable[[TextPair, Limits], bool]


#: Control characters, lone surrogates, private use and what Unicode says is no character.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufffe\uffff]")
#: Tags, but not what stands between << and >>, which are quotation marks; entities.
_MARKUP = re.compile(
    r"(?<!<)</?[a-z][a-z0-9]*(?:\s[^<>]*)?/?>(?!>)|&(?:[a-z]{2,8}|#\d{2,5}|#x[0-9a-f]{2,4});", re.IGNORECASE
)
#: The number of a paragraph, "12." or "2.26", which one version of a document often has and the other has not.
_PARAGRAPH_NUMBER = re.compile(r"\W*(?:\d{1,3}(?:\.\d{1,3})*[.)]|\d{1,3}(?:\.\d{1,3})+)\s+(?=[^\W\d_])")
_CHECK_LIMITS = CheckLimits()


def judge(pair: TextPair, limits: Limits, without: Collection[str] = ()) -> tuple[str, ...]:
    """Name every filter that rejects a pair, but for those that are not asked."""
    return tuple(name for name, one in FILTERS.items() if name not in without and one.rejects(pair, limits))


def _rejected(pair: TextPair, _limits: Limits) -> bool:
    return pair.status is ReviewStatus.REJECTED


def _not_reviewed(pair: TextPair, limits: Limits) -> bool:
    return limits.reviewed_only and pair.status not in {ReviewStatus.REVIEWED, ReviewStatus.REJECTED}


def has_confidence(pair: TextPair) -> bool:
    """Tell whether a pair's score is the probability of a link, which is over 0; those of models are logarithms."""
    return pair.score is not None and pair.score > 0


def _low_score(pair: TextPair, limits: Limits) -> bool:
    return limits.min_score is not None and has_confidence(pair) and (pair.score or 0.0) < limits.min_score


def _empty(pair: TextPair, _limits: Limits) -> bool:
    return not pair.source or not pair.target


def _too_short(pair: TextPair, limits: Limits) -> bool:
    return any(side and len(side.split()) < limits.min_words for side in (pair.source, pair.target))


def _too_long(pair: TextPair, limits: Limits) -> bool:
    return any(len(side.split()) > limits.max_words for side in (pair.source, pair.target))


def _long_word(pair: TextPair, limits: Limits) -> bool:
    # Texts that were run together, encoded files; addresses may be as long as they like.
    return any(
        len(word) > limits.max_word_length and not URL_OR_EMAIL.search(word)
        for side in (pair.source, pair.target)
        if len(side) > limits.max_word_length
        for word in side.split()
    )


def _length_ratio(pair: TextPair, limits: Limits) -> bool:
    shorter, longer = sorted((len(pair.source), len(pair.target)))
    return shorter > 0 and longer > shorter * limits.max_ratio + limits.ratio_slack


def _control(pair: TextPair, _limits: Limits) -> bool:
    return any(_CONTROL.search(side) for side in (pair.source, pair.target))


def _encoding(pair: TextPair, _limits: Limits) -> bool:
    return is_garbled(pair.source) or is_garbled(pair.target)


def _markup(pair: TextPair, _limits: Limits) -> bool:
    return any(_MARKUP.search(side) for side in (pair.source, pair.target))


def _non_letters(pair: TextPair, limits: Limits) -> bool:
    return any(
        _letters(side) < limits.min_letters * len("".join(side.split())) for side in (pair.source, pair.target) if side
    )


def _letters(text: str) -> int:
    return sum(map(str.isalpha, text))


def _untranslated(pair: TextPair, limits: Limits) -> bool:
    if len(pair.source.split()) < limits.copied_words:
        return False
    source = letters(pair.source)
    return source != "" and source == letters(pair.target)


def _source_language(pair: TextPair, limits: Limits) -> bool:
    return _is_foreign(pair.source, "fr", limits)


def _target_language(pair: TextPair, limits: Limits) -> bool:
    return _is_foreign(pair.target, "en", limits)


def _is_foreign(text: str, language: Language, limits: Limits) -> bool:
    words = URL_OR_EMAIL.sub(" ", text)
    return _letters(words) >= limits.language_letters and is_foreign(words, language, limits.min_language)


def _numbers(pair: TextPair, _limits: Limits) -> bool:
    if not pair.source or not pair.target or not _differ(pair.source, pair.target):
        return False
    source, target = (_PARAGRAPH_NUMBER.match(side) for side in (pair.source, pair.target))
    if (source is None) is (target is None):
        return True
    return _differ(pair.source[source.end() if source else 0 :], pair.target[target.end() if target else 0 :])


def _differ(source: str, target: str) -> bool:
    segment = Segment("s", source, 0, len(source), Block(BlockKind.PARAGRAPH, 0, len(source)))
    return any(different_numbers(Pair(segment, target, target), _CHECK_LIMITS))


#: In the order in which reasons are given.
FILTERS: Mapping[str, Filter] = MappingProxyType(
    {
        one.name: one
        for one in (
            Filter("rejected", "a reviser rejected it", _rejected),
            Filter("not-reviewed", "no reviser approved it", _not_reviewed),
            Filter("low-score", "its link is too uncertain", _low_score),
            Filter("empty", "a side is empty", _empty),
            Filter("too-short", "a side has too few words", _too_short),
            Filter("too-long", "a side has too many words", _too_long),
            Filter("long-word", "a word is too long", _long_word),
            Filter("length-ratio", "a side is far longer than the other", _length_ratio),
            Filter("control", "there are control characters", _control),
            Filter("encoding", "a side was decoded wrongly", _encoding),
            Filter("markup", "there are tags or entities", _markup),
            Filter("non-letters", "a side is mostly no letters", _non_letters),
            Filter("untranslated", "the target is the source", _untranslated),
            Filter("source-language", "the source is not in French", _source_language),
            Filter("target-language", "the target is not in English", _target_language),
            Filter("numbers", "a number is missing, added or changed", _numbers),
        )
    }
)
