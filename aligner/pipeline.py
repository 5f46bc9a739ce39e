"""The path of a document, from its text to a checked bitext; the only place where the stages meet."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from aligner.align import align, linked_bitext
from aligner.checks import DEFAULT, Profile, check, check_document
from aligner.enforce import find_targets
from aligner.engines import guards
from aligner.errors import AlignerError
from aligner.formulas import formula
from aligner.model import (
    Bitext,
    Change,
    Document,
    Pair,
    Score,
    Segment,
    TermHit,
    TermOutcome,
    TermStatus,
    moved,
)
from aligner.readers import read_document
from aligner.score import METRICS, QUICK, joined, score, term_accuracy
from aligner.segment import segment
from aligner.similarity import PIVOT, in_blocks, related
from aligner.translation import LocalPool, Unit, translate_units
from aligner.typography import english

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from aligner.engines.translator import Translator
    from aligner.glossary import Glossary
    from aligner.model import Link
    from aligner.similarity.evidence import Scorer
    from aligner.translation import Translation


#: A text of fewer words that only English or only French has is in no language that we would name.
FEWEST_WORDS = 5


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
    *,
    profile: Profile = DEFAULT,
) -> list[Bitext]:
    """Translate documents together, one bitext each, in order; their segments share the engine's batches.

    `references` has reference translations by document name; `profile` says which checks run.
    """
    asked = prepare(documents, glossary)
    answers = translate_units(asked.units, LocalPool(translator), glossary.spellings)
    return list(finish(asked, answers, references or {}, profile))


@dataclass(frozen=True, slots=True)
class Wave:
    """Documents on their way, with their segments, and a unit to translate for each segment of all of them."""

    documents: tuple[Document, ...]
    segments: tuple[tuple[Segment, ...], ...]
    units: tuple[Unit, ...]


def prepare(documents: Sequence[Document], glossary: Glossary, own: Mapping[str, Glossary] | None = None) -> Wave:
    """Segment documents and find the terms in them.

    `own` has those glossaries that go before the run's for a document, by its name.
    """
    segments = tuple(segment(document) for document in documents)
    units = [
        Unit(one.text, hits, formula(one.line, one.block.kind))
        for document, of_document in zip(documents, segments, strict=True)
        for one, hits in zip(of_document, _hits(document, of_document, glossary, own or {}), strict=True)
    ]
    return Wave(tuple(documents), segments, tuple(units))


def _hits(
    document: Document, segments: Sequence[Segment], glossary: Glossary, own: Mapping[str, Glossary]
) -> Sequence[tuple[TermHit, ...]]:
    terms = own[document.name].over(glossary) if document.name in own else glossary
    return terms.match_document([one.text for one in segments])


def finish(
    wave: Wave, translations: Iterable[Translation], references: Mapping[str, Document], profile: Profile = DEFAULT
) -> Iterator[Bitext]:
    """Turn translated units into bitexts, one by one: typography, checks, and reference translations aligned."""
    answers = iter(translations)
    for document, segments in zip(wave.documents, wave.segments, strict=True):
        pairs = tuple(_pair(one, next(answers), profile) for one in segments)
        bitext = check_document(Bitext(document, pairs), profile)
        yield _with_reference(bitext, references.get(document.name))


@dataclass(frozen=True, slots=True)
class Evidence:
    """What of a bitext is scored: equally long tuples of texts, one a link, and term occurrences: satisfied, of all.

    `drafts` and `unaided` are what the engine made of the same without the glossary.
    """

    hypotheses: tuple[str, ...] = ()
    drafts: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    terms: tuple[int, int] = (0, 0)
    unaided: tuple[int, int] = (0, 0)


def evidence(bitext: Bitext) -> Evidence:
    """Gather what a bitext is scored on; without a reference only its terms count."""
    terms = _satisfied(outcome for pair in bitext.pairs for outcome in pair.outcomes)
    unaided = _satisfied(outcome for pair in bitext.pairs for outcome in _unaided(pair))
    if not bitext.references:
        return Evidence(terms=terms, unaided=unaided)
    hypotheses, references = joined([pair.target for pair in bitext.pairs], bitext.references, bitext.links)
    drafts, _ = joined([_draft(pair) for pair in bitext.pairs], bitext.references, bitext.links)
    return Evidence(tuple(hypotheses), tuple(drafts), tuple(references), terms, unaided)


def score_evidence(gathered: Sequence[Evidence]) -> tuple[tuple[Score, ...], tuple[Score, ...]]:
    """Score bitexts as one text: as they are, and with the glossary off, there by the quick metrics alone."""
    references = [text for one in gathered for text in one.references]
    return (
        _scores([text for one in gathered for text in one.hypotheses], references, [one.terms for one in gathered]),
        _scores(
            [text for one in gathered for text in one.drafts], references, [one.unaided for one in gathered], QUICK
        ),
    )


def score_lines(
    hypotheses: Sequence[str], references: Sequence[str], sources: Sequence[str] = (), glossary: Glossary | None = None
) -> tuple[Score, ...]:
    """Score line-aligned texts; with their sources and a glossary, count terms too."""
    if glossary is None or not sources:
        return _scores(hypotheses, references, [])
    found = (_found(said, glossary.match(meant)) for meant, said in zip(sources, hypotheses, strict=True))
    return _scores(hypotheses, references, [_satisfied(outcomes) for outcomes in found])


def score_documents(hypothesis: Path | str, reference: Path | str) -> tuple[Score, ...]:
    """Score a translated document against a reference document, aligned sentence by sentence."""
    ours, theirs = (segment(read_document(path)) for path in (hypothesis, reference))
    said, meant = [one.line for one in ours], [one.line for one in theirs]
    return score(*joined(said, meant, align(said, meant, in_blocks(PIVOT, _openings(ours), _openings(theirs)))))


def _scores(
    hypotheses: Sequence[str],
    references: Sequence[str],
    terms: Sequence[tuple[int, int]],
    metrics: Sequence[str] = METRICS,
) -> tuple[Score, ...]:
    quality = score(hypotheses, references, metrics) if references else ()
    satisfied, occurrences = (sum(counts) for counts in zip((0, 0), *terms, strict=True))
    return (*quality, term_accuracy(satisfied, occurrences)) if occurrences else quality


def _satisfied(outcomes: Iterable[TermOutcome]) -> tuple[int, int]:
    statuses = [outcome.status for outcome in outcomes]
    return sum(status is not TermStatus.FAILED for status in statuses), len(statuses)


def _draft(pair: Pair) -> str:
    """What the target would be with the glossary off: the draft in English typography."""
    return english(pair.source.text, pair.draft)[0]


def _unaided(pair: Pair) -> tuple[TermOutcome, ...]:
    return _found(pair.draft, [outcome.hit for outcome in pair.outcomes])


def _found(target: str, hits: Sequence[TermHit]) -> tuple[TermOutcome, ...]:
    """Account for terms in a target that nobody enforced them on."""
    return tuple(TermOutcome.of(*found) for found in zip(hits, find_targets(target, hits), strict=True))


def _document(source: Document | Path | str) -> Document:
    return source if isinstance(source, Document) else read_document(source)


def _pair(source: Segment, translation: Translation, profile: Profile) -> Pair:
    """Finish a translation: its typography, and the checks of what came out."""
    draft, enforced = translation.draft, translation.enforced
    target, changes = english(source.text, enforced.text)
    pair = Pair(
        source=source,
        draft=draft.text,
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
    segments = segment(reference)
    sentences = tuple(one.line for one in segments)
    scorer = in_blocks(PIVOT, _openings([pair.source for pair in bitext.pairs]), _openings(segments))
    links = align([pair.target for pair in bitext.pairs], sentences, scorer)
    return replace(bitext, references=sentences, links=links)


def align_documents(
    source: Document, target: Document, scorer: Scorer, *, by_block: bool = False
) -> tuple[Bitext, tuple[Link, ...]]:
    """Align a document with its translation: a bitext with a pair a link, and the links by segment.

    With `by_block`, every block is a segment as it is. Raises AlignerError for an English source beside a French
    target, for two texts in French or in English, and for texts that have nothing to do with each other.
    """
    near, far = ((_blocks if by_block else segment)(document) for document in (source, target))
    ours, theirs = [one.line for one in near], [one.line for one in far]
    _check_languages(ours, theirs)
    links = align(ours, theirs, scorer if by_block else in_blocks(scorer, _openings(near), _openings(far)))
    if not related(ours, theirs, links):
        problem = "the two texts share next to no name, number or word of like spelling where they are linked"
        raise AlignerError(problem, "check that one translates the other, in the same order")
    return linked_bitext(source, near, theirs, links), links


def _blocks(document: Document) -> tuple[Segment, ...]:
    """Take every block for a segment."""
    texts = ((block, document.text[block.start : block.end]) for block in document.blocks)
    return tuple(Segment(f"s{k}", text, block.start, block.end, block) for k, (block, text) in enumerate(texts, 1))


def _openings(segments: Sequence[Segment]) -> tuple[str, ...]:
    """Say for each segment what kind of block it opens; an empty text where it goes on in one."""
    before = (None, *(one.block for one in segments))
    return tuple("" if one.block == block else one.block.kind for one, block in zip(segments, before, strict=False))


def _check_languages(source: Sequence[str], target: Sequence[str]) -> None:
    languages = [_language(texts) for texts in (source, target)]
    if languages == ["English", "French"]:
        raise AlignerError("the first text is in English and the second in French", "name the French one first")
    if languages[0] == languages[1] is not None:
        raise AlignerError(f"both texts are in {languages[0]}", "name the French one first, then its translation")


def is_french(text: str) -> bool:
    """Tell whether a text is in French, by its function words: one word in four is one, in other languages few are."""
    words = _words(text)
    return sum(word in guards.FRENCH_ONLY for word in words) > 0.15 * len(words)


def _language(texts: Sequence[str]) -> Literal["English", "French"] | None:
    """Name the language that nearly all words are in which only English or only French has; None for too few."""
    words = [word for text in texts for word in _words(text)]
    english = sum(word in guards.ENGLISH_ONLY for word in words)
    french = sum(word in guards.FRENCH_ONLY for word in words)
    if max(english, french) < max(FEWEST_WORDS, 0.1 * len(words)) or max(english, french) < 4 * min(english, french):
        return None
    return "English" if english > french else "French"


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]{2,}", text.lower())
