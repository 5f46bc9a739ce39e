"""What a reviser looks for in a pair: one function a check, in the order in which they are shown."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from aligner.matching import URL_OR_EMAIL, Matcher
from aligner.model import Issue, Pair, Severity, TermStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: What the guards of the engine could not mend, in a reviser's words.
ENGINE_FLAGS = {
    "repetition": "the translation repeats itself",
    "length-ratio": "the translation is far too long or too short",
    "empty": "the engine gave no translation",
    "cut": "the engine stopped at its longest output",
}
#: Length-normalised log-probability under which a hypothesis is a guess: one segment in twenty of the corpus on the
#: bundled model.
LOW_CONFIDENCE = -0.8
_NUMBER = re.compile(r"(?<!\d)(?:\d{1,3}(?:[ \xa0\u2009\u202f.,]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)?)")
#: French words that are no English ones; two of them, one word in five at least, are French left over.
_FRENCH = frozenset("le la les des du une est et dans pour avec sur aux qui que ce cette par au".split())
_BRACKETS = {"(": ")", "[": "]", "“": "”"}
_DOUBLED = re.compile(r"\b([^\W\d_]{2,})\s+\1\b", re.IGNORECASE)
#: English words that may stand twice in a row.
_MAY_DOUBLE = frozenset({"had", "that"})
_FINAL = re.compile(r"([.!?…:;])[\s”’\"'»)\]¹²³⁴-⁹]*$")


def check(pair: Pair, flags: tuple[str, ...] = ()) -> tuple[Issue, ...]:
    """Run every check on a pair; `flags` are those of its hypothesis."""
    engine = (Issue(flag, Severity.ERROR, ENGINE_FLAGS.get(flag, flag)) for flag in flags)
    return (*engine, *(issue for function in CHECKS for issue in function(pair)))


def terms_failed(pair: Pair) -> Iterator[Issue]:
    """Terms that the target does not have as often as the source."""
    for outcome in pair.outcomes:
        if outcome.status is TermStatus.FAILED:
            term = outcome.hit.term
            found = pair.source.text[outcome.hit.start : outcome.hit.end]
            yield Issue("term-failed", Severity.ERROR, f"“{found}” is not translated as “{term.target}”")


def terms_forbidden(pair: Pair) -> Iterator[Issue]:
    """Targets that the glossary forbids."""
    for term in dict.fromkeys(outcome.hit.term for outcome in pair.outcomes):
        matcher: Matcher[str] = Matcher("en")
        for form in term.forbidden:
            matcher.add(form, form)
        for match in matcher.find(pair.target):
            if not any(outcome.start <= match.start and match.end <= outcome.end for outcome in pair.outcomes):
                message = f"“{match.value}” is forbidden for “{term.source}”: use “{term.target}”"
                yield Issue("term-forbidden", Severity.ERROR, message)


def untranslated(pair: Pair) -> Iterator[Issue]:
    """Targets that have French in them, or repeat a source of several words that the model was shown."""
    words = re.findall(r"[^\W\d_]{2,}", pair.source.line)
    covered = {found for outcome in pair.outcomes for found in re.findall(r"\w+", outcome.hit.term.target)}
    if pair.score and len(words) > 3 and pair.target.strip() == pair.source.line.strip() and not set(words) <= covered:
        yield Issue("untranslated", Severity.WARNING, "the target is the source")
        return
    said = re.findall(r"[^\W\d_]+", pair.target.lower())
    french = [word for word in said if word in _FRENCH]
    if len(french) >= 2 and len(french) * 5 >= len(said):
        yield Issue("untranslated", Severity.WARNING, f"French in the target: {', '.join(dict.fromkeys(french))}")


def numbers(pair: Pair) -> Iterator[Issue]:
    """Numbers that one side has and the other has not."""
    source, target = _numbers(pair.source.line), _numbers(pair.target)
    for what, here, there in (("missing", source, target), ("extra", target, source)):
        found = Counter(digits for digits, _ in here) - Counter(digits for digits, _ in there)
        if found:
            written = dict(here)
            yield Issue(
                "numbers", Severity.ERROR, f"{what}: {', '.join(written[digits] for digits in found.elements())}"
            )


def footnote_marks(pair: Pair) -> Iterator[Issue]:
    """Marks of footnotes that the target lost."""
    for mark in dict.fromkeys(re.findall("[¹²³⁴-⁹]+", pair.source.text)):
        if mark not in pair.target:
            yield Issue("footnote-mark", Severity.WARNING, f"{mark} is not in the target")


def addresses(pair: Pair) -> Iterator[Issue]:
    """URLs and e-mail addresses that changed."""
    source, target = (Counter(URL_OR_EMAIL.findall(text)) for text in (pair.source.text, pair.target))
    for lost in source - target:
        yield Issue("address", Severity.ERROR, f"{lost} is not in the target")


def doubled_words(pair: Pair) -> Iterator[Issue]:
    """Words that stand twice in a row."""
    for found in _DOUBLED.finditer(pair.target):
        if found[1].lower() not in _MAY_DOUBLE and not _DOUBLED.search(pair.source.text):
            yield Issue("doubled-word", Severity.WARNING, f"“{found[0]}”")


def brackets(pair: Pair) -> Iterator[Issue]:
    """Brackets and quotes that the source pairs and the target does not."""
    for opening, closing in _BRACKETS.items():
        opened, closed = pair.target.count(opening), pair.target.count(closing)
        at_home = pair.source.text.replace("«", "“").replace("»", "”")
        if opened - closed != at_home.count(opening) - at_home.count(closing):
            yield Issue(
                "brackets", Severity.WARNING, f"{opened} opening {opening} and {closed} closing {closing} in the target"
            )


def end_punctuation(pair: Pair) -> Iterator[Issue]:
    """Final signs that differ."""
    source, target = (_FINAL.search(text) for text in (pair.source.text, pair.target))
    here, there = (found[1] if found else "" for found in (source, target))
    if here != there and pair.target:
        message = f"the source ends in {here or 'no sign'}, the target in {there or 'no sign'}"
        yield Issue("end-punctuation", Severity.INFO, message)


def low_confidence(pair: Pair) -> Iterator[Issue]:
    """Translations that the model itself thinks little of."""
    if pair.score < LOW_CONFIDENCE:
        yield Issue("low-confidence", Severity.INFO, f"the model's score is {pair.score:.2f}")


CHECKS: tuple[Callable[[Pair], Iterator[Issue]], ...] = (
    terms_failed,
    terms_forbidden,
    untranslated,
    numbers,
    footnote_marks,
    addresses,
    doubled_words,
    brackets,
    end_punctuation,
    low_confidence,
)


def _numbers(text: str) -> list[tuple[str, str]]:
    """Find a text's numbers, each by its digits alone, so that 1 234,5 and 1,234.5 are equal, and as it is written."""
    return [(re.sub(r"\D", "", found), found) for found in _NUMBER.findall(URL_OR_EMAIL.sub(" ", text))]
