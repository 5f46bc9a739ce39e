"""Where terms are met in a translation, and what a target looks like in its place."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from aligner.inflect import is_plural, plural, target_for
from aligner.inline_tags import without_tags
from aligner.matching import FEW, Matcher, form_key, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aligner.model import Term, TermHit

#: What joins the words of a term and is as good as each other to the matcher.
_JOINTS = frozenset((" ", "-", "\u2010", "\u2011", "\xa0"))


def find_targets(text: str, hits: Sequence[TermHit]) -> list[tuple[int, int] | None]:
    """Find where each hit is met in a target text.

    An occurrence meets one hit only, and first the hits whose preferred target it is. What stands inside a forbidden
    target of one of the terms meets none. Marks such as emphasis part no words.
    """
    if not hits:
        return []
    matcher, preferred, accepting = _targets(tuple(dict.fromkeys(hit.term for hit in hits)))
    plain = without_tags(text)
    matches = matcher.find(plain.text)
    spans: list[tuple[int, int] | None] = [None] * len(hits)
    used: set[int] = set()
    for wanted in (preferred, accepting):
        for number, match in enumerate(matches):
            takers = (
                at for at, hit in enumerate(hits) if spans[at] is None and hit.term in wanted.get(match.value, ())
            )
            taker = next(takers, None)
            if number not in used and taker is not None:
                used.add(number)
                spans[taker] = plain.outside(match.start, match.end)
    return spans


@lru_cache(maxsize=1 << 12)
def _targets(
    terms: tuple[Term, ...],
) -> tuple[Matcher[tuple[str, ...]], dict[tuple[str, ...], list[Term]], dict[tuple[str, ...], list[Term]]]:
    """A matcher of terms' targets, accepted and forbidden, and the terms that prefer and accept each form found."""
    preferred: dict[tuple[str, ...], list[Term]] = {}
    accepting: dict[tuple[str, ...], list[Term]] = {}
    matcher: Matcher[tuple[str, ...]] = Matcher("en", remembered=FEW)
    for term in terms:
        preferred.setdefault(form_key(term.target, "en"), []).append(term)
        for form in (*term.targets, *term.forbidden):
            key = form_key(form, "en")
            if key not in accepting:
                matcher.add(form, key)
            accepting.setdefault(key, []).extend([term] if form in term.targets else [])
    return matcher, preferred, accepting


def fitted(source: str, hit: TermHit) -> str:
    """Fit a hit's target to the term in the source: an acronym for an acronym, its number, its capitals if all are."""
    found = source[hit.start : hit.end]
    if hit.term.do_not_translate:
        return found
    forms = (hit.term.source, *hit.term.source_variants)
    keys = form_key(found, "fr"), form_key(found.lower(), "fr")  # in capitals, words look like acronyms
    filed = next((form for form in forms if form_key(form, "fr") in keys), hit.term.source)
    target = target_for(found, hit.term.targets)
    target = plural(target) if is_plural(found, filed) else target
    return target.upper() if found.isupper() and not filed.isupper() else target


def as_filed(found: str, term: Term, *, shouted: bool) -> str:
    """Give a target the capitals and hyphens that it is filed with; `shouted` says that capitals tell nothing here.

    Capitals at the beginning of words stay, as they have them in headings and at the beginning of sentences.
    """
    here = words(found, "en")
    lemmas = [word.lemma for word in here]
    readings = ((form, words(form, "en")) for form in term.targets)
    form, filed = next(((form, read) for form, read in readings if [word.lemma for word in read] == lemmas), ("", ()))
    text = found
    for at in reversed(range(len(filed))):
        start, end = here[at].start, here[at].end
        if not shouted and text[start:end].isalpha():
            text = text[:start] + _cased(here[at].exact, filed[at].exact) + text[end:]
        if at:
            joint, wanted = text[here[at - 1].end : start], form[filed[at - 1].end : filed[at].start]
            if joint != wanted and {joint, wanted} <= _JOINTS:
                text = text[: here[at - 1].end] + wanted + text[start:]
    return text


def _cased(word: str, filed: str) -> str:
    """Write a word with the capitals of its filed form, and a capital that it begins with.

    >>> _cased("COREPER", "Coreper"), _cased("teams", "Team"), _cased("The", "the"), _cased("MDGS", "MDGs")
    ('Coreper', 'Teams', 'The', 'MDGs')
    """
    if word.lower() == filed.lower():
        return word[0] + filed[1:] if word[0].isupper() and filed.islower() else filed
    if word.islower() and filed[0].isupper():
        return word[0].upper() + word[1:]
    if len(word) > 1 and word.isupper() and not filed.isupper():
        return (word[0] if filed.islower() else filed[0]) + word[1:].lower()
    return word
