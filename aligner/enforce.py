"""Make translations respect the glossary, and account for every term.

A cascade, cheapest first; each step sees only the terms that the steps before it left unmet, and is one batch over
all segments. Occurrences are counted: a term that the source has twice must be in the target twice.

1. kept: the draft has the target, or an accepted variant.
2. replaced: the draft has the French term as it stands, or a target that the glossary forbids, or the segment is
   nothing but the term; the target takes its place.
3. inlined: the target is written into the source in the term's place and the segment is translated again.
4. located: the words of the draft that most resemble the target or the term are replaced by it.

What is still unmet has failed: it is flagged for the reviser, never appended. See ARCHITECTURE.md on the order.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import lru_cache
from typing import TYPE_CHECKING

from aligner.inflect import article, is_plural, plural, with_capitals
from aligner.matching import Language, Matcher, Word, form_key, words
from aligner.model import Change, Enforced, Hypothesis, Term, TermHit, TermOutcome, TermStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

#: How alike words of the draft must be to a term to be taken for a failed attempt at it, in letters or in words (0..1).
ALIKE = 0.72


@dataclass(frozen=True, slots=True)
class Request:
    """A segment's source, its term hits and its draft; `by_rule` drafts are no model's and are not translated again."""

    source: str
    hits: tuple[TermHit, ...]
    draft: Hypothesis
    by_rule: bool = False


@dataclass(slots=True)
class _Work:
    """A request on its way through the cascade; `met` has how each hit was satisfied, or None."""

    request: Request
    text: str
    kept: Hypothesis
    changes: list[Change] = field(default_factory=list)
    met: list[TermStatus | None] = field(default_factory=list)

    def unmet(self) -> list[int]:
        return [at for at, status in enumerate(self.met) if status is None]

    def settle(self, status: TermStatus) -> None:
        """Note `status` for the hits that are met in the text now and were not before."""
        spans = find_targets(self.text, self.request.hits)
        self.met = [None if span is None else before or status for span, before in zip(spans, self.met, strict=True)]

    def replace(self, rule: str, start: int, end: int, after: str) -> None:
        self.changes.append(Change(rule, start, self.text[start:end], after))
        self.text = self.text[:start] + after + self.text[end:]


def enforce(
    requests: Sequence[Request], retranslate: Callable[[Sequence[str]], Sequence[Hypothesis]]
) -> list[Enforced]:
    """Enforce the glossary on drafts, one result a request, in order; `retranslate` is called with whole batches."""
    works = [_Work(one, one.draft.text, one.draft, met=[None] * len(one.hits)) for one in requests]
    for work in works:
        work.settle(TermStatus.KEPT)
        _replace_known(work)
        work.settle(TermStatus.SUBSTITUTED)
    for choose in (_Work.unmet, lambda work: list(range(len(work.met)))):
        _inline(works, choose, retranslate)
    for work in works:
        _replace_located(work)
        work.settle(TermStatus.SUBSTITUTED)
        _capitalise(work)
    return [
        Enforced(work.text, tuple(work.changes), _outcomes(work), work.kept.score, work.kept.flags) for work in works
    ]


def _replace_known(work: _Work) -> None:
    """Replace what is surely wrong for an unmet term: the term itself, a forbidden target, the whole draft."""
    for at in work.unmet():
        hit = work.request.hits[at]
        if not any(map(str.isalnum, work.request.source[: hit.start] + work.request.source[hit.end :])):
            work.replace("term-whole", 0, len(work.text), _with_targets(work.request, [at]))
            return
        taken = _taken(work)
        copies = _forms("fr", (hit.term.source, *hit.term.source_variants), exact=hit.term.case_sensitive)
        banned = _forms("en", hit.term.forbidden)
        for rule, matcher in (("term-copied", copies), ("term-forbidden", banned)):
            found = next((match for match in matcher.find(work.text) if _free(match.start, match.end, taken)), None)
            if found is not None:
                _put(work, rule, found.start, found.end, fitted(work.request.source, hit))
                break


@lru_cache(maxsize=1 << 12)
def _forms(language: Language, forms: tuple[str, ...], *, exact: bool = False) -> Matcher[str]:
    matcher: Matcher[str] = Matcher(language)
    for form in forms:
        matcher.add(form, form, exact=exact)
    return matcher


def _inline(
    works: Sequence[_Work],
    choose: Callable[[_Work], list[int]],
    retranslate: Callable[[Sequence[str]], Sequence[Hypothesis]],
) -> None:
    """Translate again with targets in the places of their terms; keep what meets more terms and is no worse."""
    open_works = [work for work in works if work.unmet() and not work.request.by_rule]
    hypotheses = retranslate([_with_targets(work.request, choose(work)) for work in open_works])
    for work, hypothesis in zip(open_works, hypotheses, strict=True):
        spans = find_targets(hypothesis.text, work.request.hits)
        fewer_unmet = sum(span is None for span in spans) < len(work.unmet())
        if fewer_unmet and set(hypothesis.flags) <= set(work.kept.flags):
            work.replace("term-inlined", 0, len(work.text), hypothesis.text)
            work.kept = hypothesis
            work.settle(TermStatus.INLINED)


def _with_targets(request: Request, chosen: Sequence[int]) -> str:
    text = request.source
    for at in reversed(chosen):
        hit = request.hits[at]
        text = text[: hit.start] + fitted(request.source, hit) + text[hit.end :]
    return text


def _replace_located(work: _Work) -> None:
    """Replace the words that look like failed attempts at the terms that are still unmet."""
    for at in work.unmet():
        hit = work.request.hits[at]
        place = _alike_place(work, hit)
        if place is not None:
            _put(work, "term-located", *place, fitted(work.request.source, hit))


def _alike_place(work: _Work, hit: TermHit) -> tuple[int, int] | None:
    """Find the run of words that is most like the target or like the French that was to be translated."""
    models = [fitted(work.request.source, hit).lower(), work.request.source[hit.start : hit.end].lower()]
    longest = max(len(model.split()) for model in models) + 1
    taken = _taken(work)
    best, place = ALIKE, None
    for model in models:
        letters = SequenceMatcher(None, b=model, autojunk=False)
        meant = {word.lemma for word in words(model, "en")}
        for run in _runs(words(work.text, "en"), longest):
            start, end = run[0].start, run[-1].end
            if not _free(start, end, taken):
                continue
            letters.set_seq1(work.text[start:end].lower())
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


def _taken(work: _Work) -> list[tuple[int, int]]:
    """Where terms are met already; nothing else may be written there."""
    return [span for span in find_targets(work.text, work.request.hits) if span is not None]


def _free(start: int, end: int, taken: Sequence[tuple[int, int]]) -> bool:
    return all(end <= other_start or other_end <= start for other_start, other_end in taken)


def _put(work: _Work, rule: str, start: int, end: int, target: str) -> None:
    """Write a target over text[start:end] and mend what stands around it: the article, a doubled word."""
    before, after = words(work.text[:start], "en"), words(work.text[end:], "en")
    own = words(target, "en")
    if after and own and after[0].lower == own[-1].lower and not work.text[end : end + after[0].start].strip():
        end += after[0].end
    if before and own and before[-1].lower == own[0].lower and not work.text[before[-1].end : start].strip():
        start = before[-1].start
        before = before[:-1]
    if before and before[-1].lower in {"a", "an"} and not work.text[before[-1].end : start].strip():
        chosen = article(target)
        start = before[-1].start
        target = (chosen if before[-1].exact.islower() else chosen.capitalize()) + " " + target
    work.replace(rule, start, end, target)


def _capitalise(work: _Work) -> None:
    """Give the terms that are met the capitals they are filed with."""
    for hit, span in zip(work.request.hits, find_targets(work.text, work.request.hits), strict=True):
        if span is not None:
            found = work.text[slice(*span)]
            key = form_key(found, "en")
            form = next((form for form in hit.term.targets if form_key(form, "en") == key), found)
            cased = with_capitals(found, form)
            if cased != found:
                work.replace("term-capitals", *span, cased)


def _outcomes(work: _Work) -> tuple[TermOutcome, ...]:
    spans = find_targets(work.text, work.request.hits)
    return tuple(
        TermOutcome(hit, TermStatus.FAILED) if span is None else TermOutcome(hit, status or TermStatus.KEPT, *span)
        for hit, status, span in zip(work.request.hits, work.met, spans, strict=True)
    )


def find_targets(text: str, hits: Sequence[TermHit]) -> list[tuple[int, int] | None]:
    """Find where each hit is met in a target text.

    An occurrence meets one hit only, and first the hits whose preferred target it is. What stands inside a forbidden
    target of one of the terms meets none.
    """
    matcher, preferred, accepting = _targets(tuple(dict.fromkeys(hit.term for hit in hits)))
    matches = matcher.find(text) if hits else ()
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
                spans[taker] = (match.start, match.end)
    return spans


@lru_cache(maxsize=1 << 12)
def _targets(
    terms: tuple[Term, ...],
) -> tuple[Matcher[tuple[str, ...]], dict[tuple[str, ...], list[Term]], dict[tuple[str, ...], list[Term]]]:
    """A matcher of terms' targets, accepted and forbidden, and the terms that prefer and accept each form found."""
    preferred: dict[tuple[str, ...], list[Term]] = {}
    accepting: dict[tuple[str, ...], list[Term]] = {}
    matcher: Matcher[tuple[str, ...]] = Matcher("en")
    for term in terms:
        preferred.setdefault(form_key(term.target, "en"), []).append(term)
        for form in (*term.targets, *term.forbidden):
            key = form_key(form, "en")
            if key not in accepting:
                matcher.add(form, key)
            accepting.setdefault(key, []).extend([term] if form in term.targets else [])
    return matcher, preferred, accepting


def fitted(source: str, hit: TermHit) -> str:
    """Fit a hit's target to the term's number in the source, and to its capitals where the source is in capitals."""
    found = source[hit.start : hit.end]
    forms = (hit.term.source, *hit.term.source_variants)
    filed = next((form for form in forms if form_key(form, "fr") == form_key(found, "fr")), hit.term.source)
    target = plural(hit.term.target) if is_plural(found, filed) else hit.term.target
    return target.upper() if found.isupper() and not filed.isupper() else target
