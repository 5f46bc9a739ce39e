"""The path of a document, from its text to a checked bitext; the only place where the stages meet."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from aligner.align import align, linked_bitext
from aligner.checks import DEFAULT, Profile, check, check_document
from aligner.enforce import Request, enforce, find_targets
from aligner.engines import guards
from aligner.errors import AlignerError
from aligner.formulas import formula
from aligner.model import (
    Bitext,
    Change,
    Document,
    Enforced,
    Hypothesis,
    Pair,
    Score,
    Segment,
    TermHit,
    TermOutcome,
    TermStatus,
    moved,
)
from aligner.readers import read_document
from aligner.score import joined, score, term_accuracy
from aligner.segment import segment
from aligner.similarity import PIVOT, related
from aligner.typography import english

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from aligner.align import Scorer
    from aligner.engines.translator import Translator
    from aligner.glossary import Glossary
    from aligner.model import Link


def translate_document(
    document: Document | Path | str,
    translator: Translator,
    glossary: Glossary,
    reference: Document | Path | str | None = None,
) -> Bitext:
    """Translate a document, or the file at a path, and align a reference translation with it where there is one.

    Raises FileError for a file that cannot be read.
    """
    source = _document(document)
    references = {} if reference is None else {source.name: _document(reference)}
    return translate_documents([source], translator, glossary, references)[0]


def translate_documents(
    documents: Sequence[Document],
    translator: Translator,
    glossary: Glossary,
    references: Mapping[str, Document] | None = None,
    on_done: Callable[[int, int], None] | None = None,
    *,
    own_glossaries: Mapping[str, Glossary] | None = None,
    profile: Profile = DEFAULT,
) -> list[Bitext]:
    """Translate documents together, one bitext each, in order; their segments share the engine's batches.

    `references` has reference translations by document name, `own_glossaries` those glossaries that go before the
    run's for a document; `profile` says which checks run. `on_done` is told how many more segments have their
    draft, of how many.
    """
    segmented = [segment(document) for document in documents]
    segments = [one for of_document in segmented for one in of_document]

    formulas = [formula(one.line, one.block.kind) for one in segments]
    sentences = [one.line for one, line in zip(segments, formulas, strict=True) if line is None]
    report = None if on_done is None else lambda count: on_done(count, len(sentences))
    drafted = iter(translator.translate(sentences, spellings=glossary.spellings, on_done=report))
    hits = [
        found
        for document, of_document in zip(documents, segmented, strict=True)
        for found in _glossary_of(document, glossary, own_glossaries or {}).match_document(
            [one.text for one in of_document]
        )
    ]
    requests = [
        Request(one.text, found, next(drafted) if line is None else Hypothesis(line), line is not None)
        for one, found, line in zip(segments, hits, formulas, strict=True)
    ]
    enforced = enforce(requests, translator, glossary.spellings)
    pairs = iter([_pair(*one, profile) for one in zip(segments, requests, enforced, strict=True)])
    bitexts = [
        check_document(Bitext(document, tuple(islice(pairs, len(of_document)))), profile)
        for document, of_document in zip(documents, segmented, strict=True)
    ]
    return [_with_reference(bitext, (references or {}).get(bitext.document.name)) for bitext in bitexts]


def _glossary_of(document: Document, glossary: Glossary, own: Mapping[str, Glossary]) -> Glossary:
    return own[document.name].over(glossary) if document.name in own else glossary


@dataclass(frozen=True, slots=True)
class Evidence:
    """What of a bitext is scored: equally long tuples of texts, one a link, and the outcomes of every term.

    `drafts` and `unaided` are what the engine made of the same without the glossary.
    """

    hypotheses: tuple[str, ...] = ()
    drafts: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    outcomes: tuple[TermOutcome, ...] = ()
    unaided: tuple[TermOutcome, ...] = ()


def evidence(bitext: Bitext) -> Evidence:
    """Gather what a bitext is scored on; without a reference only its terms count."""
    outcomes = tuple(outcome for pair in bitext.pairs for outcome in pair.outcomes)
    unaided = tuple(outcome for pair in bitext.pairs for outcome in _unaided(pair))
    if not bitext.references:
        return Evidence(outcomes=outcomes, unaided=unaided)
    hypotheses, references = joined([pair.target for pair in bitext.pairs], bitext.references, bitext.links)
    drafts, _ = joined([_draft(pair) for pair in bitext.pairs], bitext.references, bitext.links)
    return Evidence(tuple(hypotheses), tuple(drafts), tuple(references), outcomes, unaided)


def score_evidence(gathered: Sequence[Evidence]) -> tuple[tuple[Score, ...], tuple[Score, ...]]:
    """Score bitexts as one text: as they are, and with the glossary off."""
    references = [text for one in gathered for text in one.references]
    return (
        _scores([text for one in gathered for text in one.hypotheses], references, [one.outcomes for one in gathered]),
        _scores([text for one in gathered for text in one.drafts], references, [one.unaided for one in gathered]),
    )


def score_lines(
    hypotheses: Sequence[str], references: Sequence[str], sources: Sequence[str] = (), glossary: Glossary | None = None
) -> tuple[Score, ...]:
    """Score line-aligned texts; with their sources and a glossary, count terms too."""
    outcomes: list[Sequence[TermOutcome]] = []
    if glossary is not None and sources:
        outcomes = [_found(said, glossary.match(meant)) for meant, said in zip(sources, hypotheses, strict=True)]
    return _scores(hypotheses, references, outcomes)


def score_documents(hypothesis: Path | str, reference: Path | str) -> tuple[Score, ...]:
    """Score a translated document against a reference document, aligned sentence by sentence."""
    said, meant = ([one.line for one in segment(read_document(path))] for path in (hypothesis, reference))
    return score(*joined(said, meant, align(said, meant, PIVOT)))


def _scores(
    hypotheses: Sequence[str], references: Sequence[str], outcomes: Sequence[Sequence[TermOutcome]]
) -> tuple[Score, ...]:
    every = [outcome for group in outcomes for outcome in group]
    quality = score(hypotheses, references) if references else ()
    return (*quality, term_accuracy(every)) if every else quality


def _draft(pair: Pair) -> str:
    """What the target would be with the glossary off: the draft in English typography."""
    return english(pair.source.text, pair.draft)[0]


def _unaided(pair: Pair) -> tuple[TermOutcome, ...]:
    return _found(pair.draft, [outcome.hit for outcome in pair.outcomes])


def _found(target: str, hits: Sequence[TermHit]) -> tuple[TermOutcome, ...]:
    """Account for terms in a target that nobody enforced them on."""
    return tuple(
        TermOutcome(hit, TermStatus.FAILED) if span is None else TermOutcome(hit, TermStatus.KEPT, *span)
        for hit, span in zip(hits, find_targets(target, hits), strict=True)
    )


def _document(source: Document | Path | str) -> Document:
    return source if isinstance(source, Document) else read_document(source)


def _pair(source: Segment, request: Request, enforced: Enforced, profile: Profile) -> Pair:
    """Finish a translation: its typography, and the checks of what came out."""
    target, changes = english(source.text, enforced.text)
    pair = Pair(
        source=source,
        draft=request.draft.text,
        target=target,
        score=enforced.score,
        outcomes=tuple(_moved(outcome, changes) for outcome in enforced.outcomes),
        changes=(*enforced.changes, *changes),
    )
    return replace(pair, issues=check(pair, enforced.flags, profile))


def _moved(outcome: TermOutcome, changes: tuple[Change, ...]) -> TermOutcome:
    if outcome.status is TermStatus.FAILED:
        return outcome
    start, end = moved((outcome.start, outcome.end), changes)
    return replace(outcome, start=start, end=end)


def _with_reference(bitext: Bitext, reference: Document | None) -> Bitext:
    if reference is None:
        return bitext
    sentences = tuple(one.line for one in segment(reference))
    links = align([pair.target for pair in bitext.pairs], sentences, PIVOT)
    return replace(bitext, references=sentences, links=links)


def align_documents(
    source: Document, target: Document, scorer: Scorer, *, by_block: bool = False
) -> tuple[Bitext, tuple[Link, ...]]:
    """Align a document with its translation: a bitext with a pair a link, and the links by segment.

    With `by_block`, every block is a segment as it is. Raises AlignerError for an English source beside a French
    target, and for texts that have nothing to do with each other.
    """
    near, far = ((_blocks if by_block else segment)(document) for document in (source, target))
    ours, theirs = [one.line for one in near], [one.line for one in far]
    if _englishness(ours) > 0.5 > _englishness(theirs):
        raise AlignerError("the first text is in English and the second in French", "name the French one first")
    links = align(ours, theirs, scorer)
    if not related(ours, theirs, links):
        problem = "the two texts share next to no name, number or word of like spelling where they are linked"
        raise AlignerError(problem, "check that one translates the other, in the same order")
    return linked_bitext(source, near, theirs, links), links


def _blocks(document: Document) -> tuple[Segment, ...]:
    """Take every block for a segment."""
    texts = ((block, document.text[block.start : block.end]) for block in document.blocks)
    return tuple(Segment(f"s{k}", text, block.start, block.end, block) for k, (block, text) in enumerate(texts, 1))


def is_french(text: str) -> bool:
    """Tell whether a text is in French, by its function words: one word in four is one, in other languages few are."""
    words = _words(text)
    return sum(word in guards.FRENCH_ONLY for word in words) > 0.15 * len(words)


def _englishness(texts: Sequence[str]) -> float:
    """Give the share of English among the words that only English or only French has; 0.5 where there are none."""
    words = [word for text in texts for word in _words(text)]
    english = sum(word in guards.ENGLISH_ONLY for word in words)
    french = sum(word in guards.FRENCH_ONLY for word in words)
    return english / (english + french) if english + french else 0.5


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]{2,}", text.lower())
