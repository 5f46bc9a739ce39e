"""From two texts to their links."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from math import exp, log
from typing import TYPE_CHECKING

from aligner.align.confidence import confidences
from aligner.align.corridor import chain, corridor, narrow, widened
from aligner.align.search import LINK_TYPES, search
from aligner.model import Link

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aligner.align.search import Corridor, Evidence, LinkType, Scorer, Step

#: A path that comes so near the edge of its corridor may have wanted out.
MARGIN = 3
#: Target segments on each side of the best path that its links are weighed against.
NEARBY = 6
#: How often a type of link is found is added to what is known beforehand, which counts as so many links.
BEFOREHAND = 200


def align(source: Sequence[str], target: Sequence[str], scorer: Scorer) -> tuple[Link, ...]:
    """Link every segment of both sides, in order, each exactly once.

    The links maximise the sum of their evidence and of the logarithms of their types' probabilities. Only cells near
    the anchors that the evidence proposes are searched, wider where the best path comes near the edge. Evidence that
    can learn is shown the links, the types of links are counted, and the search begins again.

    A link's score is its probability, given the evidence, among all the ways to link the segments around it; a link
    with an empty side scores 0.
    """
    if not source or not target:
        return (*(Link((i,), (), 0.0) for i in range(len(source))), *(Link((), (j,), 0.0) for j in range(len(target))))
    evidence = scorer(source, target)
    kinds: tuple[LinkType, ...] = LINK_TYPES
    while evidence.learnt is not None:
        links = _links(evidence, kinds, len(source), len(target))
        evidence, kinds = evidence.learnt(links), counted(links)
    return _links(evidence, kinds, len(source), len(target))


def counted(links: Sequence[Link]) -> tuple[LinkType, ...]:
    """Say how probable each type of link is in a text, by how often it is found there, either way round.

    Of segments without a link that follow each other only the first counts: a passage left out is left out once.
    """
    found = Counter(
        (len(link.source), len(link.target))
        for before, link in pairwise((None, *links))
        if link and (link.score or not before or before.score)
    )
    whole = log(found.total() + BEFOREHAND)
    return tuple(
        kind._replace(prior=log((found[m, n] + found[n, m]) / 2 + BEFOREHAND * exp(kind.prior)) - whole)
        for kind, (m, n) in ((kind, (kind.source, kind.target)) for kind in LINK_TYPES)
    )


def _links(evidence: Evidence, kinds: Sequence[LinkType], source: int, target: int) -> tuple[Link, ...]:
    found: Corridor | None = corridor(chain(*evidence.anchors()), source, target)
    path: list[Step] = []
    while found is not None:
        path = search(evidence, found, kinds)
        found = widened(found, path, MARGIN)
    scores = confidences(evidence, narrow(path, source, target, NEARBY), path, kinds)
    return tuple(_link(step, score) for step, score in zip(path, scores, strict=True))


def _link(step: Step, score: float) -> Link:
    i, j, kind = step
    both = kind.source and kind.target
    # Nothing that is linked scores 0, which says that there is no link.
    score = max(round(score, 4), 0.0001) if both else 0.0
    return Link(tuple(range(i - kind.source, i)), tuple(range(j - kind.target, j)), score)
