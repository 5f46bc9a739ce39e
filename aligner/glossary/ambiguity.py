"""Choose among entries of one file that share a source, by what the document says."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

from aligner.matching import is_acronym

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from aligner.matching import Match
    from aligner.model import Term

#: What stands between a long form and its acronym, either way round: "Partenariat pour la paix (PPP)", "PPP : …".
_INTRODUCES = re.compile(
    r"\s*[»”\"]?\s*(?:[(\[]|\s[-–—]\s|[:=])\s*(?:(?:dite?s?|ou)\s+)?(?:les?\s+|la\s+|l[’'])?[«“\"]?\s*"
)

#: Words of a phrase that its acronym may leave out.
_LINKS = frozenset("a an and at by for from in of on or the to with".split())


def with_rival(rivals: tuple[Term, ...], term: Term) -> tuple[Term, ...]:
    """Put an entry beside those that have its source, unless one of them accepts its target."""
    for earlier in rivals:
        if term.target == earlier.target or term.target in earlier.target_variants:
            return rivals
    return (*rivals, term)


def settle(
    texts: Sequence[str], found: Sequence[Sequence[Match[Term]]], domains: Sequence[str]
) -> Mapping[tuple[Term, ...], tuple[Term, ...]]:
    """Say for each group of rivals in a document which of them remain, the best one first: one if it is settled.

    Each rule keeps the rivals that it speaks for, or all if it speaks for none, until one is left:

    1. the document introduces the rival's long form beside the shared source: "Partenariat pour la paix (PPP)";
    2. it uses the rival's long form anywhere;
    3. the rival is of the first of the preferred domains that any of them is of;
    4. it is of the domain that most of the document's unambiguous terms are of.

    The long form of a rival is one of its own variants, or an entry with a common target or whose target the rival's
    target abbreviates: PPP → PfP and Partenariat pour la paix → Partnership for Peace.
    """
    groups = {_meant(match) for matches in found for match in matches if match.others}
    if not groups:
        return {}
    plain = [match.value for matches in found for match in matches if not match.others]
    fields = Counter(term.domain for term in plain if term.domain)
    beside = _beside(texts, found)
    anywhere = _LongForms(plain)
    settled = {}
    for group in groups:
        introduced = _LongForms(beside.get(group, ()))
        remaining = _kept(group, [term for term in group if introduced.of(term)])
        remaining = _kept(remaining, [term for term in remaining if anywhere.of(term)])
        for domain in domains:
            remaining = _kept(remaining, [term for term in remaining if term.domain == domain])
        most = max(fields[term.domain] for term in remaining)
        settled[group] = _kept(remaining, [term for term in remaining if most and fields[term.domain] == most])
    return settled


def _meant(match: Match[Term]) -> tuple[Term, ...]:
    """The entries that a match may mean."""
    return (match.value, *match.others)


class _LongForms:
    """Entries found in a document, to be asked whether one of them is the long form of an entry."""

    def __init__(self, entries: Iterable[Term]) -> None:
        self._entries = frozenset(entries)
        self._targets = frozenset(target.casefold() for entry in self._entries for target in entry.targets)

    def of(self, term: Term) -> bool:
        return (
            term in self._entries
            or any(target.casefold() in self._targets for target in term.targets)
            or (is_acronym(term.target) and any(abbreviates(term.target, target) for target in self._targets))
        )


def abbreviates(short: str, long: str) -> bool:
    """Tell whether an English acronym is made of a phrase's initials; link words and second parts may have none.

    >>> abbreviates("PfP", "Partnership for Peace"), abbreviates("OSCE", "Organization for Security and Co-operation")
    (True, False)
    """
    letters = [char for char in short.casefold() if char.isalnum()]
    words = [word for word in long.casefold().replace("/", " ").split() if word[0].isalnum()]
    initials = [part[0] for word in words for part in re.split(r"[-‐‑]", word) if part]
    needed = [word[0] for word in words if word not in _LINKS]
    return len(needed) > 1 and letters[0] == initials[0] and _runs_in(letters, initials) and _runs_in(needed, letters)


def _runs_in(some: Sequence[str], all_: Sequence[str]) -> bool:
    """Tell whether letters occur among others in their order."""
    rest = iter(all_)
    return all(letter in rest for letter in some)


def _kept(group: tuple[Term, ...], spoken_for: Sequence[Term]) -> tuple[Term, ...]:
    return tuple(spoken_for) or group


def _beside(texts: Sequence[str], found: Sequence[Sequence[Match[Term]]]) -> dict[tuple[Term, ...], list[Term]]:
    """The entries found beside each group of rivals where the one introduces the other."""
    beside: dict[tuple[Term, ...], list[Term]] = {}
    for text, matches in zip(texts, found, strict=True):
        for left, right in pairwise(matches):
            if not (left.others or right.others) or not _INTRODUCES.fullmatch(text, left.end, right.start):
                continue
            one, other = _meant(left), _meant(right)
            if one != other:
                beside.setdefault(one, []).extend(other)
                beside.setdefault(other, []).extend(one)
    return beside
