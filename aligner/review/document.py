"""The pages to review on: one document's, and the whole run's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aligner.model import ReviewStatus, Severity, TermStatus
from aligner.review.data import page_data
from aligner.review.page import href, render
from aligner.review.summary import summarise, title_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aligner.model import Bitext, ModelInfo, Score


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How a machine's translation was scored: with the glossary, and with the glossary off."""

    scores: tuple[Score, ...] = ()
    baseline: tuple[Score, ...] = ()


def render_document(
    bitext: Bitext,
    *,
    model: ModelInfo,
    scores: tuple[Score, ...] = (),
    baseline: tuple[Score, ...] = (),
    index_href: str = "../index.html",
    served: str = "",
    checks: Mapping[str, Severity] | None = None,
) -> str:
    """Write a bitext as one HTML file that fetches nothing and runs no script but its own.

    `baseline` are the scores with the glossary off. `index_href` is a relative path to the run's index. `served` is
    the path that edits are sent to, on the host that the page came from. `checks` are the severities of the checks that
    are on while one edits, by name, where they are not the usual ones.
    """
    return _render(
        [bitext],
        title=bitext.document.name,
        subtitle=title_of(bitext),
        plain=bitext.pairs,
        encoding=bitext.document.encoding,
        model=model,
        evaluation=Evaluation(scores, baseline),
        index_href=index_href,
        served=served,
        checks=checks,
    )


def render_run(
    bitexts: Sequence[Bitext],
    *,
    model: ModelInfo,
    scores: tuple[Score, ...] = (),
    baseline: tuple[Score, ...] = (),
    left_out: int = 0,
    index_href: str = "index.html",
    served: str = "",
    checks: Mapping[str, Severity] | None = None,
) -> str:
    """Write the documents of a run as one page, which says how many were left out of it."""
    return _render(
        bitexts,
        title="All segments",
        model=model,
        evaluation=Evaluation(scores, baseline),
        index_href=index_href,
        left_out=left_out,
        served=served,
        checks=checks,
    )


def _render(
    bitexts: Sequence[Bitext],
    *,
    title: str,
    model: ModelInfo,
    evaluation: Evaluation,
    index_href: str,
    served: str,
    checks: Mapping[str, Severity] | None,
    **context: object,
) -> str:
    summaries = [summarise(bitext) for bitext in bitexts]
    return render(
        "review",
        connects=bool(served),
        data=page_data(bitexts, served=served, checks=checks),
        **{"subtitle": "", "plain": (), "encoding": "", "left_out": 0}
        | context
        | {
            "title": title,
            "segments": sum(one.segments for one in summaries),
            "words": sum(one.words for one in summaries),
            "terms": tuple((name, sum(dict(one.terms)[name] for one in summaries)) for name in TermStatus),
            "issues": tuple((name, sum(dict(one.issues)[name] for one in summaries)) for name in Severity),
            "statuses": tuple(ReviewStatus),
            "aligned": any(bitext.references for bitext in bitexts),
            "model": model,
            "scores": evaluation.scores,
            "baseline": evaluation.baseline,
            "index_href": href(index_href) if index_href else "",
        },
    )
