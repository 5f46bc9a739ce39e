"""The cascade: each step sees only the terms that the steps before it left unmet, and is one batch over all segments.

Occurrences are counted: a term that the source has twice must be in the target twice.

1. kept: the draft has the target, or an accepted variant.
2. known: the draft has the French term as it stands, or a target that the glossary forbids, or the segment is nothing
   but the term; the target takes its place.
3. rendered: so it does of what the model says for the term when it is shown nothing else.
4. aligned: the words that the model said while it looked at the term are replaced by the target.
5. clauses: the segment is cut, and its clauses go through the cascade; the model leaves out less of a short text.
6. inlined: the segment is translated again, with the targets written into the source.
7. constrained: it is translated by a search that has to say the targets.
   Steps 2 to 4 complete what comes of 5 to 7. Of the candidates that meet most terms, the model's own score given
   the source decides; a search's result that it finds much worse than what there was is not taken.
8. located: the words that most resemble the target or the term are replaced.

A French acronym that is left beside its English one is taken out. What is still unmet has failed: it is flagged for the
reviser, never appended. See ARCHITECTURE.md on the order.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from aligner.enforce.candidate import STEPS, Means, Request, Step, begin, with_targets
from aligner.enforce.clauses import clauses
from aligner.enforce.substitution import drop_copies, replace_located, substitute, write_as_filed
from aligner.enforce.targets import fitted
from aligner.model import Constraint, Enforced, Hypothesis, TermStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from aligner.enforce.candidate import Candidate, Translator

#: How much worse, as the model scores what was its own choice, a translation may be that says what the model would
#: rather leave out: log-probability a token.
LOSS = 0.4


def enforce(
    requests: Sequence[Request],
    translator: Translator,
    spellings: Mapping[str, str],
    steps: frozenset[Step] = STEPS,
) -> list[Enforced]:
    """Enforce the glossary on drafts, one result a request, in order; the translator is called with whole batches."""
    means = Means(translator, spellings, steps)
    chosen = [begin(request, request.draft) for request in requests]
    for one in chosen:
        one.settle(TermStatus.KEPT)
    substitute(chosen, means)
    for step, (redecode, loss) in _REDECODING.items():
        if step in steps:
            chosen = _redecoded(chosen, redecode, loss, means)
    for one in chosen:
        if Step.LOCATED in steps:
            replace_located(one)
        drop_copies(one)
        write_as_filed(one)
    return [one.outcome() for one in chosen]


def _in_clauses(drafts: Sequence[Candidate], means: Means) -> list[Candidate]:
    """Translate clause by clause, and enforce the glossary on each; what cannot be cut is left."""
    cuts = [clauses(one.request.source, [one.request.span(at) for at in range(len(one.met))]) for one in drafts]
    pieces = [(one.request, *span) for one, spans in zip(drafts, cuts, strict=True) if len(spans) > 1 for span in spans]
    texts = [request.source[start:end] for request, start, end in pieces]
    said = means.translator.translate(texts, spellings=means.spellings)
    requests = [_piece(*piece, draft) for piece, draft in zip(pieces, said, strict=True)]
    done = iter(enforce(requests, means.translator, means.spellings, means.steps - {Step.CLAUSES}))
    return [
        _joined(one, spans, [next(done) for _ in spans], means) if len(spans) > 1 else begin(one.request, _NOTHING)
        for one, spans in zip(drafts, cuts, strict=True)
    ]


def _piece(request: Request, start: int, end: int, draft: Hypothesis) -> Request:
    hits = (
        hit._replace(start=hit.start - start, end=hit.end - start)
        for hit in request.hits
        if start <= hit.start and hit.end <= end
    )
    return Request(request.source[start:end], tuple(hits), draft)


def _joined(one: Candidate, spans: Sequence[tuple[int, int]], parts: Sequence[Enforced], means: Means) -> Candidate:
    """Join clauses again; a term that the model said in one by itself is kept."""
    text = means.translator.rejoin([one.request.source[slice(*span)] for span in spans], [part.text for part in parts])
    flags = tuple(dict.fromkeys(flag for part in parts for flag in part.flags))
    joined = begin(one.request, Hypothesis(text, min(part.score for part in parts), flags))
    joined.met = [
        None if outcome.status is TermStatus.FAILED else outcome.status for part in parts for outcome in part.outcomes
    ]
    joined.replace("term-clauses", 0, len(joined.text), text)
    joined.settle(TermStatus.KEPT)
    return joined


def _constrained(drafts: Sequence[Candidate], means: Means) -> list[Candidate]:
    """Translate so that the model has to say the targets of unmet terms."""
    asked = [tuple(_constraint(one.request, at) for at in one.unmet()) for one in drafts]
    found = means.translator.constrain([one.request.source for one in drafts], asked, spellings=means.spellings)
    return [
        _rival(one, "term-constrained", TermStatus.CONSTRAINED, said) for one, said in zip(drafts, found, strict=True)
    ]


def _inlined(drafts: Sequence[Candidate], means: Means) -> list[Candidate]:
    """Translate with targets written into the source in the places of unmet terms."""
    texts = [with_targets(one.request, one.unmet()) for one in drafts]
    found = means.translator.translate(texts, spellings=means.spellings, mixed=True)
    return [_rival(one, "term-inlined", TermStatus.INLINED, said) for one, said in zip(drafts, found, strict=True)]


_NOTHING = Hypothesis("")
#: How to translate again, in this order, and how much worse what comes of it may be.
_REDECODING: dict[Step, tuple[Callable[[Sequence[Candidate], Means], list[Candidate]], float]] = {
    Step.CLAUSES: (_in_clauses, inf),
    Step.INLINED: (_inlined, inf),
    Step.CONSTRAINED: (_constrained, LOSS),
}


def _rival(one: Candidate, rule: str, status: TermStatus, hypothesis: Hypothesis) -> Candidate:
    """Begin a candidate with another hypothesis in place of the draft."""
    rival = begin(one.request, hypothesis)
    rival.met = [TermStatus.KEPT if was is TermStatus.KEPT else None for was in one.met]
    rival.replace(rule, 0, len(rival.text), hypothesis.text)
    rival.settle(status)
    return rival


def _redecoded(
    candidates: list[Candidate],
    redecode: Callable[[Sequence[Candidate], Means], list[Candidate]],
    loss: float,
    means: Means,
) -> list[Candidate]:
    """Translate again where terms are unmet; of each candidate and what came of it take the better one."""
    waiting = [place for place, one in enumerate(candidates) if one.unmet() and not one.request.by_rule]
    rivals = redecode([candidates[place] for place in waiting], means) if waiting else []
    sound = {
        place: rival
        for place, rival in zip(waiting, rivals, strict=True)
        if rival.hypothesis.text
        and set(rival.hypothesis.flags) <= set(candidates[place].hypothesis.flags)
        and rival.hypothesis.score >= candidates[place].hypothesis.score - loss
    }
    substitute(list(sound.values()), means)
    groups = [(one, sound[place]) if place in sound else (one,) for place, one in enumerate(candidates)]
    return _best(groups, means)


def _best(groups: Sequence[Sequence[Candidate]], means: Means) -> list[Candidate]:
    """Choose from each group the candidate with fewest unmet terms that the model itself finds best."""
    finalists = []
    for group in groups:
        fewest = min(len(one.unmet()) for one in group)
        finalists.append([one for one in group if len(one.unmet()) == fewest])
    judged = [one for group in finalists if len(group) > 1 for one in group]
    found = means.translator.score(
        [one.request.source for one in judged], [one.text for one in judged], spellings=means.spellings
    )
    scores = {id(one): score for one, score in zip(judged, found, strict=True)}
    return [max(group, key=lambda one: scores.get(id(one), 0.0)) for group in finalists]


def _constraint(request: Request, at: int) -> Constraint:
    hit = request.hits[at]
    return Constraint(hit.start, hit.end, tuple(dict.fromkeys((fitted(request.source, hit), *hit.term.targets))))
