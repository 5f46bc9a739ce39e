"""The page of a run: its documents, what they scored, and links to everything that was written."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aligner.model import Severity, TermStatus
from aligner.review.page import interval, number, render

if TYPE_CHECKING:
    from collections.abc import Iterable
    from enum import StrEnum

    from aligner.model import Score
    from aligner.review.summary import RunSummary

# The metrics of the chart, by how their names begin, from the top.
_CHARTED = ("chrF", "BLEU")


@dataclass(frozen=True, slots=True)
class Whisker:
    """A score in the chart, in per cent of its width; `off` is the score with the glossary off."""

    metric: str
    value: float
    low: float
    high: float
    off: float | None
    text: str


def render_index(run: RunSummary) -> str:
    """Write the index of a run as one HTML file that fetches nothing and runs no script but its own."""
    documents = run.documents
    return render(
        "index",
        run=run,
        documents=[(document, dict(document.terms), dict(document.issues)) for document in documents],
        charts=[whiskers(document.scores, document.baseline) for document in documents],
        corpus_chart=whiskers(run.scores, run.baseline),
        metrics=tuple(dict.fromkeys(score.name for scores in _all_scores(run) for score in scores)),
        segments=sum(document.segments for document in documents),
        words=sum(document.words for document in documents),
        terms=_total(document.terms for document in documents),
        issues=_total(document.issues for document in documents),
        statuses=tuple(TermStatus),
        severities=tuple(Severity),
    )


def whiskers(scores: tuple[Score, ...], baseline: tuple[Score, ...]) -> tuple[Whisker, ...]:
    """Lay out the charted scores; without an interval the whisker has no length."""
    off = {score.name: score.value for score in baseline}
    charted = [score for start in _CHARTED for score in scores if score.name.lower().startswith(start.lower())]
    return tuple(
        Whisker(
            metric=score.name,
            value=_within(score.value),
            low=_within(score.value if score.low is None else score.low),
            high=_within(score.value if score.high is None else score.high),
            off=_within(off[score.name]) if score.name in off else None,
            text=f"{score.name} {number(score)}" + (f" ({interval(score)})" if interval(score) else ""),
        )
        for score in charted
    )


def _within(value: float) -> float:
    return round(min(max(value, 0.0), 100.0), 2)


def _all_scores(run: RunSummary) -> Iterable[tuple[Score, ...]]:
    return (run.scores, *(document.scores for document in run.documents))


def _total(counts: Iterable[tuple[tuple[StrEnum, int], ...]]) -> dict[StrEnum, int]:
    total: Counter[StrEnum] = Counter()
    for pairs in counts:
        for name, count in pairs:
            total[name] += count
    return dict(total)
