"""Propose glossary entries from texts and their translations."""

from __future__ import annotations

import itertools
import math
from collections import Counter, defaultdict
from dataclasses import astuple, dataclass, fields, replace
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from aligner.glossary import csv_
from aligner.glossary.acronyms import definitions, letters_of
from aligner.glossary.phrases import recurrent_phrases
from aligner.matching import form_key
from aligner.model import one_line
from aligner.words import is_initials

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from aligner.glossary.glossary import Glossary
    from aligner.glossary.phrases import Bools, Ints, Phrases

#: Two phrases may translate each other if they are in the same pairs this much (Dice coefficient).
MIN_DICE = 0.2
#: For each phrase, so many translations compete.
RIVALS = 5
#: An association is measured on so many of the pairs that a phrase occurs in, which bounds the work for frequent ones.
SAMPLE = 200
#: A proposal that translates fewer of its source's occurrences is no term's translation.
MIN_CONSISTENCY = 0.3


class Kind(StrEnum):
    """Why a candidate is proposed: what introduces an acronym in brackets, an acronym, or a recurrent phrase."""

    DEFINITION = "definition"
    ACRONYM = "acronym"
    PHRASE = "phrase"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A proposed entry. `target` was found for `count` occurrences of `source`, which is the share `consistency`.

    The examples are the shortest pair of texts in which it was found. A pair that is repeated counts once.
    """

    source: str
    target: str
    count: int
    consistency: float
    kind: Kind
    example_source: str
    example_target: str


def extract(
    pairs: Iterable[tuple[str, str]],
    *,
    min_count: int = 2,
    known: Glossary | None = None,
    limit: int | None = None,
) -> tuple[Candidate, ...]:
    """Propose entries for phrases that recur with a consistent translation, the most useful first.

    A phrase must recur `min_count` times with its translation; once is enough for an acronym that both texts of a
    pair introduce with its long form. What `known` finds as one term is left out, and so is what is the same in both
    languages.

    >>> texts = [("Le Bureau de la mer (BM) siège ici.", "The Office of the Sea (OS) sits here.")]
    >>> [(found.source, found.target) for found in extract(texts)]
    [('BM', 'OS'), ('Bureau de la mer', 'Office of the Sea')]
    """
    once = tuple(dict.fromkeys((source.strip(), target.strip()) for source, target in pairs))
    sources, targets = tuple(source for source, _ in once), tuple(target for _, target in once)
    left, right = recurrent_phrases(sources, "fr", min_count), recurrent_phrases(targets, "en", min_count)
    found: dict[tuple[str, ...], _Proposal] = {}
    for proposal in (*_definitions(once), *_phrases(left, right, min_count)):
        key = form_key(proposal.source, "fr")
        first = found.setdefault(key, proposal)
        if first is not proposal and form_key(first.target, "en") == form_key(proposal.target, "en"):
            # The phrase counts every occurrence, the definition only itself.
            found[key] = replace(proposal, kind=first.kind, source=first.source, target=first.target)
    new = [proposal for proposal in found.values() if _is_new(proposal, known)]
    new.sort(key=lambda proposal: (-_usefulness(proposal), proposal.source, proposal.target))
    return tuple(_candidate(proposal, once) for proposal in new[:limit])


def as_csv(candidates: Iterable[Candidate]) -> str:
    """Write candidates as a glossary with columns to review it by, which no spreadsheet runs as formulas."""
    rows = ([one_line(str(value)) for value in astuple(candidate)] for candidate in candidates)
    return csv_.format([[field.name for field in fields(Candidate)], *rows])


@dataclass(frozen=True, slots=True)
class _Proposal:
    """A candidate before its example is chosen among the pairs that it was found in."""

    source: str
    target: str
    count: int
    consistency: float
    kind: Kind
    words: int
    pairs: tuple[int, ...]


def _candidate(proposal: _Proposal, pairs: Sequence[tuple[str, str]]) -> Candidate:
    example = min((pairs[number] for number in proposal.pairs), key=lambda pair: (sum(map(len, pair)), pair))
    consistency = round(proposal.consistency, 3)
    return Candidate(proposal.source, proposal.target, proposal.count, consistency, proposal.kind, *example)


def _is_new(proposal: _Proposal, known: Glossary | None) -> bool:
    if proposal.source == proposal.target:
        return False
    hits = known.match(proposal.source) if known is not None else ()
    return not any((hit.start, hit.end) == (0, len(proposal.source)) for hit in hits)


def _usefulness(proposal: _Proposal) -> float:
    """Frequency and length, as the C-value weighs them, and consistency; single words are rarely terms."""
    weight = math.log2(1 + proposal.words) if proposal.kind is Kind.PHRASE else 2.0
    if proposal.kind is Kind.PHRASE and proposal.words == 1:
        weight = 0.5 if proposal.source[0].isupper() else 0.25
    return weight * math.log2(1 + proposal.count) * proposal.consistency**2


def _definitions(pairs: Sequence[tuple[str, str]]) -> Iterator[_Proposal]:
    """Pair the acronyms that both texts of a pair introduce, each with its most frequent long form."""
    introduced: Counter[str] = Counter()
    long_source: defaultdict[str, Counter[str]] = defaultdict(Counter)
    long_target: defaultdict[str, Counter[str]] = defaultdict(Counter)
    places: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for number, (source, target) in enumerate(pairs):
        here, there = dict(definitions(source)), dict(definitions(target))
        introduced.update(here.keys())
        for forms, found in ((long_source, here), (long_target, there)):
            for acronym, form in found.items():
                forms[acronym][form] += 1
        for pair in _paired(here, there, source, target):
            places[pair].append(number)
    taken: set[str] = set()
    taken_targets: set[str] = set()
    for (short, other), numbers in sorted(places.items(), key=lambda item: (-len(item[1]), item[0])):
        if short not in taken and other not in taken_targets:
            taken.add(short)
            taken_targets.add(other)
            consistency = len(numbers) / introduced[short]
            forms_of = long_source[short].most_common(1)[0][0], long_target[other].most_common(1)[0][0]
            yield _Proposal(*forms_of, len(numbers), consistency, Kind.DEFINITION, 2, tuple(numbers))
            yield _Proposal(short, other, len(numbers), consistency, Kind.ACRONYM, 1, tuple(numbers))


def _paired(here: Collection[str], there: Collection[str], source: str, target: str) -> Iterator[tuple[str, str]]:
    """Pair the acronyms of two texts: each with itself, then with the one of the same letters, then the last two left.

    Which come first differs between languages, so that their order tells nothing.
    """
    yield from ((acronym, acronym) for acronym in here if acronym in there)
    # What the other text has too, introduced or not, is the same in both languages.
    left = [acronym for acronym in here if acronym not in target]
    right = [acronym for acronym in there if acronym not in source]
    alike: tuple[Callable[[str], object], ...] = (lambda acronym: sorted(letters_of(acronym)), bool)  # bool: any
    for key in alike:
        same = [(one, other) for one in left for other in right if key(one) == key(other)]
        firsts, seconds = Counter(one for one, _ in same), Counter(other for _, other in same)
        sure = {one: other for one, other in same if firsts[one] == seconds[other] == 1}
        yield from sure.items()
        left = [one for one in left if one not in sure]
        right = [other for other in right if other not in sure.values()]


def _phrases(left: Phrases, right: Phrases, min_count: int) -> Iterator[_Proposal]:
    """Propose the most frequent translation of each phrase."""
    best: dict[int, tuple[int, int]] = {}
    links = _links(left, right)
    for (source, target), numbers in links.items():
        best[source] = max(best.get(source, (0, 0)), (len(numbers), -target))
    occurrences = np.bincount(left.ids, minlength=len(left.forms))
    for source, (count, negative) in best.items():
        consistency = count / int(occurrences[source])
        if count >= min_count and consistency >= MIN_CONSISTENCY:
            form, there = left.forms[source], right.forms[-negative]
            kind = Kind.ACRONYM if is_initials(form) else Kind.PHRASE
            numbers = links[source, -negative]
            yield _Proposal(form, there, count, consistency, kind, int(left.lengths[source]), tuple(numbers))


def _links(left: Phrases, right: Phrases) -> dict[tuple[int, int], list[int]]:
    """Link the phrases of each pair that are most associated; say for each two in which pairs they were linked.

    After I. D. Melamed's competitive linking (Models of translational equivalence among words, 2000), with one
    change: a phrase inside of one that is linked may be linked too, inside of the other's translation.
    """
    rivals = _rivals(left, right)
    links: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    size = int(left.texts.max(initial=-1)) + 1
    rivalled = np.zeros(len(right.forms), dtype=bool)
    rivalled[[target for targets in rivals.values() for target in targets]] = True
    with_rivals = np.array([bool(rivals[source]) for source in range(len(left.forms))], dtype=bool)
    here_there = zip(_by_text(left, with_rivals, size), _by_text(right, rivalled, size), strict=True)
    for number, (here, there) in enumerate(here_there):
        targets: defaultdict[int, list[_Place]] = defaultdict(list)
        for place in there:
            targets[place.id].append(place)
        scored = [
            (-score, source.first - source.last, target.first - target.last, source, target)
            for source in here
            for other, score in rivals.get(source.id, {}).items()
            for target in targets.get(other, ())
        ]
        linked: list[tuple[_Place, _Place]] = []
        for *_, source, target in sorted(scored):
            if all(_agree(source, target, *other) for other in linked):
                linked.append((source, target))
                links[source.id, target.id].append(number)
    return links


class _Place(NamedTuple):
    """An occurrence of a phrase in a text, by words."""

    id: int
    first: int
    last: int


def _agree(source: _Place, target: _Place, other_source: _Place, other_target: _Place) -> bool:
    """Whether two links are apart on both sides, or one is inside the other on both."""
    return _relation(source, other_source) == _relation(target, other_target) != "crossing"


def _relation(one: _Place, other: _Place) -> str:
    if one.last <= other.first or other.last <= one.first:
        return "apart"
    if (one.first, one.last) == (other.first, other.last):
        return "crossing"
    if one.first <= other.first and other.last <= one.last:
        return "around"
    return "inside" if other.first <= one.first and one.last <= other.last else "crossing"


def _by_text(phrases: Phrases, wanted: Bools, size: int) -> Iterator[list[_Place]]:
    """The phrases of each text below `size`, as far as they are wanted."""
    kept = np.flatnonzero(wanted[phrases.ids])
    bounds = np.searchsorted(phrases.texts[kept], np.arange(size + 1)).tolist()
    columns = tuple(column[kept].tolist() for column in (phrases.ids, phrases.firsts, phrases.lasts))
    for start, end in itertools.pairwise(bounds):
        yield list(map(_Place, *(column[start:end] for column in columns)))


def _rivals(left: Phrases, right: Phrases) -> dict[int, dict[int, float]]:
    """For each phrase, the scores of the translations that it goes with best."""
    in_text = _grouped(right.texts, right.ids, int(left.texts.max(initial=-1)) + 1)
    frequency = np.array([len(texts) for texts in _grouped(right.ids, right.texts, len(right.forms))])
    rivals: dict[int, dict[int, float]] = {}
    for source, texts in enumerate(_grouped(left.ids, left.texts, len(left.forms))):
        sample = texts[:: max(1, len(texts) // SAMPLE)]
        found, counts = np.unique(np.concatenate([in_text[text] for text in sample]), return_counts=True)
        dice = 2 * counts * (len(texts) / len(sample)) / (len(texts) + frequency[found])
        # Terms have about as many content words in both languages; a longer and a shorter one share some by chance.
        words = right.lengths[found] / left.lengths[source]
        score = dice * np.sqrt(np.minimum(words, 1 / words))
        likely = np.flatnonzero(dice >= MIN_DICE)
        best = likely[np.argsort(-score[likely], kind="stable")[:RIVALS]]
        rivals[source] = dict(zip(found[best].tolist(), score[best].tolist(), strict=True))
    return rivals


def _grouped(keys: Ints, values: Ints, size: int) -> list[Ints]:
    """For each key below `size`, its different values in order."""
    width = int(values.max(initial=0)) + 1
    codes = np.unique(keys * width + values)
    bounds = np.searchsorted(codes, np.arange(size + 1) * width).tolist()
    return [codes[start:end] % width for start, end in itertools.pairwise(bounds)]
