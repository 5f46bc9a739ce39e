"""From two texts to their links."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aligner.align.confidence import confidences
from aligner.align.corridor import chain, corridor, narrow, widened
from aligner.align.search import search
from aligner.model import Link

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aligner.align.search import Corridor, Evidence, Scorer, Step

#: A path that comes so near the edge of its corridor may have wanted out.
MARGIN = 3
#: Target segments on each side of the best path that its links are weighed against.
NEARBY = 6


def align(source: Sequence[str], target: Sequence[str], scorer: Scorer) -> tuple[Link, ...]:
    """Link every segment of both sides, in order, each exactly once.

    The links maximise the sum of their evidence and of the logarithms of their types' probabilities. Only cells near
    the anchors that the evidence proposes are searched, wider where the best path comes near the edge. Evidence that
    can learn is shown the links, and the search begins again.

    A link's score is its probability, given the evidence, among all the ways to link the segments around it; a link
    with an empty side scores 0.
    """
    if not source or not target:
        return (*(Link((i,), (), 0.0) for i in range(len(source))), *(Link((), (j,), 0.0) for j in range(len(target))))
    evidence = scorer(source, target)
    while evidence.learnt is not None:
        evidence = evidence.learnt(_links(evidence, len(source), len(target)))
    return _links(evidence, len(source), len(target))


def _links(evidence: Evidence, source: int, target: int) -> tuple[Link, ...]:
    found: Corridor | None = corridor(chain(*evidence.anchors()), source, target)
    path: list[Step] = []
    while found is not None:
        path = search(evidence, found)
        found = widened(found, path, MARGIN)
    scores = confidences(evidence, narrow(path, source, target, NEARBY), path)
    return tuple(_link(step, score) for step, score in zip(path, scores, strict=True))


def _link(step: Step, score: float) -> Link:
    i, j, kind = step
    both = kind.source and kind.target
    return Link(tuple(range(i - kind.source, i)), tuple(range(j - kind.target, j)), round(score, 4) if both else 0.0)
