"""Terms of the glossary, and acronyms that it does not have."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from aligner.checks.distance import distance
from aligner.inline_tags import without_tags
from aligner.matching import forms_matcher
from aligner.model import TermStatus

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from aligner.checks.rule import Limits
    from aligner.model import Pair

_ACRONYM = re.compile(r"(?<![\w.])[A-Z][A-Z0-9]+(?=s?(?!\w))")
_ROMAN = re.compile(r"[IVXLCDM]+")
#: A name of several words inside of a sentence, for which an acronym may stand: a capital, and a longer word after it.
_LONG_FORM = re.compile(r"(?<=[\s’'(«])[A-ZÀ-ÖØ-Þ]\w+\s+(?:(?:d[eu]s?|et|la|les?|pour)\s+|[ld][’'])*\w{4,}")
#: English abbreviates what French writes out, or names in small letters.
_WRITTEN_OUT: Mapping[str, re.Pattern[str]] = {
    acronym: re.compile(french, re.IGNORECASE)
    for acronym, french in {
        "US": r"[ée]tats[- ]unis|am[ée]ricain",
        "USA": r"[ée]tats[- ]unis|am[ée]ricain",
        "UK": r"royaume[- ]uni|britannique",
        "UN": r"nations unies|onusien",
        "EU": r"union europ[ée]enne|europ[ée]en|communautaire",
        "TV": r"t[ée]l[ée]",
        "BC": r"avant|av\.|J\.?-C",
        "AD": r"après|apr\.|J\.?-C|ère",
        "AM": r"\d|matin",
        "PM": r"\d|premier|soir|midi",
        "GMT": r"TU\b|temps universel",
        "IT": r"informatique|numérique",
        "DNA": r"adn",
        "HIV": r"vih|sida|séropositi",
        "AIDS": r"sida",
        "PC": r"ordinateur",
        "OK": r"bien|accord",
        "USD": r"dollar|\$",
        "ID": r"identi",
        "CEO": r"direct|pdg|président",
        "NGO": r"non gouvernemental",
        "NGOS": r"non gouvernemental",
    }.items()
}


def failed(pair: Pair, _limits: Limits) -> Iterator[str]:
    """Terms that the target does not have as often as the source."""
    for outcome in pair.outcomes:
        if outcome.status is TermStatus.FAILED:
            found = pair.source.text[outcome.hit.start : outcome.hit.end]
            target = outcome.hit.term.target
            yield f"“{found}” is not in the target" if found == target else f"“{found}” is not translated as “{target}”"


def count(pair: Pair, _limits: Limits) -> Iterator[str]:
    """Terms that the target says at least twice more often than the source."""
    said = Counter(
        pair.target[outcome.start : outcome.end] for outcome in pair.outcomes if outcome.status is not TermStatus.FAILED
    )
    for form, times in said.items():
        # An English plural or pronoun is often the noun again, once.
        if pair.target.count(form) < times + 2:
            continue
        found = len(re.findall(rf"(?<!\w){re.escape(form)}(?!\w)", pair.target))
        if found >= times + 2:
            yield f"“{form}” stands {found} times in the target, the term {times} in the source"


def forbidden(pair: Pair, _limits: Limits) -> Iterator[str]:
    """Targets that the glossary forbids."""
    plain = without_tags(pair.target)
    target = plain.text.lower()
    for term in dict.fromkeys(outcome.hit.term for outcome in pair.outcomes if outcome.hit.term.forbidden):
        # Most targets have nothing like it; reading one as words takes longer than all other checks of terms.
        if not any(form[:4].lower() in target for form in term.forbidden):
            continue
        for match in forms_matcher("en", term.forbidden).find(plain.text):
            start, end = plain.outside(match.start, match.end)
            if not any(outcome.start <= start and end <= outcome.end for outcome in pair.outcomes):
                yield f"“{match.value}” is forbidden for “{term.source}”: use “{term.target}”"


def ambiguous(pair: Pair, _limits: Limits) -> Iterator[str]:
    """Terms that may mean another entry here."""
    for hit in dict.fromkeys(outcome.hit for outcome in pair.outcomes if outcome.hit.alternatives):
        others = " or ".join(f"“{term.target}”" for term in hit.alternatives)
        found = pair.source.text[hit.start : hit.end]
        yield f"“{found}” may also mean {others}; “{hit.term.target}” was taken"


def extra(pair: Pair, _limits: Limits) -> Iterator[str]:
    """Acronyms that the source gives no reason for, or that changed without the glossary."""
    source, target = pair.source.text, pair.target
    if not _ACRONYM.search(target) or source.isupper() or target.isupper():
        return
    known = {word for outcome in pair.outcomes for form in outcome.hit.term.targets for word in _acronyms(form)}
    here, there = _acronyms(source), _acronyms(target)
    new = [one for one in there if one not in known and not _has_reason(one, source, here)]
    covered = {word for outcome in pair.outcomes for word in _acronyms(source[outcome.hit.start : outcome.hit.end])}
    gone = [one for one in here if one not in there and one not in covered]
    for one in new:
        # The same letters in another order are a translation more often than a slip: OTAN, NATO.
        near = [old for old in gone if len(old) > 3 and distance(one, old, 1) == 1 and sorted(old) != sorted(one)]
        if near:
            yield f"“{near[0]}” has become “{one}”"
        elif not gone and f"({one}" not in target and not _LONG_FORM.search(source):
            yield f"“{one}” has nothing in the source to stand for"


def _acronyms(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for one in _ACRONYM.findall(text) if not _ROMAN.fullmatch(one)))


def _has_reason(acronym: str, source: str, acronyms: tuple[str, ...]) -> bool:
    reason = _WRITTEN_OUT.get(acronym)
    return (
        acronym in acronyms
        or acronym.lower() in source.replace(".", "").lower()
        or (reason is not None and reason.search(source) is not None)
    )
