"""The cascade: each step sees only the terms that the steps before it left unmet, and is one batch over all segments.

Occurrences are counted: a term that the source has twice must be in the target twice.

1. kept: the draft has the target, or an accepted variant.
2. known: the draft has the French term as it stands, or a target that the glossary forbids, or the segment is nothing
   but the term; the target takes its place.
3. aligned: the words that the model said while it looked at the term are replaced by the target.
4. constrained: the segment is translated again, by a search that has to say the targets.
5. inlined: it is translated with the targets written into the source.
   Steps 2 and 3 complete what comes of 4 and 5. Of the candidates that meet most terms, the model's own score given
   the source decides; a search's result that it finds much worse than what there was is not taken.
6. located: the words that most resemble the target or the term are replaced.

What is still unmet has failed: it is flagged for the reviser, never appended. See ARCHITECTURE.md on the order.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from math import inf
from typing import TYPE_CHECKING, Protocol

from aligner.enforce.places import aligned_place, alike_place, is_free, put, strongest
from aligner.enforce.targets import find_targets, fitted, forms_matcher
from aligner.inflect import with_capitals
from aligner.matching import form_key
from aligner.model import Change, Constraint, Enforced, Forced, Hypothesis, TermHit, TermOutcome, TermStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


class Step(StrEnum):
    """A step of the cascade that can be left out, to see what it is worth."""

    KNOWN = "known"
    ALIGNED = "aligned"
    CONSTRAINED = "constrained"
    INLINED = "inlined"
    LOCATED = "located"


STEPS = frozenset(Step)
#: How much worse, as the model scores what was its own choice, a translation may be that says what the model would
#: rather leave out: log-probability a token.
LOSS = 0.4


class Translator(Protocol):
    """What is asked of a translator; see `aligner.engines.translator`."""

    def translate(
        self, texts: Sequence[str], *, spellings: Mapping[str, str] | None = None, mixed: bool = False
    ) -> list[Hypothesis]:
        """Translate texts."""
        ...

    def constrain(
        self,
        texts: Sequence[str],
        constraints: Sequence[tuple[Constraint, ...]],
        *,
        spellings: Mapping[str, str],
    ) -> list[Hypothesis]:
        """Translate texts so that they say what they must; what cannot be done is empty."""
        ...

    def force(
        self,
        sources: Sequence[str],
        targets: Sequence[str],
        spans: Sequence[Sequence[tuple[int, int]]],
        *,
        spellings: Mapping[str, str],
    ) -> list[Forced]:
        """Score given translations, and say where the model looked at spans of the sources."""
        ...


@dataclass(frozen=True, slots=True)
class Request:
    """A segment's source, its term hits and its draft; `by_rule` drafts are no model's and are not translated again."""

    source: str
    hits: tuple[TermHit, ...]
    draft: Hypothesis
    by_rule: bool = False

    def span(self, at: int) -> tuple[int, int]:
        """Where a hit stands in the source."""
        return self.hits[at].start, self.hits[at].end


@dataclass(slots=True)
class _Candidate:
    """A translation on its way through the cascade; `met` has how each hit was satisfied, or None."""

    request: Request
    hypothesis: Hypothesis
    text: str
    changes: list[Change] = field(default_factory=list)
    met: list[TermStatus | None] = field(default_factory=list)

    def unmet(self) -> list[int]:
        return [at for at, status in enumerate(self.met) if status is None]

    def settle(self, status: TermStatus) -> None:
        """Note `status` for the hits that are met in the text now and were not before."""
        spans = find_targets(self.text, self.request.hits)
        self.met = [None if span is None else before or status for span, before in zip(spans, self.met, strict=True)]

    def taken(self) -> list[tuple[int, int]]:
        """Where terms are met already; nothing else may be written there."""
        return [span for span in find_targets(self.text, self.request.hits) if span is not None]

    def replace(self, rule: str, start: int, end: int, after: str) -> None:
        self.changes.append(Change(rule, start, self.text[start:end], after))
        self.text = self.text[:start] + after + self.text[end:]

    def put(self, rule: str, start: int, end: int, hit: TermHit, promised: Sequence[tuple[int, int]] = ()) -> None:
        """Write a hit's target over text[start:end]; `promised` are the places of targets that are still to come."""
        taken = [*self.taken(), *promised]
        self.replace(rule, *put(self.text, start, end, fitted(self.request.source, hit), taken))


def enforce(
    requests: Sequence[Request],
    translator: Translator,
    spellings: Mapping[str, str],
    steps: frozenset[Step] = STEPS,
) -> list[Enforced]:
    """Enforce the glossary on drafts, one result a request, in order; the translator is called with whole batches."""
    drafts = [_candidate(request, request.draft) for request in requests]
    for one in drafts:
        one.settle(TermStatus.KEPT)
    _substitute(drafts, translator, spellings, steps)
    chosen = drafts
    for step, (redecode, loss) in _REDECODING.items():
        if step in steps:
            chosen = _redecoded(chosen, redecode, loss, translator, spellings, steps)
    for one in chosen:
        if Step.LOCATED in steps:
            _replace_located(one)
        _capitalise(one)
    return [_enforced(one) for one in chosen]


def _candidate(request: Request, hypothesis: Hypothesis) -> _Candidate:
    return _Candidate(request, hypothesis, request.draft.text, met=[None] * len(request.hits))


def _substitute(
    candidates: Sequence[_Candidate], translator: Translator, spellings: Mapping[str, str], steps: frozenset[Step]
) -> None:
    """Replace what stands for unmet terms: what is surely wrong, then what the model said for them."""
    for one in candidates:
        if Step.KNOWN in steps:
            _replace_known(one)
            one.settle(TermStatus.SUBSTITUTED)
    if Step.ALIGNED in steps:
        _replace_aligned(candidates, translator, spellings)


def _replace_known(one: _Candidate) -> None:
    """Replace what is surely wrong for an unmet term: the term itself, a forbidden target, the whole draft."""
    source = one.request.source
    for at in one.unmet():
        hit = one.request.hits[at]
        if not any(map(str.isalnum, source[: hit.start] + source[hit.end :])):
            one.replace("term-whole", 0, len(one.text), _with_targets(one.request, [at]))
            return
        taken = one.taken()
        copies = forms_matcher("fr", (hit.term.source, *hit.term.source_variants), exact=hit.term.case_sensitive)
        banned = forms_matcher("en", hit.term.forbidden)
        for rule, matcher in (("term-copied", copies), ("term-forbidden", banned)):
            found = next((match for match in matcher.find(one.text) if is_free(match.start, match.end, taken)), None)
            if found is not None:
                one.put(rule, found.start, found.end, hit)
                break


def _replace_aligned(candidates: Sequence[_Candidate], translator: Translator, spellings: Mapping[str, str]) -> None:
    """Replace the words that the model said for unmet terms."""
    waiting = [one for one in candidates if one.unmet() and one.text and not one.request.by_rule]
    unmet = [one.unmet() for one in waiting]
    forced = translator.force(
        [one.request.source for one in waiting],
        [one.text for one in waiting],
        [
            [(one.request.hits[at].start, one.request.hits[at].end) for at in ats]
            for one, ats in zip(waiting, unmet, strict=True)
        ],
        spellings=spellings,
    )
    for one, ats, known in zip(waiting, unmet, forced, strict=True):
        taken = one.taken()
        places = []
        for at, focus in zip(ats, strongest(known.focus), strict=True):
            place = aligned_place(one.text, focus, one.request.source, one.request.hits[at], taken)
            if place is not None:
                places.append((place, at))
                taken.append(place)
        # From the right, so that the places to the left stay where they are.
        for place, at in sorted(places, reverse=True):
            one.put("term-aligned", *place, one.request.hits[at], [other for other, _ in places if other < place])
        one.settle(TermStatus.SUBSTITUTED)


def _constrained(
    drafts: Sequence[_Candidate], translator: Translator, spellings: Mapping[str, str]
) -> list[_Candidate]:
    """Translate so that the model has to say the targets of unmet terms."""
    asked = [tuple(_constraint(one.request, at) for at in one.unmet()) for one in drafts]
    found = translator.constrain([one.request.source for one in drafts], asked, spellings=spellings)
    return [
        _rival(one, "term-constrained", TermStatus.CONSTRAINED, said) for one, said in zip(drafts, found, strict=True)
    ]


def _inlined(drafts: Sequence[_Candidate], translator: Translator, spellings: Mapping[str, str]) -> list[_Candidate]:
    """Translate with targets written into the source in the places of unmet terms."""
    texts = [_with_targets(one.request, one.unmet()) for one in drafts]
    found = translator.translate(texts, spellings=spellings, mixed=True)
    return [_rival(one, "term-inlined", TermStatus.INLINED, said) for one, said in zip(drafts, found, strict=True)]


#: How to translate again, in this order, and how much worse what comes of it may be.
_REDECODING: dict[Step, tuple[Callable[..., list[_Candidate]], float]] = {
    Step.CONSTRAINED: (_constrained, LOSS),
    Step.INLINED: (_inlined, inf),
}


def _rival(one: _Candidate, rule: str, status: TermStatus, hypothesis: Hypothesis) -> _Candidate:
    """Begin a candidate with another hypothesis in place of the draft."""
    rival = _candidate(one.request, hypothesis)
    rival.met = [TermStatus.KEPT if was is TermStatus.KEPT else None for was in one.met]
    rival.replace(rule, 0, len(rival.text), hypothesis.text)
    rival.settle(status)
    return rival


def _redecoded(
    candidates: list[_Candidate],
    redecode: Callable[..., list[_Candidate]],
    loss: float,
    translator: Translator,
    spellings: Mapping[str, str],
    steps: frozenset[Step],
) -> list[_Candidate]:
    """Translate again where terms are unmet; of each candidate and what came of it take the better one."""
    waiting = [place for place, one in enumerate(candidates) if one.unmet() and not one.request.by_rule]
    rivals = redecode([candidates[place] for place in waiting], translator, spellings)
    sound = {
        place: rival
        for place, rival in zip(waiting, rivals, strict=True)
        if rival.text
        and set(rival.hypothesis.flags) <= set(candidates[place].hypothesis.flags)
        and rival.hypothesis.score >= candidates[place].hypothesis.score - loss
    }
    _substitute(list(sound.values()), translator, spellings, steps)
    groups = [(one, sound[place]) if place in sound else (one,) for place, one in enumerate(candidates)]
    return _best(groups, translator, spellings)


def _best(
    groups: Sequence[Sequence[_Candidate]], translator: Translator, spellings: Mapping[str, str]
) -> list[_Candidate]:
    """Choose from each group the candidate with fewest unmet terms that the model itself finds best."""
    finalists = []
    for group in groups:
        fewest = min(len(one.unmet()) for one in group)
        finalists.append([one for one in group if len(one.unmet()) == fewest])
    judged = [one for group in finalists if len(group) > 1 for one in group]
    forced = translator.force(
        [one.request.source for one in judged], [one.text for one in judged], [()] * len(judged), spellings=spellings
    )
    scores = {id(one): known.score for one, known in zip(judged, forced, strict=True)}
    return [max(group, key=lambda one: scores.get(id(one), 0.0)) for group in finalists]


def _constraint(request: Request, at: int) -> Constraint:
    hit = request.hits[at]
    return Constraint(hit.start, hit.end, tuple(dict.fromkeys((fitted(request.source, hit), *hit.term.targets))))


def _with_targets(request: Request, chosen: Sequence[int]) -> str:
    text = request.source
    for at in reversed(chosen):
        hit = request.hits[at]
        text = text[: hit.start] + fitted(request.source, hit) + text[hit.end :]
    return text


def _replace_located(one: _Candidate) -> None:
    """Replace the words that look like failed attempts at the terms that are still unmet."""
    for at in one.unmet():
        hit = one.request.hits[at]
        models = (fitted(one.request.source, hit), one.request.source[hit.start : hit.end])
        place = alike_place(one.text, models, one.taken())
        if place is not None:
            one.put("term-located", *place, hit)
    one.settle(TermStatus.SUBSTITUTED)


def _capitalise(one: _Candidate) -> None:
    """Give the terms that are met the capitals they are filed with."""
    for hit, span in zip(one.request.hits, find_targets(one.text, one.request.hits), strict=True):
        if span is not None:
            found = one.text[slice(*span)]
            key = form_key(found, "en")
            form = next((form for form in hit.term.targets if form_key(form, "en") == key), found)
            cased = with_capitals(found, form)
            if cased != found:
                one.replace("term-capitals", *span, cased)


def _enforced(one: _Candidate) -> Enforced:
    spans = find_targets(one.text, one.request.hits)
    outcomes = tuple(
        TermOutcome(hit, TermStatus.FAILED) if span is None else TermOutcome(hit, status or TermStatus.KEPT, *span)
        for hit, status, span in zip(one.request.hits, one.met, spans, strict=True)
    )
    return Enforced(one.text, tuple(one.changes), outcomes, one.hypothesis.score, one.hypothesis.flags)
