"""Words of the target: none, too many or too few, twice, in French."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from aligner.inline_tags import without_tags

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from aligner.checks.rule import Limits
    from aligner.model import Pair

#: Frequent words that only one of the two languages has.
_FRENCH = frozenset(
    "le la les des du une est et dans pour avec sur aux qui que ce cette par au sont ont été nous leur leurs ses ces "
    "mais pas plus entre après ainsi où à même était étaient ils elle elles il".split()
)
_ENGLISH = frozenset(
    "the of and with from for by in at this that these are was were is to its has have been it he they their".split()
)
#: English words that may stand twice in a row.
_MAY_DOUBLE = frozenset({"had", "that", "very", "bye", "blah", "no"})
_WORD = re.compile(r"[^\W\d_]+(?:[’'][^\W\d_]+)?")
_DOUBLED = re.compile(r"\b([^\W\d_]{2,})\s+\1\b", re.IGNORECASE)
_STUTTER = re.compile(r"([^\W\d_]{2,6})\1{2,}")
#: A phrase that is said three times in a row is a loop; one of so many words, if it is said twice. Longer ones than
#: the longest are not looked for.
_LONG_PHRASE, _LONGEST_PHRASE = 5, 30


def empty(pair: Pair, _limits: Limits) -> Iterator[str]:
    """No target for a source."""
    if pair.source.text.strip() and not pair.target.strip():
        yield "the target is empty"


def length_ratio(pair: Pair, limits: Limits) -> Iterator[str]:
    """Targets far longer or shorter than their source."""
    source, target = len(pair.source.line.strip()), len(pair.target.strip())
    if target > source * limits.length_ratio + limits.length_slack:
        yield f"the target has {target} characters, the source {source}"
    elif target and source > target * limits.length_ratio + limits.length_slack:
        yield f"the target has only {target} characters, the source {source}"


def untranslated(pair: Pair, _limits: Limits) -> Iterator[str]:
    """French in the target, or a source of several words that the model was shown and gave back."""
    line, target = pair.source.line, pair.target
    said = [word.lower() for word in _WORD.findall(without_tags(target).text)]  # links have French addresses
    if target.strip() == line.strip():
        covered = {found for outcome in pair.outcomes for found in _WORD.findall(outcome.hit.term.target)}
        shown = pair.score or not _FRENCH.isdisjoint(said)
        if shown and len(said) > 3 and not set(_WORD.findall(line)) <= covered and not _is_english(said):
            yield "the target is the source"
            return
    french = _french_run(said)
    if french:
        yield f"French in the target: “{' '.join(french)}”"


def passed_through(pair: Pair, _limits: Limits) -> Iterator[str]:
    """English in the source, which stands in the target as it is."""
    if pair.target.strip() == pair.source.line.strip() and _is_english(_WORD.findall(pair.target.lower())):
        yield "the source is in English and was left as it is"


def doubled_words(pair: Pair, _limits: Limits) -> Iterator[str]:
    """Words that stand twice in a row, unless the source has such a pair too."""
    for found in _DOUBLED.finditer(pair.target):
        if found[1].lower() not in _MAY_DOUBLE and not _DOUBLED.search(pair.source.text):
            yield f"“{found[0]}”"


def repetition(pair: Pair, _limits: Limits) -> Iterator[str]:
    """Phrases said again and again, items that a list has twice, stutters; more than the source has."""
    stutter = _STUTTER.search(pair.target)
    if stutter and not _STUTTER.search(pair.source.text):
        yield f"“{stutter[0]}”"
    phrase = _loop(_WORD.findall(pair.target.lower()))
    if phrase and not _loop(_WORD.findall(pair.source.line.lower())):
        yield f"“{' '.join(phrase)}” is said again and again"
        return
    listed = _listed_twice(pair.target)
    if listed and not _listed_twice(pair.source.line):
        yield f"“{listed}” stands twice in a list"


def _french_run(said: Sequence[str]) -> Sequence[str]:
    """The longest run of words without an English function word that has enough French ones; () if none has."""
    longest: Sequence[str] = ()
    start = 0
    for end in range(len(said) + 1):
        if end == len(said) or said[end] in _ENGLISH:
            run = said[start:end]
            french = sum(word in _FRENCH for word in run)
            # Two make a sentence, or a name such as "Rio de la Plata" in one.
            if (french >= 3 or (french == 2 and len(said) <= 10)) and len(run) > len(longest):
                longest = run
            start = end + 1
    return longest


def _is_english(said: Sequence[str]) -> bool:
    return len(set(said) & _ENGLISH) >= 2 and not set(said) & _FRENCH


def _loop(said: Sequence[str]) -> Sequence[str]:
    """The first phrase that is said in a row often enough to be a loop."""
    before: dict[str, list[int]] = {}
    for start, word in enumerate(said):
        for first in reversed(before.setdefault(word, [])):
            size = start - first
            if size > _LONGEST_PHRASE:
                break
            again = said[start : start + size]
            if again == said[first:start] and (size >= _LONG_PHRASE or said[start + size : start + 2 * size] == again):
                return again
        before[word].append(start)
    return ()


def _listed_twice(text: str) -> str:
    """The first capitalised item that a list with commas has twice."""
    if text.count(",") < 2:
        return ""
    items = [item.strip(' .;:()“”"') for item in re.split(r",|\band\b|\bet\b", text)]
    times = Counter(item for item in items if item[:1].isupper() and len(item) > 3 and len(item.split()) <= 4)
    return next((item for item, count in times.items() if count > 1), "")
