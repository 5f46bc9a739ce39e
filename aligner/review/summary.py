"""What the pages say about a document and a run, in numbers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aligner.model import BlockKind, ModelInfo, Score, Severity, TermStatus, one_line

if TYPE_CHECKING:
    from aligner.model import Bitext


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """A document's row in the index.

    `path` is where its outputs lie below the index, without their ending: `2004/istanbul/istanbul`. `formats` are
    the endings that were written, such as `en.txt`. `terms` counts occurrences in the source by status, `issues`
    by severity; what does not occur may be left out. `baseline` are the scores with the glossary off.
    """

    name: str
    path: str
    segments: int
    words: int
    title: str = ""
    formats: tuple[str, ...] = ()
    terms: tuple[tuple[TermStatus, int], ...] = ()
    issues: tuple[tuple[Severity, int], ...] = ()
    scores: tuple[Score, ...] = ()
    baseline: tuple[Score, ...] = ()


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What `index.html` shows of a run.

    `scores` and `baseline` are the corpus's. `failed` pairs the name of a document with the reason why it has no
    outputs. `files` are the run's own outputs, beside the index. `unchanged` says that they are those of the run
    before, since there was nothing to do.
    """

    model: ModelInfo
    glossaries: tuple[str, ...] = ()
    documents: tuple[DocumentSummary, ...] = ()
    scores: tuple[Score, ...] = ()
    baseline: tuple[Score, ...] = ()
    failed: tuple[tuple[str, str], ...] = ()
    files: tuple[str, ...] = ()
    unchanged: bool = False


def summarise(
    bitext: Bitext,
    *,
    formats: tuple[str, ...] = (),
    scores: tuple[Score, ...] = (),
    baseline: tuple[Score, ...] = (),
) -> DocumentSummary:
    """Count a bitext. Its title is its first heading; its words are the source's tokens that have a letter or digit."""
    name, pairs = bitext.document.name, bitext.pairs
    terms = Counter(outcome.status for pair in pairs for outcome in pair.outcomes)
    issues = Counter(issue.severity for pair in pairs for issue in pair.issues)
    return DocumentSummary(
        name=name,
        path=f"{name}/{name.rpartition('/')[2]}",
        segments=len(pairs),
        words=sum(count_words(pair.source.text) for pair in pairs),
        title=title_of(bitext),
        formats=formats,
        terms=tuple((status, terms[status]) for status in TermStatus),
        issues=tuple((severity, issues[severity]) for severity in Severity),
        scores=scores,
        baseline=baseline,
    )


def title_of(bitext: Bitext) -> str:
    """A document's first heading, or nothing."""
    headings = (pair.source.text for pair in bitext.pairs if pair.source.block.kind is BlockKind.HEADING)
    return one_line(next(headings, ""))


def count_words(text: str) -> int:
    """Count the tokens between blanks that are more than punctuation.

    >>> count_words("L’Alliance : une « force » de 33 %")
    5
    """
    return sum(token.isalnum() or any(map(str.isalnum, token)) for token in text.split())
